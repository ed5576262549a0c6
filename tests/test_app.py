"""The server at its border: what is acknowledged, what is refused, what survives, and how it stops."""

import json
import socket
import sqlite3
from collections.abc import Iterator

import pytest

from tests.serving import (
    ENCRYPT_KEY,
    VERIFICATION,
    WECOM_SIDE,
    Serving,
    click,
    event,
    from_member,
    kept,
    kf_signal,
    sealed,
    serve,
    signed,
    to_feishu,
)
from tests.test_settings import FEISHU, WECOM


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """One server for all tests that leave it as it was."""
    started = serve(tmp_path_factory.mktemp("serving"), YINGXU_TEST_CLOCK="1", YINGXU_LOG_FORMAT="json")
    started.ready()
    yield started
    assert started.stop() == 0


# --- health -----------------------------------------------------------------------------------------------------------


def test_health_readiness_and_metrics_answer(serving: Serving) -> None:
    assert serving.ask("GET", "/healthz").status == 200
    assert serving.ask("GET", "/readyz").json() == {"status": "ready", "missing": [], "classifier": "ok"}
    metrics = serving.ask("GET", "/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    names = ("yingxu_queue_depth ", "yingxu_oldest_undelivered_seconds ", "yingxu_overdue_requests ")
    assert all(f"\n{name}" in metrics.body.decode() for name in (*names, "yingxu_turn_seconds_count "))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/docs", 404),
        ("GET", "/openapi.json", 404),
        ("GET", "/redoc", 404),
        ("GET", "/", 404),
        ("GET", "//wecom/callback", 404),
        ("POST", "/wecom/callback/", 404),
        ("PUT", "/wecom/callback", 405),
        ("GET", "/feishu/event", 405),
        ("OPTIONS", "/feishu/event", 405),
        ("POST", "/healthz", 405),
    ],
)
def test_there_is_nothing_else(serving: Serving, method: str, path: str, status: int) -> None:
    answer = serving.ask(method, path)
    assert answer.status == status
    assert "server" not in answer.headers


# --- WeCom ------------------------------------------------------------------------------------------------------------


def test_the_console_gets_the_bare_echo(serving: Serving) -> None:
    echo = WECOM_SIDE.encrypt("1616140317555161061")
    answer = serving.ask("GET", f"/wecom/callback?{signed(echo, echostr=echo)}")
    assert (answer.status, answer.body) == (200, b"1616140317555161061")
    assert answer.headers["content-type"].startswith("text/plain")


def test_a_message_is_kept_before_it_is_acknowledged_and_a_repeat_changes_nothing(serving: Serving) -> None:
    path, body = from_member("你好", msgid="77001")
    repeats = serving.counted('yingxu_callbacks_total{outcome="repeat",platform="wecom"}')
    for _ in range(3):
        answer = serving.post(path, body)
        assert (answer.status, answer.body) == (200, b"")
    assert kept(serving.folder, "wecom:77001") is not None
    assert serving.counted('yingxu_callbacks_total{outcome="repeat",platform="wecom"}') == repeats + 2


def test_a_kf_signal_becomes_a_pull(serving: Serving) -> None:
    path, body = kf_signal("wkSignal")
    assert serving.post(path, body).body == b""
    with sqlite3.connect(serving.folder / "data" / "yingxu.db") as database:
        rows = database.execute("SELECT payload FROM job WHERE lane = 'kf:wkSignal'").fetchall()
    database.close()
    assert [(task["kind"], task["token"]) for (task,) in [map(json.loads, row) for row in rows]] == [
        ("kf_pull", "kf-token-canary")
    ]


def test_what_is_not_proven_is_refused_without_a_trace(serving: Serving) -> None:
    path, body = from_member("伪造", msgid="77002")
    other = body.replace(b"<Encrypt>", b"<Encrypt><![CDATA[AAAA]]></Encrypt><Encrypt>")
    refused = [
        serving.post("/wecom/callback", body),
        serving.post(path.replace("msg_signature=", "msg_signature=0"), body),
        serving.post(path, body[:-40]),
        serving.post(path, other),
        serving.post(path, b"<xml><MsgType>text</MsgType><Content>hi</Content></xml>"),
        serving.post(path, b""),
        serving.post(path, b"\xff" * 1000),
        serving.ask("GET", "/wecom/callback?echostr=x&msg_signature=y&timestamp=1&nonce=2"),
    ]
    assert all(answer.status in {400, 403} and answer.body == b"" for answer in refused)
    assert kept(serving.folder, "wecom:77002") is None
    assert "伪造" not in serving.log()


@pytest.mark.parametrize(
    "xml", ["", "<xml>", "<xml/>", "<a><b/></a>", "<xml>" + "<a>" * 2000, "\x00", "{}", "<xml>&x;"]
)
def test_authentic_nonsense_never_breaks_the_server(serving: Serving, xml: str) -> None:
    path, body = sealed(xml)
    assert serving.post(path, body).status in {200, 400, 403}


# --- Feishu -----------------------------------------------------------------------------------------------------------


def test_the_challenge_is_answered(serving: Serving) -> None:
    asked = {"type": "url_verification", "token": VERIFICATION, "challenge": "ajls384kdjx98XX"}
    assert serving.post("/feishu/event", *to_feishu(asked)).json() == {"challenge": "ajls384kdjx98XX"}


def test_an_event_is_acknowledged_with_an_empty_object(serving: Serving) -> None:
    message = {"message_id": "om_77", "chat_type": "p2p", "message_type": "text", "content": '{"text":"/help"}'}
    said = {"sender": {"sender_id": {"open_id": "ou_nobody"}, "sender_type": "user"}, "message": message}
    body, headers = to_feishu(event("im.message.receive_v1", said))
    assert serving.post("/feishu/event", body, headers).json() == {}
    assert kept(serving.folder, "fs:om_77") is not None


def test_a_press_brings_the_toast_that_was_decided(serving: Serving) -> None:
    toast = serving.post("/feishu/event", *to_feishu(click("ou_stranger"))).json()["toast"]
    assert toast["type"] in {"warning", "error"}
    assert toast["content"]


def test_a_repeated_press_gets_the_same_toast(serving: Serving) -> None:
    body, headers = to_feishu(click("ou_stranger"))
    first, second = (serving.post("/feishu/event", body, headers).json() for _ in range(2))
    assert first == second


def test_forged_feishu_callbacks_are_refused(serving: Serving) -> None:
    said = event("im.message.receive_v1", {"message": {"message_id": "om_forged"}})
    body, headers = to_feishu(said)
    refused = [
        serving.post("/feishu/event", json.dumps(said).encode()),
        serving.post("/feishu/event", body),
        serving.post("/feishu/event", body, headers | {"X-Lark-Signature": "0" * 64}),
        serving.post("/feishu/event", body + b" ", headers),
        serving.post("/feishu/event", *to_feishu(said, key=ENCRYPT_KEY + "x")),
        serving.post("/feishu/event", b"[" * 100_000),
        serving.post("/feishu/event", b""),
    ]
    assert all(answer.status in {400, 403} and answer.body == b"" for answer in refused)
    assert kept(serving.folder, "fs:om_forged") is None


# --- large and slow ---------------------------------------------------------------------------------------------------


def test_a_body_over_one_mebibyte_is_refused_by_its_length_and_by_its_stream(serving: Serving) -> None:
    assert serving.post("/feishu/event", b"x" * (1 << 20)).status in {400, 403}
    assert serving.post("/feishu/event", b"x" * ((1 << 20) + 1)).status == 413
    with socket.create_connection(("127.0.0.1", serving.port), timeout=10) as client:
        client.sendall(b"POST /wecom/callback HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        piece = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        for _ in range(17):
            client.sendall(piece)
        assert client.recv(1000).startswith(b"HTTP/1.1 413")


def test_a_head_without_end_is_cut_off(serving: Serving) -> None:
    with socket.create_connection(("127.0.0.1", serving.port), timeout=10) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\n")
        with pytest.raises(OSError, match=r"reset|[Bb]roken pipe"):
            client.sendall(b"".join(b"x%d: y\r\n" % number for number in range(2_000_000)))


def test_headers_nobody_can_mean_are_a_bad_request(serving: Serving) -> None:
    for length in (b"-1", b"abc", b"9" * 5000, b"1, 2"):
        with socket.create_connection(("127.0.0.1", serving.port), timeout=10) as client:
            client.sendall(b"POST /feishu/event HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + b"\r\n\r\n")
            client.shutdown(socket.SHUT_WR)
            assert client.recv(100)[:10] in {b"HTTP/1.1 4", b""}


# --- the test clock ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{}", b"[]", b"null", b"x", b'{"advance": "1"}', b'{"advance": true}', b'{"advance": NaN}', b'{"set": 5}',
        b'{"advance": 1e308}', b'{"set": "tomorrow"}', b'{"set": "9999-12-31"}', b'{"advance": 1, "set": "2030-01-01"}',
        b'{"advance": Infinity}', b"[" * 3000, b'{"set": "2026-13-01"}', b"\xff",
    ],
)  # fmt: skip
def test_a_turn_nobody_can_mean_is_a_bad_request(serving: Serving, body: bytes) -> None:
    assert serving.post("/test/clock", body).status == 400


def test_the_clock_only_goes_forward(serving: Serving) -> None:
    assert serving.post("/test/clock", b'{"advance": -0.001}').status == 409
    assert serving.post("/test/clock", b'{"set": "2020-01-01T00:00:00"}').status == 409
    assert serving.post("/test/clock", b'{"set": "2020-01-01T00:00:00Z"}').status == 409


def test_the_barrier_answers_with_the_time_and_what_still_waits(serving: Serving) -> None:
    answer = serving.post("/test/clock", b'{"advance": 0}')
    assert answer.status == 200
    assert set(answer.json()) == {"now", "pending"}
    assert serving.ask("GET", "/test/clock").json()["now"].endswith("+08:00")


# --- the log ----------------------------------------------------------------------------------------------------------


def test_no_secret_is_in_any_log(serving: Serving) -> None:
    secrets = [v for v in (WECOM | FEISHU).values() if "canary" in v] + [
        WECOM["YINGXU_WECOM__AES_KEY"],
        "kf-token-canary",
    ]
    log = serving.log()
    assert log
    assert not [secret for secret in secrets if secret in log]
    assert "Traceback" not in log
    assert all(json.loads(line) for line in log.splitlines())
