"""Playing: the steps of a golden chat done on the stage, and what everybody sees after each."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from bot.sandbox.feishu.people import buttons_of
from bot.sandbox.feishu.view import label_of
from bot.sandbox.mishaps import MISHAPS, NAMES
from bot.sandbox.reading import wecom_text
from bot.sandbox.stage import Stage
from bot.sandbox.stage import shown as toast_of
from tests.chatfile import Chat, Step, changed, shown

GROUP, STRANGER = "oc_group", "ou_stranger"
KINDS = {
    "图片": "image",
    "文件": "file",
    "语音": "voice",
    "位置": "location",
    "链接": "link",
    "视频": "video",
    "小程序": "miniprogram",
}
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000"
    "001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
SERVING = ("接待", "结束", "上线", "下线")
WECOM_SENDS = ("kf/send_msg", "message/send")
FEISHU_SENDS = ("POST /open-apis/im/v1/messages", "PATCH /open-apis/im/v1/messages")


class Play:
    """One chat on its way: the stage, and what everybody has seen so far."""

    def __init__(self, chat: Chat, data_dir: Path) -> None:
        self._chat, self._data_dir = chat, data_dir
        self._stack = AsyncExitStack()
        self._seen: dict[tuple[str, int], tuple[int, str]] = {}
        self._cards: dict[str, list[dict[str, Any]]] = {}
        self.stage: Stage

    async def open(self) -> None:
        """Start the product, or start it again on its data."""
        stage = Stage(data_dir=self._data_dir, policy_path=self._chat.policy, start=self._chat.start)
        self.stage = await self._stack.enter_async_context(stage)
        stage.feishu.add_person(STRANGER, "路人")
        await stage.settle()

    async def close(self) -> None:
        """Stop the product."""
        await self._stack.aclose()

    async def do(self, step: Step) -> list[str]:
        """Do one step; returns what everybody then sees."""
        toast = await self._act(step)(self, step)
        await self.stage.settle()
        return ([f"    （{toast}）"] if toast else []) + self._news()

    def _act(self, step: Step) -> "Act":
        if step.who in SCENES:
            return SCENES[step.who]
        cast = self.stage.cast
        outside = self._key(step.who) in cast.customers | cast.members and step.how not in SERVING
        return (OUTSIDE if outside else INSIDE)["代按" if step.how.startswith("代按") else step.how]

    def _key(self, who: str) -> str:
        known = {"客户": "王芳", "路人": STRANGER}
        name = known.get(who, who)
        return name if name == STRANGER else self.stage.cast.who(name)

    # --- scenes -----------------------------------------------------------------------------------------------------

    async def _wait(self, step: Step) -> None:
        await self.stage.wait(step.what)

    async def _until(self, step: Step) -> None:
        await self.stage.until(step.what)

    async def _restart(self, _: Step) -> None:
        await self.close()
        await self.open()

    async def _trouble(self, step: Step) -> None:
        name, label, *times = step.what.split()
        mishap = next(one for one in MISHAPS if one.label == label)
        wecom = name == NAMES["wecom"]
        fault = mishap.wecom if wecom else mishap.feishu
        if fault is None:
            (self.stage.wecom if wecom else self.stage.feishu).revoke_token()
            return
        for endpoint in WECOM_SENDS if wecom else FEISHU_SENDS:
            (self.stage.wecom if wecom else self.stage.feishu).inject(
                endpoint, times=int(times[0]) if times else 1, **fault
            )

    # --- customers --------------------------------------------------------------------------------------------------

    async def _writes(self, step: Step) -> None:
        await self.stage.customer(step.what, self._key(step.who))

    async def _taps(self, step: Step) -> None:
        await self.stage.tap(step.what, self._key(step.who))

    async def _sends(self, step: Step) -> None:
        kind, _, name = step.what.partition(" ")
        await self.stage.customer_sends(KINDS[kind], PNG, name, self._key(step.who))

    async def _enters(self, step: Step) -> None:
        await self.stage.customer_enters(self._key(step.who))

    async def _serves(self, step: Step) -> None:
        await self.stage.wecom.servicer_takes(self._key(step.what), step.who)

    async def _serves_no_more(self, step: Step) -> None:
        await self.stage.wecom.servicer_ends(self._key(step.what))

    async def _on_duty(self, step: Step) -> None:
        await self.stage.wecom.servicer_duty(step.who, online=step.how == "上线")

    # --- staff ------------------------------------------------------------------------------------------------------

    async def _says(self, step: Step) -> None:
        await self.stage.feishu.says(self._key(step.who), step.what)

    async def _in_group(self, step: Step) -> None:
        who = self._key(step.who)
        group = f"{GROUP}_{who}"  # one for each who writes in one, so that everything is seen once
        self.stage.feishu.add_group(group, "值班群", (who,))
        await self.stage.feishu.says(who, step.what, chat_id=group, mention_bot=step.how == "群")

    async def _answers(self, step: Step) -> None:
        who = self._key(step.who)
        await self.stage.feishu.says(who, step.what, reply_to=self._card_of(who), in_thread=True)

    async def _shows(self, step: Step) -> None:
        kind, _, name = step.what.partition(" ")
        who = self._key(step.who)
        await self.stage.feishu.sends(who, KINDS[kind], PNG, name, self._card_of(who))

    async def _presses(self, step: Step) -> str:
        toast = await self.stage.press(step.label, self._key(step.who), form=step.form or None)
        return toast.content if toast else ""

    async def _presses_late(self, step: Step) -> str:
        """Press what stood on a card before it changed; the newest card that had such a button."""
        who = self._key(step.who)
        for one in reversed(self.stage.feishu.seen_by(who)):
            for body in reversed(self._cards.get(one.message_id, ())):
                if body != one.card and any(label_of(button) == step.label for _, button in buttons_of(body)):
                    result = await self.stage.feishu.clicks(
                        who, one.message_id, step.label, step.form or None, card=body
                    )
                    toast = toast_of(result)
                    return toast.content if toast else ""
        raise LookupError(step.line)

    async def _presses_anothers(self, step: Step) -> str:
        """Press a button of a card in somebody else's chat: the signed event names who did it."""
        owner = self._key(step.how.removeprefix("代按"))
        cards = [one for one in self.stage.feishu.seen_by(owner) if one.card]
        card, button = next(
            (one, button)
            for one in reversed(cards)
            for _, button in buttons_of(one.card or {})
            if label_of(button) == step.label
        )
        event = {
            "operator": {"open_id": self._key(step.who)},
            "action": {"tag": "button", "value": button["behaviors"][0]["value"]},
            "context": {"open_message_id": card.message_id, "open_chat_id": card.chat_id},
        }
        delivery = await self.stage.feishu.push("card.action.trigger", event)
        return str(delivery.body.get("toast", {}).get("content", ""))

    def _card_of(self, who: str) -> str:
        """Return the newest card of a request that somebody holds."""
        seen = self.stage.feishu.seen_by(who)
        return next(one.message_id for one in reversed(seen) if one.card and "需求 2" in one.text and not one.root_id)

    # --- what is seen -----------------------------------------------------------------------------------------------

    def _news(self) -> list[str]:
        """Write down what everybody has seen since the last step."""
        lines: list[str] = []
        cast = self.stage.cast
        for key, name in [*cast.customers.items(), *((key, key) for key in cast.members)]:
            for one in self.stage.seen_in_wecom(key):
                if one.sender not in {"customer", "member"}:
                    lines += self._new("客户" if name == "王芳" else name, (key, one.id), one.revision, wecom_text(one))
        for key, name in [*((key, person.name) for key, person in cast.staff.items()), (STRANGER, "路人")]:
            for said in self.stage.feishu.seen_by(key):
                if said.card:
                    versions = self._cards.setdefault(said.message_id, [])
                    versions += [said.card] if said.card not in versions else []
                mark = "↳" if said.root_id else "←"
                if said.sender == "bot":
                    lines += self._new(name, (key, said.id), 2 * said.updated + said.deleted, said.text, mark)
        return lines

    def _new(self, name: str, key: tuple[str, int], revision: int, text: str, mark: str = "←") -> list[str]:
        known = self._seen.get(key)
        self._seen[key] = (revision, text)
        if known is None:
            return shown(name, text, mark)
        return shown(name, changed(known[1], text), "↻") if known[0] != revision else []


Act = Callable[[Play, Step], Awaitable[str | None]]
SCENES: dict[str, Act] = {"等待": Play._wait, "等到": Play._until, "重启": Play._restart, "平台": Play._trouble}
OUTSIDE: dict[str, Act] = {"": Play._writes, "按": Play._taps, "发": Play._sends, "进入": Play._enters}
INSIDE: dict[str, Act] = {
    "": Play._says,
    "按": Play._presses,
    "旧按": Play._presses_late,
    "代按": Play._presses_anothers,
    "回": Play._answers,
    "发": Play._shows,
    "群": Play._in_group,
    "群聊": Play._in_group,
    "接待": Play._serves,
    "结束": Play._serves_no_more,
    "上线": Play._on_duty,
    "下线": Play._on_duty,
}
