"""The border from outside: only what is signed has an effect, and nothing that is sent in is an error of the server."""

import json
import re
import socket
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest

from tests.blackbox import LISTENS
from tests.blackbox_world import World, world

MIB = 1024 * 1024
XML = b"<xml><ToUserName>wwsandbox</ToUserName><FromUserName>wm</FromUserName><MsgType>text</MsgType></xml>"
FIGURES = (
    "yingxu_callbacks_total",
    "yingxu_deliveries_total",
    "yingxu_queue_depth",
    "yingxu_oldest_undelivered_seconds",
    "yingxu_overdue_requests",
)


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("border") / "run") as stage:
        first = stage.start()
        assert first.listened < LISTENS
        assert first.ask("GET", "/healthz").status == 200
        assert first.ask("GET", "/readyz").status in {200, 503}
        first.ready()
        yield stage


def test_both_platforms_accept_the_callback_address(around: World) -> None:
    assert around.platforms.do(around.platforms.wecom.verify_url()) == "ok"
    assert around.platforms.do(around.platforms.feishu.verify_url())


def test_what_is_not_signed_is_refused_counted_and_leaves_no_trace(around: World) -> None:
    bot = around.bots[0]
    path, body = around.member_says("m-none", "帮助", "1")
    headers, event = around.platforms.feishu.encrypt_event(
        around.platforms.feishu.envelope("im.message.receive_v1", {})
    )
    name = "X-Lark-Signature"
    challenge = b'{"challenge":"c","token":"wrong","type":"url_verification"}'
    wrong: list[tuple[str, str, bytes, dict[str, str]]] = [
        ("POST", "/wecom/callback", XML, {}),
        ("POST", "/wecom/callback", body, {}),
        ("POST", path.replace("msg_signature=", "msg_signature=0"), body, {}),
        ("POST", path.replace("nonce=", "nonce=1"), body, {}),
        ("POST", path, body[:-40], {}),
        ("POST", path, body[:60], {}),
        ("POST", path, body.replace(b"<Encrypt>", b"<Encrypt>AAAA").replace(b"[CDATA[", b"[CDATA[AAAA"), {}),
        ("POST", path, XML, {}),
        ("POST", path, b"", {}),
        ("GET", "/wecom/callback", b"", {}),
        ("GET", path + "&echostr=AAAA", b"", {}),
        ("GET", path + "&echostr=%ff%00", b"", {}),
        ("POST", "/feishu/event", event, {}),
        ("POST", "/feishu/event", event, {**headers, name: "0" * 64}),
        ("POST", "/feishu/event", event, {**headers, name: "é" * 4}),
        ("POST", "/feishu/event", event[:-9], headers),
        ("POST", "/feishu/event", event + b" ", headers),
        ("POST", "/feishu/event", b'{"encrypt":"AAAA"}', {}),
        ("POST", "/feishu/event", b'{"encrypt":7}', {}),
        ("POST", "/feishu/event", b"[1]", {}),
        ("POST", "/feishu/event", challenge, {}),
        ("POST", "/feishu/event", json.dumps(around.platforms.feishu.envelope("x", {})).encode(), {}),
    ]
    counted = bot.metric("yingxu_callbacks_total")
    for method, where, what, more in wrong:
        answer = bot.ask(method, where, what, {"Content-Type": "application/json", **more})
        assert 400 <= answer.status < 500, (method, where, what, answer)
    assert bot.metric("yingxu_callbacks_total") >= counted + len(wrong) - 3
    assert around.advance() == 0


@pytest.mark.parametrize("path", ["/wecom/callback", "/feishu/event"])
def test_a_body_over_one_mebibyte_is_413_and_one_below_is_not(path: str, around: World) -> None:
    bot = around.bots[0]
    assert bot.ask("POST", path, b"x" * (MIB + 1)).status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert bot.ask("POST", path, b"x" * MIB).status in {400, 401, 403}
    chunked = (b"POST %s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" % path.encode()) + b"".join(
        b"10000\r\n" + b"x" * 0x10000 + b"\r\n" for _ in range(17)
    )
    with socket.create_connection(("127.0.0.1", bot.port), timeout=10) as line:
        line.sendall(chunked)
        assert line.recv(100).startswith(b"HTTP/1.1 413")


def test_no_route_answers_5xx_to_garbage(around: World) -> None:
    bot = around.bots[0]
    garbage = (
        b"",
        b"\x00\xff" * 50,
        b"{" * 5000,
        b"[" * 5000,
        b"<" * 999,
        b'{"a":1e999}',
        b"null",
        b'"x"',
        b"9" * 6000,
    )
    paths = ("/wecom/callback", "/feishu/event", "/healthz", "/metrics", "/test/clock", "/", "/docs", "/%2e%2e/x")
    for path in paths:
        for body in garbage:
            for method in ("GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE"):
                asked = f"{path}?msg_signature=%ff&timestamp=x&nonce=%00&echostr=AAAA"
                status = bot.ask(method, asked, body, {"Content-Type": "application/json"}).status
                assert status < 500, (method, path, body[:20], status)
    assert bot.ask("GET", "/docs").status == 404


def test_well_signed_nonsense_is_no_server_error(around: World) -> None:
    bot = around.bots[0]
    feishu = around.platforms.feishu
    message = {"message_id": "om_x", "chat_type": "p2p", "message_type": "text", "chat_id": "oc_x"}
    deep: Any = []
    for _ in range(400):
        deep = [deep]
    events: list[Any] = [
        {},
        {"message": None, "sender": None},
        {"message": [], "sender": "x"},
        {"message": {**message, "content": "not json"}, "sender": {"sender_id": {"open_id": "ou_rd1"}}},
        {"message": {**message, "content": '{"text":null}'}, "sender": {"sender_id": {"open_id": 5}}},
        {"message": {**message, "content": deep, "mentions": 7}, "sender": {"sender_id": None}},
        {"operator": {}, "action": {"value": "x"}, "context": {}},
        {"operator": {"open_id": "ou_rd1"}, "action": {"value": {"a": 2**70}, "form_value": []}, "context": None},
    ]
    for kind in ("im.message.receive_v1", "card.action.trigger", "never.heard.of_v9"):
        for event in events:
            headers, body = feishu.encrypt_event(feishu.envelope(kind, event))
            assert bot.ask("POST", "/feishu/event", body, headers).status < 500, (kind, event)
    for whole in ({}, {"schema": "2.0"}, {"schema": "2.0", "header": []}, {"type": "url_verification"}, {"uuid": 1}):
        headers, body = feishu.encrypt_event(whole)
        assert bot.ask("POST", "/feishu/event", body, headers).status < 500, whole
    for xml in (
        "",
        "x",
        "<xml/>",
        "<xml><MsgType>text</MsgType></xml>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><xml>&b;</xml>",
        "<xml>" + "<a>" * 3000 + "</a>" * 3000 + "</xml>",
        "<xml><MsgType>event</MsgType><Event>odd</Event></xml>",
        "<xml><MsgType>event</MsgType><Event>kf_msg_or_event</Event><OpenKfId>nobody</OpenKfId></xml>",
    ):
        query, body_text = around.platforms.wecom.encrypt_callback(xml)
        answer = bot.ask("POST", f"/wecom/callback?{query}", body_text.encode())
        assert answer.status < 500, (xml[:50], answer)
        assert not answer.body or answer.status >= 400, (xml[:50], answer)
    around.advance()
    assert "Traceback" not in bot.log()


def test_the_figures_have_their_promised_names(around: World) -> None:
    text = around.bots[0].ask("GET", "/metrics").body.decode()
    for name in FIGURES:
        assert f"# TYPE {name.removesuffix('_total')}" in text, name
    assert re.search(r"# TYPE yingxu_\w*turn\w* histogram", text)
    assert re.search(r'yingxu_callbacks_total\{outcome="\w+",platform="(wecom|feishu)"\}', text)


def test_no_log_holds_what_was_sent_in(around: World) -> None:
    code, _ = around.stop()
    assert code == 0
    assert around.leaks() == []
    assert "Traceback" not in around.logs()
