"""Requests from elsewhere, from outside: by HTTP to the card in Feishu, on both databases, through kill -9."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.blackbox import Answer, run
from tests.blackbox_world import World, phone_of, world

TOKEN = "blackbox-intake-token"
NEED = "订单列表导出报表时报错500，一点就提示失败"


@pytest.fixture
def around(tmp_path: Path, url: str) -> Iterator[World]:
    with world(tmp_path / "run", YINGXU_API_TOKEN=TOKEN, YINGXU_DATABASE_URL=url) as stage:
        assert run(stage.folder, "db", "upgrade", settings=stage.settings).returncode == 0
        stage.start().ready()
        yield stage


def brings(stage: World, origin: str, bot: int = 0, **own: str) -> Answer:
    form = {
        "company": "杭州云杉商贸",
        "contact": "王芳",
        "phone": phone_of("wang"),
        "description": NEED,
        "origin": origin,
    }
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    return stage.bots[bot].ask("POST", "/api/intake", json.dumps(form | own).encode(), headers)


def test_a_form_reaches_the_agent_and_later_the_customer(around: World) -> None:
    answer = brings(around, "T-1", source="客服热线", reporter="热线小李")
    assert answer.status == 201
    number = answer.json()["number"]
    around.advance()
    person, card = around.holder(number, "接单")
    for shown in ("客服热线", "热线小李", "没有会话", "杭州云杉商贸"):
        assert shown in card.text
    assert phone_of("wang") not in card.text
    assert any(phone_of("wang") in one for one in around.tell(person, f"/show {number}"))
    around.press(number, "接单")

    around.customer("stranger")
    around.say("stranger", f"我是宁波远航贸易的李雷，电话{phone_of('wang')}，登录页面一直转圈进不去")
    around.goes_on("stranger")
    assert not any(number in said for said in around.heard("stranger"))

    around.customer("wang")
    around.say("wang", f"我是杭州云杉商贸的王芳，电话{phone_of('wang')}，登录页面一直转圈进不去")
    around.goes_on("wang")
    assert any(number in said for said in around.heard("wang"))
    around.press(number, "更新进度", 内容="已经定位到问题")
    assert any("已经定位到问题" in said for said in around.heard("wang"))
    assert not around.leaks()
    assert TOKEN not in around.logs()


def test_what_was_answered_survives_a_kill_and_a_repeat_changes_nothing(around: World) -> None:
    with ThreadPoolExecutor(4) as people:
        first = [answer.json()["number"] for answer in people.map(lambda n: brings(around, f"K-{n}"), range(12))]
    assert len(set(first)) == 12
    around.kill()
    around.start().ready()
    again = [brings(around, f"K-{n}") for n in range(12)]
    assert [answer.json()["number"] for answer in again] == first
    assert {answer.status for answer in again} == {200}
    around.advance(60)
    for number in first:
        assert around.holder(number, "接单")
        cards = {one.id for one in around.feeds() if one.card and f"需求 {number}】" in one.text}
        assert len(cards) == 1


def test_one_form_sent_many_times_at_once_is_one_request(around: World) -> None:
    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(lambda _: brings(around, "S-1"), range(16)))
    assert sorted(answer.status for answer in answers) == [200] * 15 + [201]
    assert len({answer.json()["number"] for answer in answers}) == 1
