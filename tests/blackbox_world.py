"""A world around the black box: its folder, its platforms, its processes, and the people who use it."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.sandbox.feishu import ClickResult
from bot.sandbox.feishu import SeenMessage as FeishuMessage
from bot.sandbox.wecom import SeenMessage as WeComMessage
from tests.blackbox import NUMBER, PEOPLE, POLICY, Bot, Platforms, start

SUMMARY = "请确认"
MEMBER = (
    "<xml><ToUserName>wwsandbox</ToUserName><FromUserName>{member}</FromUserName><CreateTime>1700000000</CreateTime>"
    "<MsgType>text</MsgType><Content>{text}</Content><MsgId>{msgid}</MsgId><AgentID>1000002</AgentID></xml>"
)
ANSWERS = (
    (SUMMARY, "确认"),
    ("联系电话", "上海星河科技有限公司 王芳 {phone} 制造业"),
    ("背景", "每月底财务对账时发现的"),
    ("紧急", "影响业务，本周内需要"),
    ("历史", "没有"),
    ("期望", "希望一次导出全部订单"),
)
"""What the customer says when a word stands in the bot's last message."""


def phone_of(customer: str) -> str:
    """Return a mobile number of this customer's own."""
    return f"139{zlib.crc32(customer.encode()) % 10**8:08d}"


class World:
    """A product under test and everybody around it."""

    def __init__(self, folder: Path, *, mode: str = "webhook", policy: str = POLICY, **settings: str) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        policy_path = folder.parent / f"{folder.name}-policy.toml"
        policy_path.write_text(policy, "utf-8")
        self.platforms = Platforms(mode=mode)
        self.settings = {
            **self.platforms.settings,
            "YINGXU_POLICY": str(policy_path),
            "YINGXU_TEST_CLOCK": "1",
            **settings,
        }
        self.bots: list[Bot] = []
        self.customers: list[str] = []
        self._log_paths: set[Path] = set()
        self._turn = 0

    # --- processes ---------------------------------------------------------------------------------------------------

    def start(self, name: str = "bot", folder: Path | None = None) -> Bot:
        bot = start(folder or self.folder, self.settings, name)
        self.bots.append(bot)
        self._log_paths.add(bot.log_path)
        self.platforms.aim(bot.address)
        return bot

    def stop(self, bot: Bot | None = None) -> tuple[int, float]:
        bot = bot or self.bots[-1]
        self.bots.remove(bot)
        return bot.stop()

    def kill(self, bot: Bot | None = None) -> None:
        bot = bot or self.bots[-1]
        self.bots.remove(bot)
        bot.kill()

    def close(self) -> None:
        for bot in list(self.bots):
            self.kill(bot)
        self.platforms.close()

    def logs(self) -> str:
        return "".join(path.read_text("utf-8") for path in sorted(self._log_paths))

    def leaks(self) -> list[str]:
        """List the secrets, tokens and full phone numbers that stand in a log."""
        logs = self.logs()
        return [one for one in [*self.platforms.secrets, *map(phone_of, self.customers)] if one in logs]

    # --- time --------------------------------------------------------------------------------------------------------

    def advance(self, seconds: float = 0) -> int:
        """Turn both clocks and wait until everything is worked off; returns how many deliveries still wait."""
        self.platforms.clock.ahead += timedelta(seconds=seconds)
        answer = self.bots[0].clock(advance=seconds)
        assert answer.status == 200, (answer, self.bots[0].log()[-5000:])
        return int(answer.json()["pending"])

    # --- customers ---------------------------------------------------------------------------------------------------

    def customer(self, name: str) -> str:
        """Let a customer exist."""
        self.platforms.wecom.add_customer(name, f"昵称{name}")
        self.customers.append(name)
        return name

    def aim(self) -> None:
        """With several processes callbacks come to them in turn."""
        if self.bots:
            self._turn += 1
            self.platforms.aim(self.bots[self._turn % len(self.bots)].address)

    async def writes(self, customer: str, text: str) -> int:
        """Let a customer write, or tap what is called so; returns the status of the callback."""
        self.aim()
        labels = [label for _, label in self.chat(customer)[-1].menu] if self.chat(customer) else []
        wecom = self.platforms.wecom
        act = wecom.customer_taps if text in labels else wecom.customer_says
        return (await act(customer, text)).status

    def say(self, customer: str, text: str) -> list[str]:
        """Let a customer write and wait; returns what the bot said since."""
        before = len(self.heard(customer))
        assert self.platforms.do(self.writes(customer, text)) == 200
        self.advance()
        return self.heard(customer)[before:]

    def chat(self, customer: str) -> list[WeComMessage]:
        return self.platforms.wecom.seen_by_customer(customer)

    def heard(self, customer: str) -> list[str]:
        """Return what the bot has told a customer."""
        return [one.text for one in self.chat(customer) if one.sender not in {"customer", "servicer"}]

    def answer(self, customer: str) -> str:
        """Return what this customer answers to the bot's last message."""
        last = self.heard(customer)[-1]
        found = [said for word, said in ANSWERS if word in last]
        assert found, last
        return found[0].format(phone=phone_of(customer))

    def member_says(self, member: str, text: str, msgid: str) -> tuple[str, bytes]:
        """Path and body of a signed message of a member to the app, to be posted by hand."""
        query, body = self.platforms.wecom.encrypt_callback(MEMBER.format(member=member, text=text, msgid=msgid))
        return f"/wecom/callback?{query}", body.encode()

    def goes_on(self, customer: str) -> str:
        """Let a customer answer until he has his number."""
        for _ in range(8):
            said = self.say(customer, self.answer(customer))
            found = NUMBER.findall(said[-1]) if said else []
            if found and SUMMARY not in said[-1]:
                return str(found[0])
        raise AssertionError(self.heard(customer))

    def registers(self, customer: str, need: str = "订单列表导出报表时报错500，一点就提示失败") -> str:
        """Let a customer tell a need and answer all questions; returns the number."""
        self.customer(customer)
        self.say(customer, need)
        return self.goes_on(customer)

    # --- staff -------------------------------------------------------------------------------------------------------

    def feed(self, person: str) -> list[FeishuMessage]:
        return self.platforms.feishu.seen_by(person)

    def feeds(self) -> list[FeishuMessage]:
        """Return what the bot has sent to anybody in Feishu."""
        return [one for _, person, _, _ in PEOPLE for one in self.feed(person) if one.sender == "bot"]

    def tell(self, person: str, text: str) -> list[str]:
        """Let somebody in Feishu write to the bot; returns what the bot said since."""
        self.aim()
        before = len(self.feed(person))
        self.platforms.do(self.platforms.feishu.says(person, text))
        self.advance()
        return [one.text for one in self.feed(person)[before:] if one.sender == "bot"]

    def holder(self, number: str, button: str) -> tuple[str, FeishuMessage]:
        """Find who has the newest card of a request with such a button."""
        found = [
            (one.id, person, one)
            for _, person, _, _ in PEOPLE
            for one in self.feed(person)
            if one.card and number in one.text and not one.deleted
            if button in self.platforms.feishu.card_buttons(one.message_id)
        ]
        assert found, [(name, [one.text for one in self.feed(key)]) for name, key, _, _ in PEOPLE]
        _, person, card = max(found, key=lambda entry: entry[0])
        return person, card

    def press(self, number: str, label: str, **form: Any) -> ClickResult:
        """Let the holder of a card press a button; the form card that comes for it is filled in and submitted."""
        person, card = self.holder(number, label)
        feishu = self.platforms.feishu
        self.aim()
        result = self.platforms.do(feishu.clicks(person, card.message_id, label))
        self.advance()
        if form:
            sheets = (one for one in reversed(self.feed(person)) if one.card and feishu.card_inputs(one.message_id))
            sheet = next(sheets).message_id
            self.aim()
            result = self.platforms.do(feishu.clicks(person, sheet, feishu.card_buttons(sheet)[0], form))
            self.advance()
        assert result.toast, result
        assert result.toast.type in {"info", "success"}, result
        return result

    def whole_job(self, customer: str, number: str) -> None:
        """Play a registered request to its end: accepted, worked on, checked, rated."""
        self.press(number, "接单")
        self.press(number, "更新进度", 内容="已经定位到问题")
        assert any("已经定位到问题" in one for one in self.heard(customer))
        self.press(number, "提交验收", 内容="已修复，请重新导出")
        assert any("已修复，请重新导出" in one for one in self.heard(customer))
        self.say(customer, f"验收通过 {number}")
        self.advance(24 * 3600)
        self.say(customer, "5 4 5 很专业")
        assert any("已完成" in one or "已关闭" in one for one in self.say(customer, f"进度 {number}"))


@contextmanager
def world(folder: Path, **settings: Any) -> Iterator[World]:
    """Yield a world; whatever is started in the block ends with it."""
    stage = World(folder, **settings)
    try:
        yield stage
    finally:
        stage.close()
