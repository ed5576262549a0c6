"""Scores as customers say them, with a survey open: read, asked for again, or a need like any other."""

from collections.abc import Iterator

import pytest

from handlers.requests import scores, survey
from tests.factories import LI, WANG, Room, a_room

ASKED = ("响应速度", "方案有效性", "服务态度")
FOUR = [*ASKED, "整体印象"]
ALL_FIVE = dict.fromkeys(ASKED, 5)


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        room.delivers()
        room.said(WANG, "验收通过")
        yield room


@pytest.mark.parametrize(
    "text",
    [
        "都5分",
        "全5",
        "全部５分",
        "都给五星",
        "我给满分",
        "满分！",
        "五星好评",
        "5星好评",
        "三项都是五分",
        "均为5分",
        "5 5 5",
    ],
)
def test_one_score_for_all_questions_completes_the_survey(room: Room, text: str) -> None:
    assert "感谢" in room.said(WANG, text).customer
    assert survey.scores(room.request()) == ALL_FIVE
    assert room.request().status == "closed"


@pytest.mark.parametrize("text", ["五分", "5星", "五颗星", "5分吧", "我给5分", "5！", "5分很好", "给五分。"])
def test_one_score_answers_the_first_question(room: Room, text: str) -> None:
    assert "方案有效性" in room.said(WANG, text).customer
    assert survey.scores(room.request()) == {"响应速度": 5}


@pytest.mark.parametrize(
    "text",
    [
        "五四五",
        "五 四 五",
        "5分4分5分",
        "5/4/5",
        "速度5 方案4 态度5",
        "响应速度：5分，方案有效性：4分，服务态度：5分，很专业",
    ],
)
def test_scores_of_each_question_are_read_in_any_writing(room: Room, text: str) -> None:
    room.said(WANG, text)
    assert survey.scores(room.request()) == {"响应速度": 5, "方案有效性": 4, "服务态度": 5}


def test_a_score_with_its_question_goes_to_that_question(room: Room) -> None:
    assert "响应速度" in room.said(WANG, "服务态度五分").customer
    assert survey.scores(room.request()) == {"服务态度": 5}
    room.said(WANG, "43")
    assert survey.scores(room.request()) == {"响应速度": 4, "方案有效性": 3, "服务态度": 5}


def test_all_scores_said_after_the_first_replace_it(room: Room) -> None:
    room.said(WANG, "3")
    room.said(WANG, "5 4 5")
    assert survey.scores(room.request()) == {"响应速度": 5, "方案有效性": 4, "服务态度": 5}


def test_as_many_figures_are_read_as_the_policy_asks_questions() -> None:
    with a_room(survey={"questions": FOUR}) as room:
        room.delivers()
        room.said(WANG, "验收通过")
        assert "响应速度" in room.said(WANG, "555").customer
        assert survey.scores(room.request()) == {}
        room.said(WANG, "5555")
        assert survey.scores(room.request()) == dict.fromkeys(FOUR, 5)


@pytest.mark.parametrize(
    "text",
    ["很满意", "非常满意", "不满意", "好评", "十分", "100分", "5555", "一般吧", "态度好，5分", "零分", "45", "打分"],
)
def test_a_short_word_about_the_score_is_asked_for_again(room: Room, text: str) -> None:
    before = room.request()
    told = room.said(WANG, text).customer
    assert "1–5" in told
    assert "响应速度" in told
    assert room.chat().draft is None
    assert room.request() == before
    room.said(WANG, "都5分")
    assert survey.scores(room.request()) == ALL_FIVE


@pytest.mark.parametrize(
    "text",
    [
        "首页打不开了，点了没反应",
        "5分钟没反应了",
        "三星手机闪退",
        "十分卡顿",
        "3分公司报错",
        "满意度页面打不开",
        "1、登录打不开 2、导出很慢",
        "1、2号仓库打不开",
        "3个用户登录不了",
        "方案2 打不开了",
        "二期系统打不开",
        "5 号仓库打不开",
    ],
)
def test_a_need_said_within_the_survey_is_a_need(room: Room, text: str) -> None:
    room.said(WANG, text)
    assert room.chat().draft is not None
    assert survey.scores(room.request()) == {}


@pytest.mark.parametrize("text", ["谢谢", "你好", "好的"])
def test_a_greeting_within_the_survey_is_only_answered(room: Room, text: str) -> None:
    assert "1–5" not in room.said(WANG, text).customer
    assert room.chat().draft is None


def test_the_remark_reaches_the_agent_as_typed(room: Room) -> None:
    assert "很专业，比ＡＢＣ快" in room.said(WANG, "都５分，很专业，比ＡＢＣ快").to(LI)


def test_reading_does_not_hang_on_long_or_odd_text() -> None:
    for text in ("五" * 4000, "都" * 4000, "5 " * 2000, "，" * 4000, "5分，" * 1000, "给" * 4000 + "x", ""):
        scores.read(text, ASKED, ASKED)
        scores.meant(text)
