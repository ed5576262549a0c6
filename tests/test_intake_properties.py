"""Properties of the intake: whatever is said, and in whatever order, it can be finished and nothing else ends it."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.intake import conversation, questions
from handlers.intake.draft import Draft, asking
from handlers.intake.hearing import hear, hear_first
from handlers.messages import Text
from tests.factories import MONDAY, NEED, PROFILE, WANG, Room, a_desk, a_room

NOTHING_IS_TOO_SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SUMMARY = "请确认需求信息"
DESK = a_desk()


@pytest.fixture(scope="module")
def shared() -> Iterator[Room]:
    with a_room() as room:
        yield room


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


class Customers:
    """Ever new customers of one room."""

    count = 0

    @classmethod
    def new(cls) -> str:
        cls.count += 1
        return f"kf:wk:wm_{cls.count}"


def is_done(room: Room, chat: str) -> bool:
    return room.chat(chat).draft is None


# --- properties ---

ANSWERS = {
    "customer": PROFILE,
    "background": "昨天升级之后",
    "urgency": "重要",
    "history": "没有",
}


def converse(text: list[str], draft: Draft) -> Draft:
    """Drive the pure conversation."""
    for words in text:
        turn = conversation.advance(draft, hear(words, draft, MONDAY, DESK), DESK.policy)
        draft = turn.draft
        assert turn.end == "submit" or turn.say.text
    return draft


def begun(text: str = NEED) -> Draft:
    first = hear_first(text, MONDAY, DESK)
    return conversation.begin(Draft(started=MONDAY), first.heard, DESK.policy).draft


@given(st.lists(st.text(max_size=60), max_size=8))
@settings(NOTHING_IS_TOO_SLOW, max_examples=60)
def test_any_texts_are_taken_and_the_intake_can_still_be_finished(texts: list[str]) -> None:
    draft = converse(texts, begun())
    for _ in range(8):
        field = asking(draft, DESK.policy)
        if field is None:
            break
        draft = converse([ANSWERS.get(field.key, NEED)], draft)
    assert asking(draft, DESK.policy) is None
    shown = questions.ask(draft, DESK.policy)
    assert SUMMARY in shown.text


@given(
    st.lists(
        st.sampled_from(
            [*ANSWERS.values(), "在吗", "电话改成13900001111", "修改", "人工智能坏了", "1", "😀", "x" * 5000]
        ),
        max_size=10,
    )
)
@NOTHING_IS_TOO_SLOW
def test_any_order_of_answers_ends_complete_or_cancelled(shared: Room, texts: list[str]) -> None:
    chat = Customers.new()
    shared.chats_with(chat, NEED, *texts)
    for text in [*ANSWERS.values(), "昨天升级之后", *ANSWERS.values(), "确认"]:
        shared.said(chat, text)
        if is_done(shared, chat):
            break
    if not is_done(shared, chat):
        assert "已取消" in shared.said(chat, "取消").customer
        assert shared.requests(chat) == []
        return
    first = shared.requests(chat)[-1]
    assert NEED in first.description or ("修改" in texts and first.description)
    assert first.phone or shared.events(first.number)[0].data["human"], "who called a person need not say more"


@given(st.text(min_size=1, max_size=80))
@NOTHING_IS_TOO_SLOW
def test_whatever_is_said_first_is_answered(shared: Room, text: str) -> None:
    assert shared.said(Customers.new(), text).customer


@given(st.text("确认取消修改人工进度补充催办 1234567890-:：。", max_size=12))
@NOTHING_IS_TOO_SLOW
def test_only_the_words_themselves_end_an_intake(shared: Room, text: str) -> None:
    chat = Customers.new()
    shared.chats_with(chat, NEED, PROFILE)
    shared.said(chat, text)
    if is_done(shared, chat):
        assert text.strip().strip("。:：").replace(" ", "") in {"取消", "取消需求", "人工", "转人工"}


@pytest.mark.parametrize("text", ["确认", "修改", "人工", "进度", "我的需求", "帮助", "催办", "验收通过", "未解决"])
def test_a_word_alone_before_anything_was_said_starts_no_intake(room: Room, text: str) -> None:
    told = room.said(WANG, text)
    assert told.customer
    assert is_done(room, WANG)


def test_a_summary_is_not_longer_than_one_message(room: Room) -> None:
    long = "导出报表报错，" * 500
    room.chats_with(WANG, long, PROFILE, "昨天升级之后" * 200, "1", "没有")
    summary = room.told[-1].message
    assert isinstance(summary, Text)
    assert SUMMARY in summary.text
    assert len(summary.text.encode()) < 4096
    room.said(WANG, "确认")
    assert room.request().description.count("导出报表报错") == 500, "the whole is kept"
