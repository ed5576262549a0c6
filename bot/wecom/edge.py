"""The WeCom callback: a signed request in, values out; no network and no database.

Only the encrypted part counts. What stands around it is not signed and is never read.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from bot.errors import BadCallback
from bot.wecom.crypto import Crypto
from bot.wecom.fields import fields as fields_of
from bot.wecom.keys import pressed
from bot.wecom.text import clean, excerpt
from handlers.messages import Attached, Content, Happened, Incoming, Pressed, Said, Unreadable, Value

if TYPE_CHECKING:
    from bot.settings import WeComSettings

_ENCRYPTED = re.compile(rb"<Encrypt>\s*(?:<!\[CDATA\[\s*)?([0-9A-Za-z+/=]+)\s*(?:\]\]>\s*)?</Encrypt>")


class Pull(Value, frozen=True):
    """WeCom says that KF has something new: go and get it. No account id (older callbacks): from every account."""

    open_kfid: str
    token: str


Read = list[Incoming] | Pull


class WeComEdge:
    """Reads callbacks with one app's token and key."""

    def __init__(self, settings: "WeComSettings") -> None:
        self._crypto = Crypto(settings.token.get_secret_value(), settings.aes_key.get_secret_value(), settings.corp_id)

    def verify_url(self, query: Mapping[str, str]) -> str:
        """Answer the console's check of the address: the bare decrypted echostr; BadCallback if it is not proven."""
        # A plus sign sent without escaping arrives as a blank; base64 has no blanks, so nothing else can be meant.
        echo = self._crypto.open(query, query.get("echostr", "").replace(" ", "+"))
        return _decoded(echo)

    def read(self, query: Mapping[str, str], body: bytes, now: datetime) -> Read:
        """Read one POST; BadCallback unless it is proven; no messages if it is authentic and comes from nobody."""
        found = _ENCRYPTED.findall(body)
        if len(found) != 1 or body.count(b"<Encrypt") != 1:
            raise BadCallback("envelope")
        xml = self._crypto.open(query, found[0].decode("ascii"))
        fields = fields_of(xml)
        if _field(fields, "Event") == "kf_msg_or_event":
            return Pull(open_kfid=_field(fields, "OpenKfId"), token=_field(fields, "Token"))
        sender = _field(fields, "FromUserName")
        if not sender:
            return []
        # Events have no MsgId, and sender with time would take two of one second for one: the bytes are the identity.
        identity = _field(fields, "MsgId") or hashlib.sha256(xml).hexdigest()
        content = _content(fields, xml)
        return [Incoming(id=f"wecom:{identity}", chat=f"app:{sender}", sender=sender, at=now, content=content)]


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise BadCallback("encryption") from error


def _field(fields: dict[str, str], name: str) -> str:
    """One field without the blanks around it; empty if it is missing, empty, nested or repeated."""
    return _words(fields, name).strip()


def _words(fields: dict[str, str], name: str) -> str:
    """One field exactly as it was typed."""
    return clean(fields.get(name, ""))


def _content(fields: dict[str, str], xml: bytes) -> Content:
    kind = _field(fields, "MsgType")
    if kind == "event":
        event = _field(fields, "Event")
        return _EVENTS.get(event.lower(), _ignored)(fields)
    read = _MESSAGES.get(kind)
    content = read(fields) if read else None
    return content or Unreadable(kind=kind or "unknown", raw=excerpt(xml.decode("utf-8", "replace")))


# --- what members send ------------------------------------------------------------------------------------------------


def _said(fields: dict[str, str]) -> Content | None:
    text = _words(fields, "Content")
    return Said(text=text) if text else None


def _attached(fields: dict[str, str]) -> Content | None:
    media = _field(fields, "MediaId")
    return Attached(kind=_field(fields, "MsgType"), media=media, name=_field(fields, "FileName")) if media else None


def _location(fields: dict[str, str]) -> Content:
    point = f"({_field(fields, 'Location_X')},{_field(fields, 'Location_Y')})"
    return Attached(kind="location", note=f"{_field(fields, 'Label')} {point}".strip())


def _link(fields: dict[str, str]) -> Content:
    title, url = _field(fields, "Title"), _field(fields, "Url")
    return Attached(kind="link", name=title, note=f"{title} {url}".strip())


# --- what members do --------------------------------------------------------------------------------------------------


def _press(fields: dict[str, str]) -> Content:
    key = _field(fields, "EventKey")
    return pressed(key) or Pressed(action=key)


def _entered(_: dict[str, str]) -> Content:
    return Happened(kind="entered")


def _ignored(fields: dict[str, str]) -> Content:
    return Happened(kind="ignored", data={"event": _field(fields, "Event")})


_MESSAGES: dict[str, Callable[[dict[str, str]], Content | None]] = {
    "text": _said,
    "image": _attached,
    "file": _attached,  # not documented for apps, but some clients send it
    "video": _attached,
    "location": _location,
    "link": _link,
}

_EVENTS: dict[str, Callable[[dict[str, str]], Content]] = {
    "template_card_event": _press,
    "template_card_menu_event": _press,
    "click": _press,
    "enter_agent": _entered,
    "subscribe": _entered,
}
