"""The WeCom simulator: envelopes, callbacks, tokens and faults, over real sockets."""

import json

import aiohttp
import pytest
import xmltodict

from bot.sandbox.wecom import Envelope
from tests.wecom_stage import (
    Scene,
    kf_text,
    story,
    theatre,  # noqa: F401 - the fixture that every story asks for
)

# --- the envelope: known answers --------------------------------------------------------------------------------

TENCENT = Envelope("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7")
ECHO = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
HELLO = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUU"
    "kSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ek"
    "UNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+r"
    "UPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07"
    "+qN+E7Q=="
)


def test_the_platforms_own_samples_decrypt_and_carry_the_right_signature() -> None:
    assert TENCENT.signature("1409659589", "263014780", ECHO) == "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"
    assert TENCENT.decrypt(ECHO) == "1616140317555161061"
    assert TENCENT.signature("1409659813", "1372623149", HELLO) == "477715d11cdb4164915debcba66cb864d751f3e6"
    message = xmltodict.parse(TENCENT.decrypt(HELLO))["xml"]
    assert (message["Content"], message["FromUserName"], message["AgentID"]) == ("hello", "mycreate", "218")


def test_encrypting_with_known_random_bytes_gives_the_known_signature() -> None:
    envelope = Envelope("123456", "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR", "wx49f0ab532d5d035a")
    lines = [
        "<xml>",
        "<MsgType><![CDATA[text]]></MsgType>",
        "<Content><![CDATA[test]]></Content>",
        "<FromUserName><![CDATA[wx49f0ab532d5d035a]]></FromUserName>",
        "<ToUserName><![CDATA[messense]]></ToUserName>",
        "<AgentID>1</AgentID>",
        "<CreateTime>1411525903</CreateTime>",
        "</xml>",
    ]
    encrypted = envelope.encrypt("\n".join(lines), random=b"1234567890123456")
    assert envelope.signature("1411525903", "461056294", encrypted) == "407518b7649e86ef23978113f92d27afa9296533"


def test_the_fourth_published_signature_comes_out() -> None:
    encrypted = "6KmUQuPVu7UhjyVqRdbo5SfcRqaHvbUlKSHFvBV2ZuR6TIlKsygcfeSd1GDplg1C5KSKr6UPHCaC/nIX3ZNt9w=="
    envelope = Envelope("kjr2TKI8umCBfVF3wAHk8JiPwma5VBme", TENCENT.aes_key, "")
    assert envelope.signature("1583940690", "VHh7ymSeb0jc4lSb", encrypted) == "1ba3cb09c0d2c2b3ed6900d37f91a6efae6cb011"


@pytest.mark.parametrize("length", range(60, 100))
def test_every_length_survives_encryption_and_foreign_receivers_are_refused(length: int) -> None:
    encrypted = TENCENT.encrypt("x" * length)
    assert TENCENT.decrypt(encrypted) == "x" * length
    with pytest.raises(ValueError, match="another receive id"):
        Envelope(TENCENT.token, TENCENT.aes_key, "wwother").decrypt(encrypted)


# --- callbacks ----------------------------------------------------------------------------------------------------


@story
async def test_a_kf_callback_only_says_go_and_pull(scene: Scene) -> None:
    delivery = await scene.wecom.customer_says("wm1", "你好")
    assert (delivery.status, delivery.attempts) == (200, 1)
    (event,) = scene.bot.callbacks
    assert set(event) == {"ToUserName", "CreateTime", "MsgType", "Event", "Token", "OpenKfId"}
    assert (event["Event"], event["OpenKfId"]) == ("kf_msg_or_event", "wk1")
    assert event["CreateTime"] == str(int(scene.clock[0].timestamp()))
    assert scene.bot.outer[0]["AgentID"] == "1000002"
    (item,) = (await scene.pull(token=event["Token"]))["msg_list"]
    assert item["text"] == {"content": "你好"}
    assert (item["origin"], item["external_userid"], item["msgid"]) == (3, "wm1", delivery.msgid)


@story
async def test_a_silent_bot_gets_the_identical_message_three_times_and_no_more(scene: Scene) -> None:
    scene.wecom.callbacks.timeout = 0.1
    scene.bot.delays = [0.5, 0.5, 0.5, 0.5]
    delivery = await scene.wecom.member_says("LiGong", "]]>在吗 <b>&")
    assert (delivery.status, delivery.attempts) == (0, 3)
    assert len(scene.bot.callbacks) == 3
    assert scene.bot.callbacks[0] == scene.bot.callbacks[1] == scene.bot.callbacks[2]
    assert scene.bot.callbacks[0]["Content"] == "]]>在吗 <b>&"
    assert len({one["nonce"] for one in scene.bot.queries}) == 3


@story
async def test_an_error_answer_is_not_repeated_unless_switched_on(scene: Scene) -> None:
    scene.bot.status = 503
    assert (await scene.wecom.member_says("LiGong", "a")).attempts == 1
    scene.wecom.quirks.retry_http_errors = True
    assert (await scene.wecom.member_says("LiGong", "b")).attempts == 3


@story
async def test_nobody_listening_is_status_zero_after_three_attempts(scene: Scene) -> None:
    scene.wecom.callbacks.url = "http://127.0.0.1:9/wecom/callback"
    delivery = await scene.wecom.customer_says("wm1", "你好")
    assert (delivery.status, delivery.attempts) == (0, 3)


@story
async def test_a_body_in_the_answer_is_recorded(scene: Scene) -> None:
    await scene.wecom.member_opens_app("LiGong")
    assert scene.wecom.bad_passive_replies == []
    scene.bot.reply = "success"
    await scene.wecom.member_opens_app("LiGong")
    assert scene.wecom.bad_passive_replies == ["success"]


@story
async def test_url_verification_wants_the_bare_echo_in_time(scene: Scene) -> None:
    scene.wecom.callbacks.verify_timeout = 0.2
    for _ in range(20):  # Among so many base64 texts some hold + and /.
        assert await scene.wecom.verify_url() == "ok"
    scene.bot.echo_suffix = "\n"
    assert "instead of the bare echostr" in await scene.wecom.verify_url()
    scene.bot.delays = [0.4]
    assert await scene.wecom.verify_url() == "no answer within 0.2 s"


@story
async def test_lost_callbacks_leave_the_messages_to_be_pulled_and_one_callback_covers_many(scene: Scene) -> None:
    scene.wecom.queue_only(True)
    for word in ("一", "二", "三"):
        assert (await scene.wecom.customer_says("wm1", word)).attempts == 0
    scene.wecom.queue_only(False)
    await scene.wecom.signal()
    assert len(scene.bot.callbacks) == 1
    items = (await scene.pull())["msg_list"]
    assert [one["text"]["content"] for one in items] == ["一", "二", "三"]


@story
async def test_a_pre_encrypted_callback_can_be_posted_by_anybody(scene: Scene) -> None:
    query, body = scene.wecom.encrypt_callback("<xml><MsgType>text</MsgType></xml>")
    async with scene.http.post(f"{scene.wecom.callbacks.url}?{query}", data=body.encode()) as answer:
        assert answer.status == 200
    assert scene.bot.callbacks == [{"MsgType": "text"}]


# --- tokens and answers -------------------------------------------------------------------------------------------


@story
async def test_the_same_token_is_given_while_it_is_valid(scene: Scene) -> None:
    await scene.login()
    first = scene.token
    scene.wait(keep_token=True, seconds=7000)
    again = await scene.get("gettoken", corpid="wwsandbox", corpsecret=scene.wecom.platform.secret)
    assert (again["access_token"], again["expires_in"]) == (first, 200)
    scene.wait(keep_token=True, seconds=200)
    assert await scene.code("kf/account/list", {}) == 42001
    await scene.login()
    assert scene.token != first
    assert await scene.code("kf/account/list", {}) == 0


@story
async def test_wrong_credentials_and_tokens_have_their_codes(scene: Scene) -> None:
    assert (await scene.get("gettoken", corpid="wwsandbox", corpsecret="no"))["errcode"] == 40001
    assert (await scene.get("gettoken", corpid="ww", corpsecret="no"))["errcode"] == 40013
    assert (await scene.get("kf/account/list"))["errcode"] == 41001
    assert (await scene.get("kf/account/list", access_token="no"))["errcode"] == 40014
    assert await scene.code("kf/account/list", {}) == 0
    scene.wecom.revoke_token()
    answer = await scene.call("kf/account/list", {})
    assert answer["errcode"] == 40014
    assert "hint: [" in answer["errmsg"]
    assert "devtool/query?e=40014" in answer["errmsg"]
    await scene.login()
    scene.wecom.quirks.trusted_ip = False
    assert await scene.code("kf/account/list", {}) == 60020


@story
async def test_bodies_must_be_utf8_json_without_escapes(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "你好")
    assert await scene.code("kf/send_msg", json.dumps(kf_text("你")).encode()) == 40033
    assert await scene.code("kf/send_msg", json.dumps(kf_text(r"C:\\users\u4e00"), ensure_ascii=False).encode()) == 0
    assert await scene.code("kf/send_msg", b"{") == 47001
    assert await scene.code("kf/send_msg", b"[]") == 47001
    assert await scene.code("kf/nothing", {}) == 404
    assert (await scene.get("kf/send_msg", access_token=scene.token))["errcode"] == 43002


@story
async def test_a_rate_limit_answers_45009_until_the_minute_is_over(scene: Scene) -> None:
    scene.wecom.quirks.rate_per_minute["kf/account/list"] = 2
    assert [await scene.code("kf/account/list", {}) for _ in range(3)] == [0, 0, 45009]
    scene.wait(seconds=60)
    assert await scene.code("kf/account/list", {}) == 0
    assert scene.wecom.counts["kf/account/list", 45009] == 1
    assert [one.ok for one in scene.wecom.calls if one.endpoint == "kf/account/list"] == [True, True, False, True]


# --- faults -------------------------------------------------------------------------------------------------------


@story
async def test_injected_errcodes_come_the_asked_number_of_times_without_effect(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "你好")
    scene.wecom.inject("kf/send_msg", times=2, errcode=-1)
    assert [(await scene.say("a"))["errcode"] for _ in range(3)] == [-1, -1, 0]
    assert len(scene.wecom.seen_by_customer("wm1")) == 2


@story
async def test_a_cut_connection_after_the_effect_leaves_the_caller_in_the_dark(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "你好")
    await scene.login()
    scene.wecom.inject("kf/send_msg", reset=True)
    with pytest.raises(aiohttp.ClientError):
        await scene.say("a", msgid="m1")
    assert len(scene.wecom.seen_by_customer("wm1")) == 1
    scene.wecom.inject("*", reset=True, after=True)
    with pytest.raises(aiohttp.ClientError):
        await scene.say("a", msgid="m1")
    assert (await scene.say("a", msgid="m1"))["errcode"] == 40058
    assert [one.text for one in scene.wecom.seen_by_customer("wm1")] == ["你好", "a"]
    assert [one.status for one in scene.wecom.calls if one.endpoint == "kf/send_msg"] == [0, 0, 200]


@story
async def test_pages_bad_gateways_and_delays_can_be_injected(scene: Scene) -> None:
    await scene.login()
    url = f"{scene.wecom.api_base}/cgi-bin/kf/account/list"
    scene.wecom.inject("kf/account/list", http=502)
    scene.wecom.inject("kf/account/list", html=True)
    scene.wecom.inject("kf/account/list", hang=0.3)
    for status in (502, 200):
        async with scene.http.get(url, params={"access_token": scene.token}) as answer:
            assert (answer.status, answer.content_type) == (status, "text/html")
    timeout = aiohttp.ClientTimeout(0.1)
    with pytest.raises(TimeoutError):
        await scene.http.get(url, params={"access_token": scene.token}, timeout=timeout)
    scene.wecom.inject("kf/account/list", errcode=-1)
    scene.wecom.clear_faults()
    assert await scene.code("kf/account/list", {}) == 0


@story
async def test_a_callback_can_be_delivered_again(scene: Scene) -> None:
    await scene.wecom.member_says("LiGong", "你好")
    await scene.wecom.redeliver()
    assert scene.bot.callbacks[0] == scene.bot.callbacks[1]
