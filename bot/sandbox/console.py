"""The terminal chat: one person writes as everybody, reads what everybody gets, and turns the clock."""

import asyncio
import re
import threading
from collections.abc import Awaitable, Callable
from typing import TextIO

from bot.sandbox.feishu import NotOnCardError
from bot.sandbox.spans import next_morning
from bot.sandbox.stage import NotHeardError, NothingToPressError, Stage

_HELP = """
  直接输入      以「{who}」的身份说话；消息里点名可以换人说一句：李工> 文字
  李工          换成李工说话（{names}）
  按 接单       按最新卡片上的按钮，或点菜单；表单这样填：按 提交：内容=已定位；类型=功能优化
  回 文字       在最新卡片的话题里回复
  等待 24h      时钟快进（10分钟、2天；等待 工作日 = 下一个工作日 09:00）
  帮助 ？       显示这段话        退出 或 Ctrl-D  结束
"""
_AS = re.compile(r"(?P<who>[^\s>＞:：]+)\s*[>＞]\s*(?P<text>.+)", re.DOTALL)
_VERB = re.compile(r"(?P<verb>按|点|回|等待)\s+(?P<rest>.+)", re.DOTALL)
_QUITS = {"退出", "exit", "quit", "q"}
_HELPS = {"?", "？", "帮助 ？", "帮助 ?"}
_ALIASES = {"客户": "王芳"}
_MORNING = {"工作日", "下一个工作日"}


class Console:
    """Reads lines from `source` and writes to `screen` what happens."""

    def __init__(self, stage: Stage, source: TextIO, screen: TextIO) -> None:
        self._stage = stage
        self._source = source
        self._screen = screen
        self._who = next(iter(stage.cast.customers))

    async def run(self) -> None:
        """Chat until the input ends or 退出."""
        lines = _lines(self._source)
        self._show(self._help())
        await self._stage.settle()
        self._news()
        while True:
            self._show(f"{self._name(self._who)}> ", end="")
            line = await lines.get()
            if line is None or line.strip() in _QUITS:
                return
            if line.strip():
                await self._tried(line.strip())

    async def _tried(self, line: str) -> None:
        try:
            await self._do(line)
        except (NothingToPressError, NotOnCardError, NotHeardError, LookupError, ValueError) as error:
            self._show(f"  （{error}）")
        await self._stage.settle()
        self._news()

    async def _do(self, line: str) -> None:
        if line in _HELPS:
            self._show(self._help())
            return
        known = self._known(line)
        if known:
            self._who = known
            return
        spoken = _AS.fullmatch(line)
        who = self._known(spoken["who"]) if spoken else None
        if spoken and who:
            await self._act(who, spoken["text"])
        else:
            await self._act(self._who, line)

    async def _act(self, who: str, text: str) -> None:
        verb = _VERB.fullmatch(text)
        if verb:
            await _VERBS[verb["verb"]](self, who, verb["rest"].strip())
        elif who in self._stage.cast.staff:
            await self._stage.staff(text, who)
        else:
            await self._stage.customer(text, who)

    async def press(self, who: str, text: str) -> None:
        """Press a button or tap a menu entry; what stands behind the colon fills in the form."""
        label, _, filled = text.partition("：")
        if who not in self._stage.cast.staff:
            await self._stage.tap(text, who)
            return
        pairs = [part.partition("=") for part in filled.split("；") if part]
        form = {name.strip(): value.strip() for name, _, value in pairs}
        toast = await self._stage.press(label.strip(), who, form or None)
        if toast:
            self._show(f"  （{toast.content}）")

    async def answer(self, who: str, text: str) -> None:
        """Answer in the thread of the newest card."""
        card = self._stage.newest_card(who) if who in self._stage.cast.staff else ""
        if not card:
            raise NothingToPressError("没有可以回复的卡片")
        await self._stage.staff(text, who, thread_of=card)

    async def wait(self, _: str, text: str) -> None:
        """Turn the clock, whoever says so."""
        if text in _MORNING:
            await self._stage.until(next_morning(self._stage.now(), self._stage.policy))
        else:
            await self._stage.wait(text)
        self._show(f"  （现在是 {self._stage.now().astimezone(self._stage.policy.zone):%Y-%m-%d %H:%M}）")

    def _known(self, name: str) -> str | None:
        try:
            return self._stage.cast.who(_ALIASES.get(name, name))
        except LookupError:
            return None

    def _news(self) -> None:
        cast = self._stage.cast
        for who in [*cast.customers, *cast.members]:
            for text in self._stage.said_to_customer(who):
                self._say(self._name(who), text)
        for who in cast.staff:
            for text in self._stage.said_to_staff(who):
                self._say(self._name(who), text)

    def _say(self, name: str, text: str) -> None:
        first, *rest = text.split("\n")
        self._show("\n".join([f"    {name} ← {first}", *(f"    │ {line}" for line in rest)]))

    def _name(self, who: str) -> str:
        cast = self._stage.cast
        person = cast.staff.get(who)
        return person.name if person else cast.customers.get(who) or f"{cast.members[who]}·企微"

    def _help(self) -> str:
        names = [*self._stage.cast.customers.values(), *(person.name for person in self._stage.cast.staff.values())]
        return _HELP.format(who=self._name(self._who), names="、".join(names)).strip("\n")

    def _show(self, text: str, end: str = "\n") -> None:
        self._screen.write(text + end)
        self._screen.flush()


_VERBS: dict[str, Callable[[Console, str, str], Awaitable[None]]] = {
    "按": Console.press,
    "点": Console.press,
    "回": Console.answer,
    "等待": Console.wait,
}


def _lines(source: TextIO) -> "asyncio.Queue[str | None]":
    """Read in a thread of its own, one that does not keep the process from ending while nobody types."""
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        for line in iter(source.readline, ""):
            loop.call_soon_threadsafe(lines.put_nowait, line)
        loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, daemon=True).start()
    return lines
