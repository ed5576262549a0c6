"""The tagger: what is added up quickly is what it learnt by name."""

import json
from datetime import datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest

from classifier.extract import tagger
from classifier.extract.pieces import pieces
from classifier.extract.tagger import BOXES, features, tag

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
MESSAGES = (
    "上周换了新系统,现在每天要手工补单,三家门店都受影响,希望能批量导入",
    "我是恒泰的小陈,电话13800000001,明天之前能不能把对账单恢复,客人排到门口了",
    "储值卡余额一夜之间全清零!我在群里@了你们八次没一个喘气的,今天不给恢复我直接去法院",
    "希望列表能按部门筛选",
    "打印 # 号 1$ 就错位",
)


@pytest.mark.parametrize("text", MESSAGES)
def test_boxes_are_those_of_the_learnt_weights_added_up_by_name(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tagger, "SURE", 0.0)
    learnt = json.loads((files("classifier") / "data" / "tagger.json").read_text("utf-8"))
    cut = pieces(text, NOW)
    lines = []
    for named in features(cut):
        known = [(learnt["weights"][name], value) for name, value in named.items() if name in learnt["weights"]]
        lines.append([sum(row[box] * value for row, value in known) for box in range(len(BOXES))])
    assert tag(cut) == [BOXES[box] for box in _likeliest(lines, learnt["steps"])]


def _likeliest(lines: list[list[float]], steps: list[list[float]]) -> list[int]:
    """Try every way through the pieces; of one or two each goes its own."""
    numbers = range(len(BOXES))
    if len(lines) <= 2:
        return [max(numbers, key=line.__getitem__) for line in lines]
    ways: list[tuple[tuple[int, ...], float]] = [((box,), lines[0][box] + steps[-1][box]) for box in numbers]
    for line in lines[1:]:
        ways = [((*way, box), told + steps[way[-1]][box] + line[box]) for way, told in ways for box in numbers]
    return list(max(ways, key=lambda way: way[1])[0])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("我们店里收银机今天早上突然打不了小票，客人排队等着呢，之前也出过一次", "之前也出过一次"),
        ("打印机连不上，财务没法打凭证", "财务没法打凭证"),
        ("想问下开通电子发票要什么资料，大概多少钱", "大概多少钱"),
    ],
)
def test_what_is_not_likely_enough_goes_into_no_box(text: str, told: str) -> None:
    boxes = dict(zip((piece.told for piece in pieces(text, NOW)), tag(pieces(text, NOW)), strict=True))
    assert boxes[told] in {"", "description"}
