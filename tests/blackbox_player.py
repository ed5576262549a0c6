"""An adaptive customer: reads what the bot asks and answers by its meaning, in a manner of his own."""

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tests.blackbox_house import PNG, Heard, House

NUMBER = re.compile(r"\d{6}-\d{3,}")
LONGEST = 30
"""Turns after which even a patient customer gives up."""
ASKED = {
    # what the bot may be asking for -> words in which it would ask
    "company": ("公司", "单位", "企业", "机构"),
    "name": ("称呼", "姓名", "联系人", "贵姓", "名字"),
    "phone": ("电话", "手机", "联系方式", "号码"),
    "history": ("历史", "之前", "以前", "提过", "曾经"),
    "urgency": ("紧急", "多急", "影响有多大", "着急"),
    "background": ("背景", "什么情况下", "场景", "起因", "什么时候开始"),
    "description": ("描述", "具体", "详细", "期望", "什么问题", "哪个页面"),
}
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Facts:
    """What a customer knows and will say when asked."""

    company: str = "星河科技有限公司"
    name: str = "张伟"
    phone: str = "13812340001"
    background: str = "上周系统升级以后出现的"
    description: str = "订单列表点击导出按钮后提示500错误，希望能正常导出Excel"
    urgency: str = "重要"
    history: str = "没有"

    def of(self, asked: str) -> str:
        return str(getattr(self, asked))


Say = Callable[[str, str], str]


def plainly(_: str, words: str) -> str:
    return words


@dataclass(frozen=True)
class Manner:
    """How somebody talks: how many answers at once, in which style, and what he does in between."""

    at_once: int = 9
    say: Say = plainly
    menu: str = "label"
    """How a menu is answered: the label typed, its number typed, or tapped."""
    asides: tuple[str, ...] = ()
    """Said in turn before answering a question; `图片` sends a picture."""


@dataclass
class Customer:
    """Somebody in 微信客服, or in the app when `member` is a UserID."""

    house: House
    facts: Facts = field(default_factory=Facts)
    manner: Manner = field(default_factory=Manner)
    member: str = ""
    nickname: str = "小明"

    def __post_init__(self) -> None:
        self.key = self.member or f"wmCustomer{next(_numbers)}"
        if not self.member:
            self.house.wecom.add_customer(self.key, self.nickname)
        self._read = len(self.chat())

    # --- talking ----------------------------------------------------------------------------------------------------

    def chat(self) -> list[Heard]:
        wecom = self.house.wecom
        return wecom.seen_by_member(self.key) if self.member else wecom.seen_by_customer(self.key)

    def news(self) -> list[Heard]:
        """Return what the bot said since last time."""
        fresh, self._read = self.chat()[self._read :], len(self.chat())
        return [one for one in fresh if one.sender not in {"customer", "member"}]

    def reads(self) -> str:
        return "\n".join(one.text for one in self.news())

    def says(self, text: str) -> str:
        """Write, and return what the bot answers."""
        self.news()
        wecom = self.house.wecom
        act = wecom.member_says(self.key, text) if self.member else wecom.customer_says(self.key, text)
        self.house.statuses.append(self.house.run(act).status)
        self.house.settle()
        return self.reads()

    def sends(self, kind: str = "image", content: bytes = PNG, **more: object) -> str:
        self.news()
        wecom = self.house.wecom
        send = wecom.member_sends if self.member else wecom.customer_sends
        self.house.run(send(self.key, kind, content=content, **more))  # type: ignore[arg-type] # payloads vary
        self.house.settle()
        return self.reads()

    def taps(self, label: str) -> str:
        """Tap the newest menu entry with that label."""
        message = next(one for one in reversed(self.chat()) if any(label in entry[1] for entry in one.menu))
        entry = next(entry for entry in message.menu if label in entry[1])
        self.news()
        wecom = self.house.wecom
        if self.member:
            self.house.run(wecom.member_clicks(self.key, message, entry[0]))
        else:
            self.house.run(wecom.customer_says(self.key, entry[1], menu_id=entry[0]))
        self.house.settle()
        return self.reads()

    # --- the guided conversation ------------------------------------------------------------------------------------

    def registers(self, opening: str = "") -> str:
        """Play the whole intake; returns the number of the request."""
        return self.goes_on(self.says(opening or self.facts.description))

    def at_once(self) -> str:
        """Register by one message that says everything under labels, and whatever is asked then."""
        facts = self.facts
        return self.registers(
            f"公司：{facts.company}\n联系人：{facts.name}\n电话：{facts.phone}\n需求背景：{facts.background}\n"
            f"需求描述：{facts.description}\n紧急程度：{facts.urgency}\n历史需求：{facts.history}"
        )

    def goes_on(self, answer: str) -> str:
        """Answer until there is a number; AssertionError with the chat when that takes too long."""
        asides = iter(self.manner.asides)
        for _ in range(LONGEST):
            if is_registered(answer):
                return str(NUMBER.findall(answer)[0])
            if is_summary(answer):
                answer = self._chooses("确认")
                continue
            self._puts_in(asides)
            answer = self._answers(answer)
        raise AssertionError(self.script())

    def until_summary(self, opening: str = "") -> str:
        answer = self.says(opening or self.facts.description)
        for _ in range(LONGEST):
            if is_summary(answer):
                return answer
            answer = self._answers(answer)
        raise AssertionError(self.script())

    def _puts_in(self, asides: Iterator[str]) -> None:
        aside = next(asides, "")
        if aside == "图片":
            self.sends()
        elif aside:
            self.says(aside)

    def _answers(self, question: str) -> str:
        asked = meaning(question)
        assert asked, f"asked what nobody understands: {question!r}\n{self.script()}"
        if asked[0] == "urgency" and any(one.menu for one in self.chat()[-1:]):
            return self._chooses(self.facts.urgency)
        said = [self.manner.say(one, self.facts.of(one)) for one in asked[: self.manner.at_once]]
        return self.says("，".join(said))

    def _chooses(self, label: str) -> str:
        menu = next((one.menu for one in reversed(self.chat()) if one.menu), ())
        if self.manner.menu == "tap" and menu:
            return self.taps(label)
        if self.manner.menu == "number" and menu:
            return self.says(str(1 + next(at for at, entry in enumerate(menu) if label in entry[1])))
        return self.says(label)

    def script(self) -> str:
        """Write down the chat, for a failure."""
        return "\n".join(f"{one.sender}: {one.text}" for one in self.chat())


def is_registered(answer: str) -> bool:
    """Tell whether the bot says that the request has its number; a list of earlier ones does not."""
    return re.search(rf"(登记|编号|受理)[^?？。\n]*?{NUMBER.pattern}", answer) is not None and not is_summary(answer)


def is_summary(answer: str) -> bool:
    return "确认" in answer and "修改" in answer


def meaning(question: str) -> list[str]:
    """Return what is being asked for, in the order of the question; what is noted already stands before it."""
    last = question.strip().split("\n")
    for lines in (last[-1:], last[-2:], last):
        text = re.sub(r"已(记录|收到|记下|修改)[^。\n]*[。\n]", "", "\n".join(lines))
        places = {asked: [text.find(word) for word in words if word in text] for asked, words in ASKED.items()}
        found = [(min(at), asked) for asked, at in places.items() if at]
        if found:
            order = [asked for _, asked in sorted(found)]
            return order[:1] if order[0] in {"urgency", "history", "background"} else order
    urgency = ASKED["urgency"]
    return ["urgency"] if any(word in question for word in urgency) else []


def customer(house: House, manner: Manner | None = None, member: str = "", **facts: str) -> Customer:
    """Bring a new customer; his phone is unlike that of others unless given."""
    made = Customer(house, manner=manner or Manner(), member=member)
    number = int(re.sub(r"\D", "", made.key) or 0)
    made.facts = replace(made.facts, **({"phone": f"138{number:04d}0001"} | facts))
    return made


BUG: dict[str, Any] = {"description": "登录页面一直报错500，点登录就闪退，无法登录", "urgency": "紧急"}
FULL_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def bug(home: House, **facts: str) -> tuple[Customer, str, str]:
    """Register an urgent bug; returns the customer, the number and who holds the card."""
    guest = customer(home, **BUG | facts)
    number = guest.at_once()
    return guest, number, home.holder(number)
