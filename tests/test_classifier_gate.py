"""Feedback, the promotion gate, going back: what may teach the model, and what may serve (F56)."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from classifier import planes, releases
from classifier.comparing import MACRO, compare
from classifier.evaluate import answers, report
from classifier.feedback import SHARE, Decision, read_decisions, unlearnt, usable
from classifier.gate import judge, nothing_gained
from classifier.labels import TYPES, BadCorpusError, Row, read_rows
from classifier.model import Model, load, save
from classifier.suggest import PACKAGED, Classifier
from classifier.vectors import Reading, read

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
DATA = PACKAGED.parent


def rows_of(name: str) -> list[Row]:
    return read_rows(sorted((DATA / name).glob("*.jsonl")))


@pytest.fixture(scope="module")
def serving() -> Model:
    return load(PACKAGED)


@pytest.fixture(scope="module")
def learnt() -> tuple[list[Row], list[Reading]]:
    rows = rows_of("corpus")
    return rows, [read(row.text) for row in rows]


@pytest.fixture(scope="module")
def frozen() -> list[Row]:
    return rows_of("frozen")


def decided(text: str, urgency: str = "routine", who: str = "李工", days: int = 30, suggested: str = "") -> Decision:
    row = Row("x", text, "bug", urgency, "product", "", "")
    return Decision(row, {"urgency": suggested or urgency}, who, NOW - timedelta(days=days))


def test_young_old_unsigned_disputed_and_repeated_decisions_are_left_out(learnt: tuple[list[Row], object]) -> None:
    found = usable(
        [
            decided("刚判的", days=2),
            decided("太久以前的", days=400),
            decided("没人署名的", who=""),
            decided("两人说法不一", "urgent"),
            decided("两人说法不一", "routine", who="赵工"),
            decided("判了两遍", "urgent", days=40),
            decided("判了两遍", "important", days=30),
            decided("好的一条", "urgent", suggested="routine"),
        ],
        learnt[0],
        NOW,
    )
    assert [(row.text, row.urgency, row.weight) for row in found.rows] == [
        ("判了两遍", "important", 0.5),
        ("好的一条", "urgent", 1.0),
    ]
    assert found.left_out == {"观察期内": 1, "过旧": 1, "无人署名": 1, "有争议": 2, "重复": 1}


def test_no_person_weighs_more_than_a_twentieth_of_the_corpus(learnt: tuple[list[Row], object]) -> None:
    many = [decided(f"第{n}条报表打不开", "routine", suggested="urgent") for n in range(900)]
    found = usable([*many, decided("别人的一条", who="赵工", suggested="urgent")], learnt[0], NOW)
    assert sum(row.weight for row in found.rows if row.author == "人:李工") <= SHARE * len(learnt[0]) + 1e-6
    assert found.weights["人:赵工"] == 1.0


def test_decisions_are_read_from_what_the_product_exports(tmp_path: Path) -> None:
    line = {
        "text": "登录不了",
        "type": "bug",
        "urgency": "urgent",
        "nature": "product",
        "suggested": {"type": "bug", "urgency": "important", "nature": "product"},
        "who": "李工",
        "at": "2026-11-01T09:00:00+08:00",
        "sure": True,
    }
    (tmp_path / "good.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    (decision,) = read_decisions([tmp_path / "good.jsonl"])
    assert (decision.corrected, decision.who, decision.row.urgency) == (True, "李工", "urgent")
    for wrong in ({"at": "gestern"}, {"at": "2026-11-01T09:00:00"}, {"suggested": 5}, {"urgency": "none"}):
        (tmp_path / "bad.jsonl").write_text(json.dumps(line | wrong) + "\n", "utf-8")
        with pytest.raises(BadCorpusError, match=r"bad\.jsonl:1"):
            read_decisions([tmp_path / "bad.jsonl"])


def partly(text: str, who: str = "李工", days: int = 30, **labels: str) -> Decision:
    """Return a decision about some of the questions; the model had suggested the same."""
    row = Row("x", text, labels.get("type", ""), labels.get("urgency", ""), labels.get("nature", ""), "", "")
    return Decision(row, labels, who, NOW - timedelta(days=days))


def test_a_decision_about_one_question_counts_for_that_one_alone(
    learnt: tuple[list[Row], list[Reading]], serving: Model
) -> None:
    rows, readings = learnt
    few = list(range(0, len(rows), 12))
    one = partly(rows[few[0]].text, urgency="urgent")
    assert not one.corrected
    assert replace(one, suggested={"urgency": "routine", "type": "bug"}).corrected
    (row,) = usable([one], rows, NOW).rows
    assert [row.answers(head, TYPES) for head in ("type", "urgency", "nature")] == [False, True, False]
    taught = planes.fit([*(rows[i] for i in few), row], [*(readings[i] for i in few), readings[few[0]]])
    assert taught.weights.shape[1] == serving.weights.shape[1]
    found = report([row], answers(serving, [row]), serving.thresholds)
    counted = {head: sum(figures.count for figures in part.classes.values()) for head, part in found.heads.items()}
    assert counted == {"type": 0, "urgency": 1, "nature": 0}
    assert {one.head for one in judge(serving, serving, [row]).differences} == {"urgency"}


def test_two_people_who_decide_different_questions_do_not_disagree(learnt: tuple[list[Row], object]) -> None:
    found = usable(
        [
            partly("打印不出来", days=30, type="bug"),
            partly("打印不出来", "赵工", days=20, urgency="urgent", nature="product"),
            partly("登不上去", days=30, type="bug", urgency="urgent"),
            partly("登不上去", "赵工", days=20, urgency="routine"),
        ],
        learnt[0],
        NOW,
    )
    assert [(row.author, row.type, row.urgency) for row in found.rows] == [
        ("人:李工", "bug", ""),
        ("人:赵工", "", "urgent"),
    ]
    assert {reason: count for reason, count in found.left_out.items() if count} == {"有争议": 2}


def test_a_line_that_decides_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").write_text('{"text": "你好", "who": "李工", "at": "2026-11-01T09:00:00+08:00"}', "utf-8")
    with pytest.raises(BadCorpusError, match=r"none\.jsonl:1: needs type, urgency or nature"):
        read_decisions([tmp_path / "none.jsonl"])


def test_one_person_who_relabels_five_hundred_urgent_messages_changes_next_to_nothing(
    learnt: tuple[list[Row], list[Reading]], frozen: list[Row], serving: Model
) -> None:
    rows, readings = learnt
    urgent = [i for i, row in enumerate(rows) if row.urgency == "urgent"][:500]
    lies = [
        Decision(replace(rows[i], urgency="routine"), {"urgency": "urgent"}, "李工", NOW - timedelta(days=30))
        for i in urgent
    ]
    poison = usable(lies, rows, NOW).rows
    assert len(poison) >= 490
    assert sum(row.weight for row in poison) <= SHARE * len(rows) + 1e-6
    by_text = {rows[i].text.strip(): readings[i] for i in urgent}
    taught = planes.fit([*rows, *poison], [*readings, *(by_text[row.text.strip()] for row in poison)])
    candidate = replace(taught, temperatures=serving.temperatures, thresholds=serving.thresholds)
    verdict = judge(candidate, serving, frozen)
    held = verdict.theirs.urgent_recall - verdict.ours.urgent_recall <= 0.01
    assert held or any("紧急" in reason for reason in verdict.refusals)


def test_a_text_stuffed_with_urgent_words_weighs_no_more_than_one_message(serving: Model) -> None:
    reading = read("发票抬头怎么改 " + "紧急 P0 " * 200)
    once = read("发票抬头怎么改 紧急 P0")
    stuffed, plain = (sum(abs(v) for v in serving.vectoriser.columns(one).values()) for one in (reading, once))
    assert stuffed <= 1.5 * plain
    assert Classifier.load().suggest("发票抬头怎么改 " + "紧急 P0 " * 200).type.value != "other"


def test_a_candidate_that_never_says_urgent_is_refused_and_told_why(frozen: list[Row], serving: Model) -> None:
    bias = serving.bias.copy()
    bias[5] -= 5
    verdict = judge(replace(serving, bias=bias), serving, frozen, rows_of("traps"))
    assert any("紧急的召回率 0.0%" in reason for reason in verdict.refusals)
    assert any(reason.startswith("紧急程度 macro F1") for reason in verdict.refusals)
    assert any("紧急被判为常规" in reason for reason in verdict.refusals)
    assert any(reason.startswith("陷阱题做对") for reason in verdict.refusals)


def test_the_serving_model_itself_is_no_worse_but_has_nothing_to_offer(frozen: list[Row], serving: Model) -> None:
    verdict = judge(serving, serving, frozen, rows_of("traps"))
    assert verdict.refusals == []
    assert nothing_gained([verdict]) == ["各项得分与现用模型相同，没有一项更好"]


def leaning(model: Model, label: int, by: float) -> Model:
    """Return a model that says one label more or less often: 5 is urgent, 7 routine."""
    bias = model.bias.copy()
    bias[label] += by
    return replace(model, bias=bias)


def test_a_candidate_that_is_a_little_worse_here_and_better_nowhere_is_refused_with_its_figures(
    frozen: list[Row], serving: Model
) -> None:
    (reason,) = nothing_gained([judge(leaning(serving, 7, 0.6), serving, frozen)])
    assert reason.startswith("没有一项的 macro F1 高于现用模型：类型 ")
    assert "紧急程度 " in reason


def test_one_question_that_is_better_is_enough(frozen: list[Row], serving: Model) -> None:
    assert nothing_gained([judge(serving, leaning(serving, 7, 0.6), frozen)]) == []


def test_equal_on_the_frozen_set_and_better_on_recent_decisions_is_a_gain(frozen: list[Row], serving: Model) -> None:
    worse = leaning(serving, 5, -5)
    same = judge(serving, serving, frozen)
    recent = judge(serving, worse, [row for row in frozen if row.urgency == "urgent"])
    assert nothing_gained([same])
    assert nothing_gained([same, recent]) == []


def test_only_decisions_that_a_candidate_has_not_learnt_judge_it(learnt: tuple[list[Row], object]) -> None:
    many = [decided("学过的一条", days=30), decided("也学过", days=20), decided("还没学的", days=3)]
    card = {"decided_until": usable(many, learnt[0], NOW).until}
    assert [row.text for row in unlearnt(many, card)] == ["还没学的"]
    assert len(unlearnt(many, {})) == 3


def test_the_interval_of_equal_models_is_nothing_and_that_of_a_worse_one_is_below_it(
    frozen: list[Row], serving: Model
) -> None:
    mine = answers(serving, frozen)
    assert all((one.low, one.high, one.verdict) == (0, 0, "the same") for one in compare(frozen, mine, mine))
    worse = [answer | {"type": replace(answer["type"], lead="other")} for answer in mine]
    (macro,) = [one for one in compare(frozen, worse, mine) if (one.head, one.figure) == ("type", MACRO)]
    assert macro.worse
    assert macro.low <= macro.ours - macro.theirs <= macro.high < 0


def test_the_packaged_model_reaches_its_targets_on_messages_kept_apart(frozen: list[Row], serving: Model) -> None:
    found = report(frozen, answers(serving, frozen), serving.thresholds)
    assert found.heads["type"].macro_f1 >= 0.87
    assert found.heads["urgency"].macro_f1 >= 0.86
    assert found.heads["nature"].macro_f1 >= 0.87
    assert found.urgent_recall >= 0.87
    assert found.misleading >= 0.75
    assert found.requests_lost <= 0.005


def test_going_back_after_the_first_promotion_leads_to_the_packaged_model(tmp_path: Path, serving: Model) -> None:
    save(replace(serving, card=serving.card | {"version": "own"}), tmp_path / "candidate", {})
    releases.promote(tmp_path / "candidate", tmp_path / "models")
    assert releases.current(tmp_path / "models") == tmp_path / "models" / "own"
    assert releases.rollback(tmp_path / "models") is None
    assert releases.current(tmp_path / "models") is None
    assert releases.rollback(tmp_path / "models") == tmp_path / "models" / "own"
