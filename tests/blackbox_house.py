"""A house of ten people around a real `yingxu serve` in an empty folder; its platforms are the simulators."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from bot.sandbox.feishu import ClickResult, FeishuSimulator
from bot.sandbox.feishu import SeenMessage as Seen
from bot.sandbox.feishu.state import Message
from bot.sandbox.serving import address, door, served
from bot.sandbox.wecom import SeenMessage as Heard
from bot.sandbox.wecom import WeComSimulator

ZONE = ZoneInfo("Asia/Shanghai")
TUESDAY = datetime(2035, 5, 15, 10, 0, tzinfo=ZONE)
"""A working day without holidays near it, in every edition of the calendar."""
Result = TypeVar("Result")
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000"
    "001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
PEOPLE: tuple[tuple[str, str, str, str, str, str], ...] = (
    # name, open_id, UserID, department, role, more
    ("李工", "ou_li", "LiGong", "研发部", "agent", 'types = ["bug"]'),
    ("赵工", "ou_zhao", "", "研发部", "agent", 'types = ["custom"]'),
    ("陈主管", "ou_chen", "ChenZhuGuan", "研发部", "lead", ""),
    ("孙产品", "ou_sun", "", "产品部", "agent", ""),
    ("周产品", "ou_zhou", "", "产品部", "lead", ""),
    ("吴客服", "ou_wu", "WuKeFu", "客服部", "agent", ""),
    ("郑主管", "ou_zheng", "", "客服部", "lead", ""),
    ("冯运营", "ou_feng", "", "运营部", "agent", ""),
    ("褚运营", "ou_chu", "", "运营部", "agent", ""),
    ("钱总", "ou_qian", "QianZong", "运营部", "manager", ""),
)
STRANGER = "ou_stranger"


def policy(**more: str) -> str:
    """Write the policy of the ten; `more` adds lines to a person, keyed by the open_id without its prefix."""
    rows = []
    for name, feishu, wecom, department, role, extra in PEOPLE:
        lines = [f'name = "{name}"', f'feishu = "{feishu}"', f'department = "{department}"', f'roles = ["{role}"]']
        lines += [f'wecom = "{wecom}"'] if wecom else []
        rows.append("\n".join(["[[people]]", *lines, more.get(feishu.removeprefix("ou_"), extra)]))
    return "\n\n".join(rows) + "\n" + more.get("sections", "")


def ident(name: str) -> str:
    """Return the open_id behind a name of the policy; anything else is taken for an id."""
    return next((row[1] for row in PEOPLE if row[0] == name), name)


class House:
    """Everybody acts through it, from any thread; an act returns once the product has worked it off."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._stack = folder, AsyncExitStack()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._ahead, self._turning = timedelta(), False
        self.statuses: list[int] = []

    # --- opening and closing ----------------------------------------------------------------------------------------

    def open(self, rules: str, start: datetime = TUESDAY) -> None:
        (self.folder / "policy.toml").write_text(rules, "utf-8")
        self.run(self._wire())
        self.serve()
        self.turn({"set": start.isoformat()})

    async def _wire(self) -> None:
        with door() as mine:
            self.port = mine.getsockname()[1]
        base = f"http://127.0.0.1:{self.port}"
        self.wecom = WeComSimulator(callback_url=f"{base}/wecom/callback", now=self.now)
        self.feishu = FeishuSimulator(callback_url=f"{base}/feishu/event", now=self.now)
        for simulator in (self.wecom, self.feishu):
            bound = self._stack.enter_context(door())
            await self._stack.enter_async_context(served(simulator.app, bound))
            simulator.api_base = address(bound)
        self.wecom.add_kf_account("wkHouse", "应需客服")
        for name, feishu, wecom, *_ in PEOPLE:
            self.feishu.add_person(feishu, name)
            if wecom:
                self.wecom.add_member(wecom, name)
                self.wecom.add_servicer(wecom, open_kfid="wkHouse")
        self.feishu.add_person(STRANGER, "路人")
        self.feishu.add_group("oc_duty", "值班群", ("ou_qian", "ou_li", STRANGER))

    def serve(self) -> None:
        """Start the product and wait until it is ready."""
        bare = {name: value for name, value in os.environ.items() if not name.startswith("YINGXU_")}
        given = {"YINGXU_PORT": str(self.port), "YINGXU_POLICY": "policy.toml", "YINGXU_TEST_CLOCK": "1"}
        command = Path(sys.executable).with_name("yingxu")
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [command, "serve"],
                cwd=self.folder,
                env=bare | given | self.wecom.settings | self.feishu.settings,
                stdout=log,
                stderr=log,
            )
        end = time.monotonic() + 40
        while not self._is_ready():
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < end, self.log()
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        try:
            return self.ask("GET", "/readyz")[0] == 200
        except OSError:
            return False

    def close(self) -> None:
        self.process.terminate()
        assert self.process.wait(20) == 0, self.log()
        self.run(self._shut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _shut(self) -> None:
        await self.wecom.close()
        await self.feishu.close()
        await self._stack.aclose()

    def log(self) -> str:
        return (self.folder / "log").read_text("utf-8")

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(100)

    def ask(self, method: str, path: str, told: dict[str, Any] | None = None) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=90)
        try:
            body = json.dumps(told) if told is not None else None
            connection.request(method, path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read().decode()
            return answer.status, json.loads(text) if text.startswith("{") else text
        finally:
            connection.close()

    # --- time -------------------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """Return the product's time, as the platforms see it; while it is turned, it is asked for."""
        if self._turning:
            self._ahead = datetime.fromisoformat(self.ask("GET", "/test/clock")[1]["now"]) - real()
        return real() + self._ahead

    def turn(self, told: dict[str, Any]) -> int:
        self._turning = bool(told.get("set") or told.get("advance"))
        try:
            status, said = self.ask("POST", "/test/clock", told)
        finally:
            self._turning = False
        assert status == 200, said
        self._ahead = datetime.fromisoformat(said["now"]) - real()
        return int(said["pending"])

    def wait(self, **length: float) -> int:
        """Let time pass, given as for a timedelta."""
        return self.turn({"advance": timedelta(**length).total_seconds()})

    def until(self, moment: datetime) -> int:
        return self.turn({"set": moment.isoformat()})

    def settle(self) -> int:
        """Wait until everything has been worked off; returns what is pending."""
        self.run(self.wecom.settle())
        return self.turn({"advance": 0})

    # --- staff ------------------------------------------------------------------------------------------------------

    def says(self, who: str, text: str, **how: Any) -> str:
        """Let somebody write to the bot in Feishu; returns what he then reads from it."""
        before = self.count(who)
        self.statuses.append(self.run(self.feishu.says(ident(who), text, **how)).status)
        self.settle()
        return self.told(who, before).replace("\n----\n", "\n")

    def press(self, who: str, number: str, label: str, form: dict[str, Any] | None = None, **how: Any) -> ClickResult:
        """Press a button on the newest card of a request on which it stands; fills in a form that opens by itself."""
        card = self.card(who, number, label)
        how.setdefault("fill", form or {})
        fill = how.pop("fill")
        inputs = self.run(self._async(lambda: self.feishu.card_inputs(card.message_id)))
        direct = bool(fill and inputs)
        result = self.run(self.feishu.clicks(ident(who), card.message_id, label, fill if direct else None, **how))
        self.settle()
        if fill and not direct:
            return self.submit(who, fill)
        return result

    def submit(self, who: str, form: dict[str, Any]) -> ClickResult:
        """Fill in the newest form card and press its only submit button."""
        for card in reversed([one for one in self.seen(who) if one.card]):
            if self.feishu.card_inputs(card.message_id):
                label = self.feishu.card_buttons(card.message_id)[-1]
                result = self.run(self.feishu.clicks(ident(who), card.message_id, label, form))
                self.settle()
                return result
        raise LookupError("no form")

    async def _async(self, look: Any) -> Any:
        return look()

    def seen(self, who: str, number: str = "") -> list[Seen]:
        """Return what somebody has in front of him, only what names the number if one is given."""
        meant = [one for one in self._messages(who) if number in one.content]
        return [self.feishu._seen(one, ident(who)) for one in meant]

    def _messages(self, who: str) -> list[Message]:
        """Return the messages themselves: making all of them readable takes long after some hundred requests."""
        world, person = self.feishu.world, ident(who)
        chats = {chat.chat_id for chat in list(world.chats.values()) if person in chat.members}
        return [one for one in list(world.messages.values()) if one.chat_id in chats]

    def count(self, who: str) -> int:
        return len(self._messages(who))

    def told(self, who: str, since: int = 0) -> str:
        """Return everything the bot told somebody, from his n-th message on."""
        fresh = [self.feishu._seen(one, ident(who)) for one in self._messages(who)[since:]]
        return "\n----\n".join(one.text for one in fresh if one.sender == "bot")

    def buttons(self, card: Seen) -> list[str]:
        return self.feishu.card_buttons(card.message_id)

    def cards(self, who: str, number: str) -> list[Seen]:
        return [one for one in self.seen(who, number) if one.card and number in one.text and one.sender == "bot"]

    def card(self, who: str, number: str, label: str = "") -> Seen:
        """Return the newest card of a request, one with that button; LookupError without."""
        for one in reversed(self.cards(who, number)):
            if not label or label in self.buttons(one):
                return one
        raise LookupError(f"{who} {number} {label}: " + self.told(who))

    def holder(self, number: str) -> str:
        """Return the name of who has a card with 接单 on it."""
        held = [row[0] for row in PEOPLE if any("接单" in self.buttons(one) for one in self.cards(row[0], number))]
        assert len(held) == 1, (number, held)
        return held[0]


def real() -> datetime:
    """Return the time of this machine."""
    return datetime.fromtimestamp(time.clock_gettime(time.CLOCK_REALTIME), UTC)


@contextmanager
def house(rules: str = "", start: datetime = TUESDAY) -> Iterator[House]:
    """Open a house in an empty folder."""
    with tempfile.TemporaryDirectory(prefix="yingxu-") as folder:
        found = House(Path(folder))
        try:
            found.open(rules or policy(), start)
            yield found
        finally:
            found.close()


__all__ = ["PEOPLE", "PNG", "STRANGER", "TUESDAY", "Heard", "House", "house", "ident", "policy"]
