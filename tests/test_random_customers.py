"""Random customers against a small pure model: whatever they do, and in whatever order, both stand at the same place.

The model knows only which answers there are and which question follows; it has no text, no database and no classifier.
"""

from copy import deepcopy
from dataclasses import dataclass, field, replace

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from handlers.intake import steps
from handlers.intake.draft import Draft, asking
from handlers.requests.suggested import Suggestions
from handlers.wording import customer
from tests.factories import Heard, a_desk, a_room

DESK = a_desk()
ORDER = ("description", "customer", "background", "urgency", "history")
LABELS = {"description": "需求具体描述", "customer": "客户基本信息", "background": "需求背景"}
LABELS |= {"urgency": "紧急程度", "history": "历史需求记录"}
NEEDS = ("导出订单报表一直报错", "收银机开机就黑屏", "门禁刷脸没有反应")
FULL = "我是星河物流的刘强，电话13711112222。上周升级后扫码枪扫不出单号，今天下午五点前必须好，之前没提过"
ANSWERS = {
    "customer": ("杭州云杉商贸，王芳，13800001234", "李雷 13900002222", "我是星河物流的刘强，电话13711112222"),
    "background": ("昨天升级之后", "换了新设备以后就这样"),
    "urgency": ("1", "2", "紧急", "不急", "常规"),
    "history": ("没有", "第一次", "无"),
}
CHATTER = ("你好", "谢谢", "在吗", "👍", "多久能处理好", "你是机器人吗")
STEPS, CUSTOMERS = 50, 400  # 20,000 steps


def place(draft: Draft) -> Draft:
    """Return what of a draft going back must restore: everything but the way itself and what was merely guessed."""
    return msgspec.structs.replace(
        draft, steps=(), past=(), refusals=0, suggestions=Suggestions(), settled=draft.settled and not draft.offers
    )


@dataclass
class Model:
    """One customer: the intake he is in, what he has registered, and whether we know him."""

    open: bool = False
    answered: set[str] = field(default_factory=set)
    revising: str = ""
    recalled: bool = False
    known: bool = False
    need: str = ""
    offered: bool = False
    registered: list[str] = field(default_factory=list)

    @property
    def asked(self) -> str:
        """Return the question that stands open; nothing at the summary."""
        if self.revising:
            return self.revising
        for key in ORDER:
            if key == "customer" and self.recalled:
                return key
            if key not in self.answered:
                return key
        return ""

    @property
    def talking(self) -> bool:
        """Whether he is asked one of the questions."""
        return self.open and not self.offered

    @property
    def steady(self) -> bool:
        """Whether it is any question but the one about his profile of last time."""
        return self.talking and not self.recalled

    def begin(self, need: str, *keys: str) -> None:
        """State a need that also answers these questions."""
        known = {"customer"} if self.known else set()
        self.open, self.answered = True, {"description", *known, *keys}
        self.revising, self.recalled, self.need, self.offered = "", self.known, need, need in self.registered

    def answer(self, key: str) -> None:
        """Answer a question."""
        self.answered, self.revising = self.answered | {key}, ""

    def confirm(self) -> None:
        """Register what is complete."""
        self.registered.append(self.need)
        self.known = True
        self.drop()

    def drop(self) -> None:
        """End the intake."""
        self.open, self.answered, self.revising, self.recalled, self.offered = False, set(), "", False, False


class Customer(RuleBasedStateMachine):
    """What a customer does, told to the product and to the model."""

    @initialize()
    def arrive(self) -> None:
        self.door = a_room(desk=DESK)
        self.room = self.door.__enter__()
        self.model = Model()
        self.way: list[tuple[Draft, Model]] = []

    def teardown(self) -> None:
        if hasattr(self, "door"):
            self.door.__exit__(None, None, None)

    def say(self, text: str) -> Heard:
        stood, model = self.draft(), deepcopy(self.model)
        heard = self.room.said("kf:wk:wm_wang", text)
        stands = self.draft()
        if stood is None or stands is None:
            self.way = []
        elif place(stood) != place(stands):
            self.way = [*self.way, (place(stood), model)][-steps.MOST :]
        return heard

    def draft(self) -> Draft | None:
        kept = self.room.chat("kf:wk:wm_wang").draft
        return msgspec.json.decode(kept, type=Draft) if kept else None

    @precondition(lambda self: not self.model.open)
    @rule(need=st.sampled_from(NEEDS))
    def states_a_need(self, need: str) -> None:
        self.say(need)
        self.model.begin(need)

    @precondition(lambda self: not self.model.open)
    @rule()
    def says_everything_at_once(self) -> None:
        self.say(FULL)
        self.model.begin(FULL, *ORDER)

    @precondition(lambda self: self.model.open and self.model.offered)
    @rule()
    def says_it_is_another(self) -> None:
        self.say("不是，是新的需求")
        self.model.offered = False

    @precondition(lambda self: self.model.open and self.model.offered)
    @rule()
    def says_it_is_the_same(self) -> None:
        self.say("1")
        self.model.drop()

    @precondition(lambda self: self.model.steady and self.model.asked)
    @rule(choice=st.integers(0, 9))
    def answers(self, choice: int) -> None:
        asked = self.model.asked
        texts = NEEDS if asked == "description" else ANSWERS[asked]
        text = texts[choice % len(texts)]
        self.say(text)
        self.model.need = text if asked == "description" else self.model.need
        self.model.answer(asked)

    @precondition(lambda self: self.model.talking and self.model.recalled and self.model.asked == "customer")
    @rule(word=st.sampled_from(["是的", "1", "确认", "没变"]))
    def confirms_the_profile(self, word: str) -> None:
        self.say(word)
        self.model.recalled = False

    @precondition(lambda self: self.model.talking and not self.model.revising)
    @rule(text=st.sampled_from(CHATTER))
    def digresses(self, text: str) -> None:
        self.say(text)

    @precondition(lambda self: not self.model.open)
    @rule(text=st.sampled_from([*CHATTER, "帮助", "我的需求", "确认", "没有", "修改"]))
    def chats(self, text: str) -> None:
        self.say(text)

    @precondition(lambda self: self.model.talking)
    @rule(kind=st.sampled_from(["image", "file"]))
    def sends_a_picture(self, kind: str) -> None:
        self.room.sends("kf:wk:wm_wang", kind)

    @precondition(lambda self: self.model.talking)
    @rule()
    def speaks_into_the_phone(self) -> None:
        self.room.sends_unreadable("kf:wk:wm_wang")

    @precondition(lambda self: self.model.talking and not self.model.asked)
    @rule(word=st.sampled_from(["确认", "提交", "没问题"]))
    def confirms(self, word: str) -> None:
        self.say(word)
        self.model.confirm()

    @precondition(lambda self: self.model.steady and self.model.asked)
    @rule()
    def confirms_too_early(self) -> None:
        self.say("确认")

    @precondition(lambda self: self.model.talking and not self.model.asked)
    @rule(key=st.sampled_from(ORDER))
    def wants_to_change(self, key: str) -> None:
        self.say("修改")
        self.say(LABELS[key])
        self.model.revising = key

    @precondition(lambda self: self.model.steady and "customer" in self.model.answered)
    @rule()
    def corrects_the_phone(self) -> None:
        self.say("电话改成13600003333")
        self.model.answer("phone")
        self.model.answered.discard("phone")

    @precondition(lambda self: self.model.steady)
    @rule(level=st.sampled_from(["紧急程度改成重要", "紧急程度改为常规"]))
    def corrects_the_urgency(self, level: str) -> None:
        self.say(level)
        self.model.answer("urgency")

    @precondition(lambda self: self.model.talking)
    @rule(times=st.integers(1, steps.MOST))
    def goes_back(self, times: int) -> None:
        for _ in range(times if self.way else 1):
            way = self.way
            if not way and self.model.offered:
                return
            told = self.say("上一步").customer
            if not way:
                assert customer.NOTHING_TO_TAKE_BACK in told
                return
            *self.way, (stood, model) = way
            stands = self.draft()
            assert stands
            assert place(stands) == stood
            self.model = replace(model, registered=self.model.registered)

    @precondition(lambda self: self.model.talking)
    @rule()
    def cancels(self) -> None:
        self.say("取消")
        self.model.drop()

    @invariant()
    def both_stand_at_the_same_place(self) -> None:
        if not hasattr(self, "room"):
            return
        kept = self.room.chat("kf:wk:wm_wang").draft
        assert (kept is not None) == self.model.open
        assert len(self.room.requests("kf:wk:wm_wang")) == min(len(self.model.registered), 20)
        if kept is None:
            return
        draft = msgspec.json.decode(kept, type=Draft)
        asked = asking(draft, DESK.policy)
        assert (asked.key if asked else "") == self.model.asked


TestRandomCustomers = Customer.TestCase
TestRandomCustomers.settings = settings(
    max_examples=CUSTOMERS,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
