"""POST /api/intake over real HTTP: who may, what is registered, what is refused and why, and that nothing leaks."""

import json
import socket
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.serving import Answer, Serving, serve

TOKEN = "intake-token-canary"
NEED = "导出订单报表一直报错，财务等着对账"
FORM = {"company": "杭州云杉商贸", "contact": "王芳", "phone": "13800001234", "description": NEED}


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    started = serve(tmp_path_factory.mktemp("api"), YINGXU_API_TOKEN=TOKEN, YINGXU_LOG_FORMAT="json")
    started.ready()
    yield started
    log = started.log()
    assert started.stop() == 0
    assert not [one for one in (TOKEN, "13800001234", "王芳", "Traceback") if one in log]


def brings(serving: Serving, form: Any, token: str = TOKEN, **headers: str) -> Answer:
    """Send a form as another system would."""
    content = form if isinstance(form, bytes) else json.dumps(form, ensure_ascii=False).encode()
    return serving.post("/api/intake", content, {"Authorization": f"Bearer {token}"} | headers)


def rows(serving: Serving, query: str, *given: str) -> list[Any]:
    with sqlite3.connect(serving.folder / "data" / "yingxu.db") as database:
        found = database.execute(query, given).fetchall()
    database.close()
    return found


def test_a_form_becomes_a_request_with_a_number_source_and_card(serving: Serving) -> None:
    answer = brings(serving, FORM | {"source": "客服热线", "urgency": "紧急", "reporter": "热线小李", "origin": "T-1"})
    assert answer.status == 201
    number = answer.json()["number"]
    ((source, reporter, urgency, chat),) = rows(
        serving, "SELECT source, reporter, urgency, chat FROM request WHERE number = ?", number
    )
    assert (source, reporter, urgency) == ("客服热线", "热线小李", "urgent")
    assert chat.startswith("proxy:")
    told = rows(serving, "SELECT queue, lane FROM job WHERE instr(payload, ?)", number)
    assert told == [("feishu", "fs:ou_li")]


def test_the_same_origin_is_the_same_number(serving: Serving) -> None:
    form = FORM | {"origin": "T-2", "source": "web"}
    first, second = brings(serving, form), brings(serving, form | {"description": "另一段话，说的还是同一张表单"})
    assert (first.status, second.status) == (201, 200)
    assert first.json() == second.json()
    other = brings(serving, form | {"source": "mail"})
    assert other.status == 201
    assert other.json() != first.json()


def test_the_idempotency_key_makes_a_repeat_known(serving: Serving) -> None:
    first, second = (brings(serving, FORM, **{"Idempotency-Key": "k-1"}) for _ in range(2))
    assert (first.status, second.status) == (201, 200)
    assert first.json() == second.json()
    assert brings(serving, FORM).json() != first.json()


def test_another_form_under_the_same_idempotency_key_is_refused_and_names_the_first(serving: Serving) -> None:
    key = {"Idempotency-Key": "k-2"}
    first = brings(serving, FORM, **key)
    before = rows(serving, "SELECT count(*) FROM request")
    other = brings(serving, FORM | {"description": "首页打不开，点了没反应"}, **key)
    assert other.status == 422
    assert first.json()["number"] in other.json()["errors"]["Idempotency-Key"]
    assert rows(serving, "SELECT count(*) FROM request") == before
    assert brings(serving, FORM, **key).json() == first.json()


def test_the_same_form_in_another_order_under_the_same_key_is_the_same_request(serving: Serving) -> None:
    key = {"Idempotency-Key": "k-3"}
    first = brings(serving, FORM | {"phone": 13800001234}, **key)
    turned = json.dumps(dict(reversed(FORM.items())), indent=2).encode()
    assert (brings(serving, turned, **key).status, first.status) == (200, 201)


def test_many_at_once_with_one_key_and_two_contents_are_one_request(serving: Serving) -> None:
    forms = [FORM, FORM | {"description": "首页打不开，点了没反应"}] * 6
    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(lambda form: brings(serving, form, **{"Idempotency-Key": "k-4"}), forms))
    statuses = [answer.status for answer in answers]
    assert (statuses.count(201), statuses.count(200), statuses.count(422)) == (1, 5, 6)


def test_many_at_once_with_one_origin_are_one_request(serving: Serving) -> None:
    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(lambda _: brings(serving, FORM | {"origin": "T-3"}), range(16)))
    assert sorted(answer.status for answer in answers) == [200] * 15 + [201]
    assert len({answer.json()["number"] for answer in answers}) == 1


def test_many_at_once_get_numbers_of_their_own(serving: Serving) -> None:
    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(lambda n: brings(serving, FORM | {"origin": f"many-{n}"}), range(16)))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.json()["number"] for answer in answers}) == 16


def test_what_is_wrong_is_said_of_each_field_in_chinese(serving: Serving) -> None:
    before = rows(serving, "SELECT count(*) FROM request")
    answer = brings(serving, {"phone": "12345", "email": "a@b", "description": "系统不好用", "urgency": "十万火急"})
    assert answer.status == 422
    errors = answer.json()["errors"]
    assert set(errors) == {"company", "phone", "email", "description", "urgency"}
    assert "紧急、重要、常规" in errors["urgency"]
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in why) for why in errors.values())
    assert rows(serving, "SELECT count(*) FROM request") == before


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({**FORM, "phone": ["13800001234"]}, "phone"),
        ({**FORM, "phone": True}, "phone"),
        ({**FORM, "budget": "100"}, "budget"),
        ({**FORM, "description": "长" * 4001}, "description"),
        ({**FORM, "company": "长" * 201}, "company"),
        ({**FORM, "origin": "x" * 121}, "origin"),
        ({**FORM, "at": "2099-01-01"}, "at"),
        ({**FORM, "at": "昨天"}, "at"),
        ({**FORM, "wanted_by": "0001-01-01"}, "wanted_by"),
        ({**FORM, "type": "gift"}, "type"),
        ({**FORM, "source": "电报"}, "source"),
        ({**FORM, "description": " \u200b "}, "description"),
        ({}, "description"),
    ],
)
def test_a_form_that_does_not_fit_names_the_field(serving: Serving, form: Any, field: str) -> None:
    answer = brings(serving, form)
    assert answer.status == 422
    assert field in answer.json()["errors"]


def test_a_number_is_text_and_null_is_nothing(serving: Serving) -> None:
    assert brings(serving, FORM | {"phone": 13800001234, "email": None}).status == 201


@pytest.mark.parametrize(
    "odd", ["a\x00b", "＝cmd|' /C calc'!A0", "'; DROP TABLE request; --", "<at id=all></at>", "😀" * 50]
)
def test_odd_text_is_kept_and_breaks_nothing(serving: Serving, odd: str) -> None:
    content = json.dumps(FORM | {"description": f"{NEED} {odd}", "reporter": odd}).encode()
    assert brings(serving, content).status == 201


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'"x"', b"null", b"\xff", b"[" * 100_000, b'{"a":1e999}', b'{"a":"\\ud800"}']
)
def test_what_is_no_json_object_is_a_bad_request(serving: Serving, content: bytes) -> None:
    answer = brings(serving, content)
    assert answer.status in {400, 422}
    assert set(answer.json()) <= {"error", "errors"}


def test_a_body_over_one_mebibyte_is_refused(serving: Serving) -> None:
    assert brings(serving, b"x" * ((1 << 20) + 1)).status == 413


def test_a_cut_body_is_no_error_of_the_server(serving: Serving) -> None:
    with socket.create_connection(("127.0.0.1", serving.port), timeout=15) as client:
        head = f"POST /api/intake HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 100\r\n\r\n"
        client.sendall(head.encode() + b"{")
        client.shutdown(socket.SHUT_WR)
        assert client.recv(100)[:10] in {b"HTTP/1.1 4", b""}


@pytest.mark.parametrize(
    "said", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer \xff"]
)
def test_without_the_token_nothing_happens(serving: Serving, said: str) -> None:
    before = rows(serving, "SELECT count(*) FROM request")
    answer = serving.post("/api/intake", json.dumps(FORM).encode(), {"Authorization": said} if said else {})
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert rows(serving, "SELECT count(*) FROM request") == before


def test_other_methods_do_not_exist(serving: Serving) -> None:
    assert serving.ask("GET", "/api/intake").status == 405


def test_without_a_token_in_the_settings_there_is_no_such_route(tmp_path_factory: pytest.TempPathFactory) -> None:
    bare = serve(tmp_path_factory.mktemp("bare"))
    assert brings(bare, FORM).status == 404
    assert bare.stop() == 0


def test_before_everything_is_loaded_the_caller_is_told_to_come_again(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    young = serve(tmp_path_factory.mktemp("young"), YINGXU_API_TOKEN=TOKEN)
    early = brings(young, FORM | {"origin": "early"})
    assert early.status in {201, 503}
    if early.status == 503:
        assert early.headers["retry-after"]
    young.ready()
    assert brings(young, FORM | {"origin": "early"}).status in {200, 201}
    assert young.stop() == 0
