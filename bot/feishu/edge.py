"""The Feishu edge: a callback in, a value out, proven first, without network and without lark_oapi."""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.errors import BadCallback
from bot.feishu.envelope import Unusable, decrypted, parsed, same, signed, table
from bot.feishu.events import CARD_CLICK, Ignored, incoming_of, type_of
from handlers.messages import Incoming, Value

if TYPE_CHECKING:
    from bot.settings import FeishuSettings

_ECHOED = re.compile(r"[\x20-\x7e]{1,256}")
"""Challenges that are echoed: printable ASCII of a sane length."""


class Challenge(Value, frozen=True, kw_only=True):
    """Feishu asks whether the address is ours; the answer is {"challenge": ...}."""

    challenge: str


class Event(Value, frozen=True, kw_only=True):
    """Something authentic. `incoming` is None if there is nothing to do, `ignored` then says why (for the counter).

    `toast_needed`: a person pressed a card and waits for a toast, also when `incoming` is None.
    """

    incoming: Incoming | None = None
    toast_needed: bool = False
    ignored: str = ""


class FeishuEdge:
    """Reads the callbacks of one app. `bot_open_id` gives the bot's own open_id, "" while it is unknown."""

    def __init__(self, settings: "FeishuSettings", bot_open_id: Callable[[], str] = lambda: "") -> None:
        self._encrypt_key = settings.encrypt_key.get_secret_value()
        self._aes_key = hashlib.sha256(self._encrypt_key.encode()).digest()
        self._token = settings.verification_token.get_secret_value()
        self._bot_open_id = bot_open_id

    def read(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Challenge | Event:
        """Prove and read a webhook body; BadCallback if it is not proven or no JSON. `now` becomes `Incoming.at`."""
        try:
            content = self._opened(headers, body) if self._encrypt_key else self._plain(body)
        except Unusable:
            if self._encrypt_key:
                return Event(ignored="malformed")
            raise BadCallback("json") from None  # without encryption only the token inside could have proven it
        if content.get("type") == "url_verification":
            return _challenge(content)
        return self._event(content, now)

    def read_socket(self, payload: bytes, now: datetime) -> Event:
        """Read a payload of the long connection, which TLS and the app secret have proven."""
        try:
            content = parsed(payload)
        except (BadCallback, Unusable):
            return Event(ignored="malformed")
        return self._event(table(content), now)

    def _opened(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """Check the signature over the raw bytes, then decrypt.

        An address check is sent without a signature: the key that sealed it and the token inside prove it.
        """
        proven = signed(headers, body, self._encrypt_key)
        try:
            sealed = parsed(body)
        except (BadCallback, Unusable):
            raise BadCallback("json" if proven else "signature") from None
        if not isinstance(sealed, dict) or not isinstance(sealed.get("encrypt"), str):
            raise BadCallback("plaintext")
        try:
            content = parsed(decrypted(sealed["encrypt"], self._aes_key))
        except (BadCallback, Unusable):
            if proven:
                raise
            raise BadCallback("signature") from None
        if not proven and table(content).get("type") != "url_verification":
            raise BadCallback("signature")
        if not isinstance(content, dict):
            raise Unusable("no object")
        if self._token and not same(_token_of(content), self._token):
            raise BadCallback("token")
        return content

    def _plain(self, body: bytes) -> dict[str, Any]:
        content = parsed(body)
        if not self._token or not same(_token_of(table(content)), self._token):
            raise BadCallback("token")
        return table(content)

    def _event(self, content: dict[str, Any], now: datetime) -> Event:
        pressed = type_of(content) == CARD_CLICK
        try:
            incoming = incoming_of(content, now, self._bot_open_id)
        except Ignored as ignored:
            return Event(toast_needed=pressed, ignored=ignored.reason)
        return Event(incoming=incoming, toast_needed=pressed)


def _token_of(content: dict[str, Any]) -> object:
    """Envelope 2.0 keeps the token in its header, 1.0 and the address check at the top."""
    return table(content, "header").get("token") if "header" in content else content.get("token")


def _challenge(content: dict[str, Any]) -> Challenge:
    challenge = content.get("challenge")
    if not isinstance(challenge, str) or not _ECHOED.fullmatch(challenge):
        raise BadCallback("challenge")
    return Challenge(challenge=challenge)
