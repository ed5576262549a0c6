"""The stage: everything that people can do to the product, and what they get to read."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from bot.sandbox.backstage import Backstage
from bot.sandbox.feishu import ClickResult, SeenMessage, Toast
from bot.sandbox.feishu import Delivery as FeishuDelivery
from bot.sandbox.feishu.state import BOT
from bot.sandbox.reading import Reader, feishu_mark, wecom_mark, wecom_text
from bot.sandbox.spans import next_morning, span
from bot.sandbox.wecom import Delivery as WeComDelivery
from bot.sandbox.wecom import SeenMessage as WeComMessage

CUSTOMER, AGENT = "wmWangFang", "ou_li"
_OK = 200


class NotHeardError(Exception):
    """The product did not acknowledge what somebody did; the message says how it answered."""


class NothingToPressError(LookupError):
    """Nobody could press that: nothing on the screen carries such a live button."""


class Stage(Backstage):
    """Acts take ids or names: `wmWangFang` or `王芳`, `ou_li` or `李工`; the UserID of a member acts in the WeCom app.

    An act returns as soon as the product has acknowledged it, NotHeardError if it has not; `settle` waits until what
    was acknowledged has been worked off and answered.
    """

    @cached_property
    def _customers(self) -> Reader[WeComMessage]:
        return Reader(wecom_mark)

    @cached_property
    def _colleagues(self) -> Reader[SeenMessage]:
        return Reader(feishu_mark)

    # --- customers in 微信客服, members in the app ------------------------------------------------------------------

    async def customer(self, text: str, who: str = CUSTOMER) -> None:
        """Let a customer or member write."""
        key = self.cast.who(who)
        says = self.wecom.customer_says if key in self.cast.customers else self.wecom.member_says
        _heard(await says(key, text))

    async def tap(self, label: str, who: str = CUSTOMER) -> None:
        """Let a customer tap the newest menu entry with that label or id, or a member press the newest such card."""
        key = self.cast.who(who)
        for message in reversed(self.seen_in_wecom(key)):
            if any(label in entry for entry in message.menu):
                await self.tap_on(key, message, label)
                return
        raise NothingToPressError(f"没有可以点的「{label}」")

    async def tap_on(
        self, who: str, message: WeComMessage, label: str, chosen: dict[str, list[str]] | None = None
    ) -> None:
        """Tap an entry of one message; `chosen` holds the options of a template card's questions."""
        if who in self.cast.members:
            _heard(await self.wecom.member_clicks(who, message, label, chosen))
            return
        menu_id, words = next(entry for entry in message.menu if label in entry)
        _heard(await self.wecom.customer_says(who, words, menu_id=menu_id))

    async def customer_sends(self, kind: str, content: bytes, filename: str = "", who: str = CUSTOMER) -> None:
        """Let a customer or member send a file (image, voice, video, file), or a location or link of that name."""
        key = self.cast.who(who)
        outside = key in self.cast.customers
        named = (_OUTSIDE if outside else _INSIDE).get(kind)
        told = named(filename) if named else {"content": content, "filename": filename}
        sends = self.wecom.customer_sends if outside else self.wecom.member_sends
        _heard(await sends(key, kind, **told))

    async def customer_enters(self, who: str = CUSTOMER) -> None:
        """Let a customer open the chat without writing."""
        _heard(await self.wecom.customer_enters(self.cast.who(who)))

    # --- staff in Feishu --------------------------------------------------------------------------------------------

    async def staff(self, text: str, who: str = AGENT, *, thread_of: str = "") -> None:
        """Let an agent or manager write to the bot; `thread_of` is the message id whose thread he answers in."""
        key = self.cast.who(who)
        _heard(await self.feishu.says(key, text, reply_to=thread_of, in_thread=bool(thread_of)))

    async def staff_sends(
        self, kind: str, content: bytes, filename: str = "", who: str = AGENT, *, thread_of: str = ""
    ) -> None:
        """Let an agent or manager send an image or file."""
        _heard(await self.feishu.sends(self.cast.who(who), kind, content, filename, thread_of))

    async def press(
        self, label: str, who: str = AGENT, form: dict[str, Any] | None = None, card: str = ""
    ) -> Toast | None:
        """Press a button on the newest card of `who` that has it alive, and return the toast.

        `card`: a message id, or words that the card must hold (a number). `form` is keyed by label, placeholder or
        name, options by the shown text. NothingToPressError if there is no such card.
        """
        key = self.cast.who(who)
        for message in reversed(self.feishu.seen_by(key)):
            meant = message.card and not message.deleted and (card == message.message_id or card in message.text)
            if meant and label in self.feishu.card_buttons(message.message_id):
                return shown(await self.feishu.clicks(key, message.message_id, label, form))
        raise NothingToPressError(f"没有可以按的「{label}」")

    def newest_card(self, who: str = AGENT) -> str:
        """Return the message id of the newest card in whose thread `who` would answer; "" without any card.

        That is one with buttons and no inputs: notices and sent forms have none, open forms have both.
        """
        cards = [one.message_id for one in self.feishu.seen_by(self.cast.who(who)) if one.card and not one.root_id]
        alive = [one for one in cards if self.feishu.card_buttons(one) and not self.feishu.card_inputs(one)]
        return (alive or cards or [""])[-1]

    # --- time -------------------------------------------------------------------------------------------------------

    async def wait(self, length: float | timedelta | str) -> int:
        """Turn the clock: seconds, a timedelta or `24h`. What falls due happens in order; returns what is pending."""
        wanted = span(length) if isinstance(length, str) else length
        seconds = wanted.total_seconds() if isinstance(wanted, timedelta) else wanted
        return await self._turn({"advance": seconds})

    async def until(self, moment: datetime | str) -> int:
        """Turn the clock to a moment; one without a zone is meant in the policy's."""
        return await self._turn({"set": moment if isinstance(moment, str) else moment.isoformat()})

    async def until_morning(self) -> int:
        """Turn the clock to 09:00 of the next business day."""
        return await self.until(next_morning(self.now(), self.policy))

    async def settle(self) -> int:
        """Wait until everything acknowledged is worked off and offered to the platforms; returns what is pending."""
        await self.wecom.settle()
        return await self._turn({"advance": 0})

    async def _turn(self, told: dict[str, Any]) -> int:
        async with self.http.post("/test/clock", json=told) as answer:
            said = await answer.json()
            if not answer.ok:
                raise ValueError(said.get("error", f"HTTP {answer.status}"))
            return int(said["pending"])

    # --- reading ----------------------------------------------------------------------------------------------------

    def seen_in_wecom(self, who: str) -> list[WeComMessage]:
        """Return the chat of a customer or member as it looks now."""
        key = self.cast.who(who)
        return self.wecom.seen_by_customer(key) if key in self.cast.customers else self.wecom.seen_by_member(key)

    def said_to_customer(self, who: str = CUSTOMER) -> list[str]:
        """Return what the bot said to a customer or member since the last reading, changed messages included."""
        fresh = self._customers.new(self.cast.who(who), self.seen_in_wecom(who))
        return [wecom_text(message) for message in fresh if message.sender not in {"customer", "member"}]

    def said_to_member(self, userid: str) -> list[str]:
        """Return what the bot said to a member in the WeCom app since the last reading."""
        return self.said_to_customer(userid)

    def said_to_staff(self, who: str = AGENT) -> list[str]:
        """Return what the bot said to an agent or manager since the last reading, updated cards included."""
        key = self.cast.who(who)
        return [one.text for one in self._colleagues.new(key, self.feishu.seen_by(key)) if one.sender == BOT]


_OUTSIDE: dict[str, Callable[[str], dict[str, Any]]] = {
    # what 微信客服 tells of kinds that carry no file
    "location": lambda name: {"latitude": 30.27, "longitude": 120.15, "name": name, "address": name},
    "link": lambda name: {"title": name, "desc": "", "url": "https://example.com/", "pic_url": ""},
}
_INSIDE: dict[str, Callable[[str], dict[str, Any]]] = {
    # and the same in the XML of the app
    "location": lambda name: {"Location_X": 30.27, "Location_Y": 120.15, "Scale": 15, "Label": name},
    "link": lambda name: {"Title": name, "Description": "", "Url": "https://example.com/", "PicUrl": ""},
}


def shown(result: ClickResult) -> Toast | None:
    """Return what the client shows after a press: the bot's toast, or why the client stopped it or failed."""
    if result.refused:
        return Toast("warning", result.refused)
    return Toast("error", f"操作失败（{result.error}）") if result.error else result.toast


def _heard(delivery: WeComDelivery | FeishuDelivery) -> None:
    if delivery.status != _OK:
        raise NotHeardError(f"应需没有收下（HTTP {delivery.status}）" if delivery.status else "应需没有回答")
