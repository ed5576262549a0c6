"""WeCom as the engine sees it: deliver a promise, pull an account, download a file."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bot.errors import Refused, Retry
from bot.platforms import Delivered, Places
from bot.wecom import cards, media, sessions
from bot.wecom.api import Api
from bot.wecom.errcodes import POLICY, accepted, check
from bot.wecom.kf import Page
from bot.wecom.nicknames import Nicknames
from handlers.messages import File, Image, Outgoing

if TYPE_CHECKING:
    from bot.settings import WeComSettings

PAGE = 200
"""Items asked for at once: 1,000 are allowed, but long ones would not fit one answer (bot/wecom/wire.py)."""
_ACCOUNTS = 100
_MOST_ACCOUNT_PAGES = 50
_SAME_CONTENT_SECONDS = 1800
_MSGID = 32
_BAD_SYNC_TOKEN = 95007
_CUSTOMER = "external_userid"

_PARAMETERS = {40, 41}
"""Thousands of the errcodes that complain about parameters."""


class WeComPlatform:
    """One WeCom app; files to send are read below `data_dir`."""

    name: Literal["wecom"] = "wecom"

    def __init__(self, settings: "WeComSettings", clock: Callable[[], datetime], data_dir: Path) -> None:
        self._api = Api(settings, clock)
        self._nicknames = Nicknames(self._api)
        self._agent = settings.agent_id
        self._data_dir = data_dir.resolve()

    async def deliver(
        self,
        outgoing: Outgoing,
        places: Places,  # noqa: ARG002 - one signature for both platforms
        idempotency: str,
        now: datetime,  # noqa: ARG002 - one signature for both platforms
        attempt: int = 1,
    ) -> Delivered:
        """Send one promise, in as many messages as it takes; a repeat skips the parts WeCom has already.

        WeCom cards cannot be found again, so `places` is not used. Raises Retry, Hold and Refused.
        """
        channel, _, address = outgoing.to.partition(":")
        if channel == "kf":
            account, _, customer = address.partition(":")
            return await self._to_customer(outgoing, account, customer, idempotency, attempt)
        return await self._to_member(outgoing, address, idempotency, attempt)

    async def _to_customer(
        self, outgoing: Outgoing, account: str, customer: str, idempotency: str, attempt: int
    ) -> Delivered:
        bodies = await self._media(outgoing) or cards.for_kf(outgoing.message)
        if outgoing.servicers:
            return await sessions.hand_over(self._api, account, customer, outgoing.servicers, bodies[0], attempt)
        if outgoing.code:
            return await self._welcome(outgoing.code, bodies, idempotency, attempt)
        new = 0
        for number, body in enumerate(bodies, 1):
            to = {"touser": customer, "open_kfid": account, "msgid": part_id(idempotency, number)}
            answer = await self._api.call("kf/send_msg", to | body)
            if not accepted(answer, attempt):
                check(answer)
            new += answer["errcode"] == 0
        return Delivered(message_id=idempotency, sent=max(new, 1))

    async def _welcome(self, code: str, bodies: list[cards.Body], idempotency: str, attempt: int) -> Delivered:
        """Answer an event with its one-time code: one message, outside the window of five."""
        if len(bodies) > 1:
            raise Refused("欢迎语过长", alert=True)
        answer = await self._api.call("kf/send_msg_on_event", {"code": code, "msgid": idempotency} | bodies[0])
        if not accepted(answer, attempt):
            if answer["errcode"] not in POLICY:  # which errcode a used or expired code gets is not published
                raise Refused("欢迎语的时效已过")
            check(answer)
        return Delivered(message_id=idempotency, sent=0)

    async def _to_member(self, outgoing: Outgoing, member: str, idempotency: str, attempt: int) -> Delivered:
        # Either would address more people than the one the promise is for.
        if not member or "|" in member or member.startswith("@"):
            raise Refused("企业微信成员账号无效")
        bodies = await self._media(outgoing) or cards.for_app(outgoing.message, idempotency)
        sent = ""
        for body in bodies:
            to: dict[str, Any] = {"touser": member, "agentid": self._agent}
            # The same words may be meant twice; only a repeat of ours must not be seen twice.
            if attempt > 1:
                to |= {"enable_duplicate_check": 1, "duplicate_check_interval": _SAME_CONTENT_SECONDS}
            answer = await self._api.call("message/send", to | body)
            if not accepted(answer, attempt):
                check(answer)
            if _names(answer, member):
                raise Refused("收件人不在应用可见范围")
            sent = sent or str(answer.get("msgid", ""))
        return Delivered(message_id=sent or idempotency, sent=len(bodies))

    async def _media(self, outgoing: Outgoing) -> list[cards.Body]:
        """Upload what is not words; empty if the message is words."""
        message = outgoing.message
        if not isinstance(message, Image | File):
            return []
        made = message.content if isinstance(message, File) else b""
        content = made or await asyncio.to_thread(_read, self._data_dir, message.path)
        name = message.name or Path(message.path).name
        kind = media.kind_of(content) if isinstance(message, Image) else "file"
        return [cards.media(kind, await media.upload(self._api, kind, name, content))]

    async def pull(self, open_kfid: str, token: str, cursor: str) -> Page:
        """Get one page of what customers said to an account, from `cursor` (empty: the last three days).

        The token of a callback is good for ten minutes; without it WeCom allows few calls. Raises as `deliver`.
        """
        optional = {"open_kfid": open_kfid, "token": token, "cursor": cursor}  # an empty one is an error
        body = {"limit": PAGE, "voice_format": 0} | {name: value for name, value in optional.items() if value}
        answer = await self._api.call("kf/sync_msg", body)
        if answer["errcode"] == _BAD_SYNC_TOKEN and token:
            return await self.pull(open_kfid, "", cursor)
        if cursor and answer["errcode"] not in POLICY and answer["errcode"] // 1000 in _PARAMETERS:
            return await self.pull(open_kfid, token, "")  # a cursor it no longer knows; what is known is told by its id
        return await self._named(_page(check(answer), cursor))

    async def _named(self, page: Page) -> Page:
        """Put the nickname beside each message of a customer."""
        customers = [i for item in page.messages if isinstance(i := item.get(_CUSTOMER), str) and i]
        names = await self._nicknames.of(customers)
        named = [
            item | {"nickname": names[i]} if (i := str(item.get(_CUSTOMER))) in names else item
            for item in page.messages
        ]
        return Page(messages=named, cursor=page.cursor, more=page.more)

    async def accounts(self) -> list[str]:
        """List the ids of the KF accounts that the app may use."""
        found: list[str] = []
        for page in range(_MOST_ACCOUNT_PAGES):
            body = {"offset": page * _ACCOUNTS, "limit": _ACCOUNTS}
            listed = check(await self._api.call("kf/account/list", body)).get("account_list")
            rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
            new = [i for row in rows if isinstance(i := row.get("open_kfid"), str) and i and i not in found]
            found += new
            if not new or len(rows) < _ACCOUNTS:
                break
        return found

    async def download(self, media_id: str, most: int = media.LARGEST) -> tuple[bytes, str, str]:
        """Fetch a file a customer sent: content, name, type; Refused once it has expired, or beyond `most` bytes."""
        return await media.download(self._api, media_id, most)

    async def close(self) -> None:
        """Close the HTTP session."""
        await self._api.close()


def part_id(idempotency: str, number: int) -> str:
    """Name one part of a promise: the first as the promise, later ones with a number.

    At most 32 characters, WeCom's limit; the first 16 always lead back to the promise.
    """
    if number == 1:
        return idempotency
    suffix = f"-{number}"
    if len(idempotency) + len(suffix) <= _MSGID:
        return idempotency + suffix
    rest = hashlib.sha256(idempotency.encode()).hexdigest()
    return f"{idempotency[:16]}{rest[: _MSGID - 16 - len(suffix)]}{suffix}"


def _names(answer: dict[str, Any], member: str) -> bool:
    """Tell whether the answer lists the member among those it could not reach (in small letters)."""
    listed = f"{answer.get('invaliduser') or ''}|{answer.get('unlicenseduser') or ''}".lower().split("|")
    return member.lower() in listed


def _page(answer: dict[str, Any], cursor: str) -> Page:
    items = answer.get("msg_list")
    following = answer.get("next_cursor")
    if not isinstance(following, str) or (items is not None and not isinstance(items, list)):
        raise Retry("企业微信的回答无法识别")
    return Page(
        messages=[item for item in items or [] if isinstance(item, dict)],
        cursor=following or cursor,
        # A cursor that stands still would be asked for ever; the next pull goes on from it.
        more=answer.get("has_more") == 1 and following not in {"", cursor},
    )


def _read(data_dir: Path, path: str) -> bytes:
    place = (data_dir / path).resolve()
    if not place.is_relative_to(data_dir):
        raise Refused("文件不在数据目录中")
    try:
        return place.read_bytes()
    except OSError as error:
        raise Refused("文件无法读取") from error
