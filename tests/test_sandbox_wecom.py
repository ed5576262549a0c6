"""The WeCom simulator at the wire: real sockets on both sides, callbacks read by an independent implementation."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import aiohttp
import pytest
import uvicorn
import xmltodict
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as AsgiScope
from wechatpy.enterprise.crypto import WeChatCrypto

from bot.sandbox.wecom import Envelope, WeComSimulator

Json = dict[str, Any]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@dataclass
class TinyBot:
    """Decrypts callbacks with wechatpy; answers as told."""

    crypto: WeChatCrypto
    callbacks: list[Json] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    outer: list[Json] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    status: int = 200
    reply: str = ""
    echo_suffix: str = ""

    def app(self) -> Starlette:
        routes = [
            Route("/wecom/callback", self.verify, methods=["GET"]),
            Route("/wecom/callback", self.receive, methods=["POST"]),
        ]
        return Starlette(routes=routes)

    async def verify(self, request: Request) -> Response:
        await self._delay()
        q = request.query_params
        echo = self.crypto.check_signature(q["msg_signature"], q["timestamp"], q["nonce"], q["echostr"])
        text = echo.decode() if isinstance(echo, bytes) else echo
        return Response(text + self.echo_suffix)

    async def receive(self, request: Request) -> Response:
        q, body = request.query_params, await request.body()
        plain = self.crypto.decrypt_message(body, q["msg_signature"], q["timestamp"], q["nonce"])
        self.outer.append(xmltodict.parse(body)["xml"])
        self.queries.append(dict(q))
        self.callbacks.append(xmltodict.parse(plain)["xml"])
        await self._delay()
        return Response(self.reply, status_code=self.status)

    async def _delay(self) -> None:
        if self.delays:
            await asyncio.sleep(self.delays.pop(0))


@dataclass
class Scene:
    """A simulator, a bot that listens, a client that calls, and a clock that turns."""

    wecom: WeComSimulator
    bot: TinyBot
    http: aiohttp.ClientSession
    clock: list[datetime]
    token: str = ""

    def wait(self, *, keep_token: bool = False, **span: float) -> None:
        self.clock[0] += timedelta(**span)
        self.token = self.token if keep_token else ""

    async def get(self, path: str, **params: str) -> Json:
        async with self.http.get(f"{self.wecom.api_base}/cgi-bin/{path}", params=params) as answer:
            assert answer.status == 200
            return cast("Json", json.loads(await answer.read()))

    async def login(self) -> None:
        answer = await self.get("gettoken", corpid="wwsandbox", corpsecret=self.wecom.platform.secret)
        self.token = answer["access_token"]

    async def call(self, path: str, body: Json | bytes) -> Json:
        if not self.token:
            await self.login()
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        url = f"{self.wecom.api_base}/cgi-bin/{path}"
        async with self.http.post(url, params={"access_token": self.token}, data=data) as answer:
            assert answer.status == 200
            return cast("Json", json.loads(await answer.read()))

    async def code(self, path: str, body: Json | bytes) -> int:
        return int((await self.call(path, body))["errcode"])

    async def say(self, text: str, **more: Any) -> Json:
        return await self.call("kf/send_msg", kf_text(text, **more))

    async def upload(self, kind: str, content: bytes, filename: str = "a.png") -> Json:
        await self.login()
        form = aiohttp.FormData()
        form.add_field("media", content, filename=filename, content_type="image/png")
        params = {"access_token": self.token, "type": kind}
        async with self.http.post(f"{self.wecom.api_base}/cgi-bin/media/upload", params=params, data=form) as answer:
            return cast("Json", await answer.json())

    async def pull(self, **body: Any) -> Json:
        return await self.call("kf/sync_msg", {"open_kfid": "wk1", **body})


def kf_text(text: str, **more: Any) -> Json:
    return {"touser": "wm1", "open_kfid": "wk1", "msgtype": "text", "text": {"content": text}, **more}


def kf_menu(items: list[Json], **more: Any) -> Json:
    menu = {"head_content": "请选择", "list": items, "tail_content": "谢谢"}
    return {"touser": "wm1", "open_kfid": "wk1", "msgtype": "msgmenu", "msgmenu": menu, **more}


def app_message(msgtype: str, payload: Json, **more: Any) -> Json:
    return {"touser": "LiGong", "agentid": 1000002, "msgtype": msgtype, msgtype: payload, **more}


def button_card(**more: Any) -> Json:
    card = {
        "card_type": "button_interaction",
        "main_title": {"title": "需求 202611-001"},
        "task_id": "task-1",
        "button_list": [{"text": "接单", "key": "take"}, {"text": "关闭", "key": "close"}],
    }
    return {**card, **more}


@dataclass
class Doors:
    """Two listening addresses that stay while what answers behind them changes from test to test."""

    apps: dict[str, ASGIApp] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)

    def door(self, name: str) -> ASGIApp:
        async def app(scope: AsgiScope, receive: Receive, send: Send) -> None:
            await self.apps[name](scope, receive, send)

        return app


@pytest.fixture(scope="module")
def theatre() -> Iterator[tuple[asyncio.Runner, Doors]]:
    doors = Doors()
    with asyncio.Runner() as runner:
        servers = [runner.run(listen(doors, name)) for name in ("bot", "platform")]
        yield runner, doors
        for server in servers:
            runner.run(server.shutdown())


async def listen(doors: Doors, name: str) -> uvicorn.Server:
    config = uvicorn.Config(doors.door(name), port=0, log_config=None, lifespan="off", ws="none")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    port = server.servers[0].sockets[0].getsockname()[1]
    doors.addresses[name] = f"http://127.0.0.1:{port}"
    return server


@asynccontextmanager
async def stage(doors: Doors) -> AsyncIterator[Scene]:
    clock = [datetime(2026, 11, 2, 9, tzinfo=UTC)]
    wecom = WeComSimulator(callback_url=f"{doors.addresses['bot']}/wecom/callback", now=lambda: clock[0])
    wecom.api_base = doors.addresses["platform"]
    wecom.callbacks.pause = 0.01
    keys = [wecom.settings[f"YINGXU_WECOM__{name}"] for name in ("TOKEN", "AES_KEY", "CORP_ID")]
    bot = TinyBot(WeChatCrypto(*keys))
    doors.apps.update(bot=bot.app(), platform=wecom.app)
    wecom.add_kf_account("wk1", "应需客服")
    wecom.add_customer("wm1", "小王")
    wecom.add_member("LiGong", "李工")
    async with aiohttp.ClientSession() as http:
        try:
            yield Scene(wecom, bot, http, clock)
        finally:
            await wecom.close()


def story(test: Callable[[Scene], Awaitable[None]]) -> Callable[[tuple[asyncio.Runner, Doors]], None]:
    """Make a synchronous test of a coroutine that plays on a fresh stage."""

    async def play(doors: Doors) -> None:
        async with stage(doors) as scene:
            await test(scene)

    def run(theatre: tuple[asyncio.Runner, Doors]) -> None:
        runner, doors = theatre
        runner.run(play(doors))

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


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


# --- pulling ------------------------------------------------------------------------------------------------------


@story
async def test_paging_by_cursor_gives_every_item_once_and_in_order(scene: Scene) -> None:
    scene.wecom.queue_only(True)
    for number in range(25):
        await scene.wecom.customer_says("wm1", str(number))
    scene.wecom.quirks.empty_page_every = 2
    cursor, got, empty, more = "", [], 0, 1
    while more:
        page = await scene.pull(cursor=cursor, limit=10)
        cursor, more = page["next_cursor"], page["has_more"]
        assert len(cursor.encode()) <= 64
        got += [one["text"]["content"] for one in page["msg_list"]]
        empty += not page["msg_list"]
    assert got == [str(number) for number in range(25)]
    assert empty == 2
    scene.wecom.quirks.empty_page_every = 0
    assert (await scene.pull(cursor=cursor))["msg_list"] == []
    await scene.say("收到")
    assert (await scene.pull(cursor=cursor))["msg_list"] == []


@story
async def test_history_ends_after_three_days_and_bad_parameters_are_refused(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "旧")
    scene.wait(days=3, seconds=1)
    await scene.wecom.customer_says("wm1", "新")
    assert [one["text"]["content"] for one in (await scene.pull())["msg_list"]] == ["新"]
    assert (await scene.pull(cursor="nonsense"))["errcode"] == 40058
    assert (await scene.pull(limit=1001))["errcode"] == 40058
    assert (await scene.pull(open_kfid=""))["errcode"] == 40058
    assert (await scene.pull(open_kfid="wk2"))["errcode"] == 95004


@story
async def test_a_sync_token_lives_ten_minutes(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "你好")
    token = scene.bot.callbacks[0]["Token"]
    scene.wait(minutes=10)
    assert (await scene.pull(token=token))["errcode"] == 0
    scene.wait(seconds=1)
    assert (await scene.pull(token=token))["errcode"] == 95007
    assert (await scene.pull(token="nonsense"))["errcode"] == 95007
    scene.wecom.quirks.tokenless_per_minute = 1
    assert [(await scene.pull())["errcode"] for _ in range(2)] == [0, 45009]


@story
async def test_a_cursor_of_an_earlier_run_starts_at_the_beginning(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "一")
    cursor = (await scene.pull())["next_cursor"]
    scene.wecom.platform.run = "00000000"
    assert len((await scene.pull(cursor=cursor))["msg_list"]) == 1


@story
async def test_events_carry_who_and_where_inside(scene: Scene) -> None:
    await scene.wecom.customer_enters("wm1", "web", scene_param="ad-7")
    (item,) = (await scene.pull())["msg_list"]
    assert "open_kfid" not in item
    assert "external_userid" not in item
    assert item["origin"] == 4
    event = item["event"]
    assert (event["event_type"], event["open_kfid"], event["external_userid"]) == ("enter_session", "wk1", "wm1")
    assert (event["scene"], event["scene_param"]) == ("web", "ad-7")


@story
async def test_files_of_customers_can_be_fetched_for_three_days_and_too_large_ones_become_text(scene: Scene) -> None:
    await scene.wecom.customer_sends("wm1", "image", content=PNG, filename="截图.png")
    await scene.wecom.customer_sends("wm1", "image", content=bytes(2 * 1024 * 1024 + 1))
    await scene.wecom.customer_sends("wm1", "location", latitude=31.2, longitude=121.5, name="上海", address="路")
    await scene.wecom.customer_sends("wm1", "sphfeed", nonsense={"a": 1})
    image, large, location, unknown = (await scene.pull())["msg_list"]
    media_id = image["image"]["media_id"]
    params = {"access_token": scene.token, "media_id": media_id}
    async with scene.http.get(f"{scene.wecom.api_base}/cgi-bin/media/get", params=params) as answer:
        assert await answer.read() == PNG
        assert answer.content_type == "image/png"
        assert "filename=" in answer.headers["Content-Disposition"]
    assert large["msgtype"] == "text"
    assert location["location"]["name"] == "上海"
    assert unknown["sphfeed"] == {"nonsense": {"a": 1}}
    scene.wait(days=3, seconds=1)
    await scene.login()
    assert (await scene.get("media/get", access_token=scene.token, media_id=media_id))["errcode"] == 40007


# --- sending to customers -----------------------------------------------------------------------------------------


@story
async def test_five_messages_go_out_per_message_of_the_customer(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "你好")
    assert [(await scene.say(str(n)))["errcode"] for n in range(6)] == [0, 0, 0, 0, 0, 95001]
    await scene.wecom.customer_says("wm1", "还在吗")
    assert (await scene.say("在"))["errcode"] == 0
    seen = scene.wecom.seen_by_customer("wm1")
    assert [one.text for one in seen if one.sender == "bot"] == ["0", "1", "2", "3", "4", "在"]
    assert [one.id for one in seen] == sorted({one.id for one in seen})


@story
async def test_the_window_closes_48_hours_after_the_customer_last_wrote(scene: Scene) -> None:
    assert (await scene.say("早"))["errcode"] == 95018
    await scene.wecom.customer_says("wm1", "你好")
    scene.wait(hours=48)
    assert (await scene.say("还在"))["errcode"] == 0
    scene.wait(seconds=1)
    await scene.login()
    assert (await scene.say("晚"))["errcode"] == 95002
    body = {"open_kfid": "wk1", "external_userid": "wm1"}
    assert (await scene.call("kf/service_state/get", body))["service_state"] == 4


@story
async def test_limits_can_also_fail_late_by_an_event(scene: Scene) -> None:
    scene.wecom.quirks.limit_fails_late = True
    await scene.wecom.customer_says("wm1", "你好")
    sent = [await scene.say(str(n), msgid=f"m{n}") for n in range(6)]
    assert {one["errcode"] for one in sent} == {0}
    await scene.wecom.settle()
    event = (await scene.pull())["msg_list"][-1]["event"]
    assert (event["event_type"], event["fail_msgid"], event["fail_type"]) == ("msg_send_fail", "m5", 6)
    assert len(scene.bot.callbacks) == 2
    assert scene.wecom.seen_by_customer("wm1")[-1].text == "4"
    scene.wait(hours=49)
    await scene.login()
    await scene.say("晚", msgid="late")
    await scene.wecom.settle()
    assert (await scene.pull())["msg_list"][-1]["event"]["fail_type"] == 4


@story
async def test_any_send_can_be_failed_late_on_demand(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "你好")
    scene.wecom.fail_sends_late(13)
    assert (await scene.say("a", msgid="m1"))["errcode"] == 0
    await scene.wecom.settle()
    assert (await scene.pull())["msg_list"][-1]["event"]["fail_type"] == 13
    assert (await scene.say("a", msgid="m2"))["errcode"] == 0
    assert [one.msgid for one in scene.wecom.seen_by_customer("wm1")][1:] == ["m2"]


@story
async def test_a_repeated_msgid_is_refused_and_a_refused_one_may_be_used_again(scene: Scene) -> None:
    assert (await scene.say("早", msgid="m1"))["errcode"] == 95018
    await scene.wecom.customer_says("wm1", "你好")
    assert await scene.say("a", msgid="m1") == {"errcode": 0, "errmsg": "ok", "msgid": "m1"}
    assert (await scene.say("a", msgid="m1"))["errcode"] == 40058
    scene.wecom.quirks.duplicate_msgid_errcode = 95999
    assert (await scene.say("a", msgid="m1"))["errcode"] == 95999
    for bad in ("", "x" * 33, "空", "a b"):
        assert (await scene.say("a", msgid=bad))["errcode"] == 40058
    assert len(scene.wecom.seen_by_customer("wm1")) == 2


@story
async def test_text_is_limited_by_bytes_not_characters(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "你好")
    assert (await scene.say("字" * 682 + "ab"))["errcode"] == 0
    assert (await scene.say("字" * 683))["errcode"] == 45002
    assert (await scene.say(""))["errcode"] == 44004
    assert (await scene.say("a", touser="wm2"))["errcode"] == 40096
    assert (await scene.say("a", msgtype="markdown"))["errcode"] == 40008


@story
async def test_a_menu_is_shown_and_a_tap_comes_back_as_text_with_its_id(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "你好")
    items: list[Json] = [
        {"type": "click", "click": {"id": "t1:bug", "content": "问题修复"}},
        {"type": "view", "view": {"url": "https://example.com", "content": "帮助页"}},
        {"type": "text", "text": {"content": "或者直接输入"}},
    ]
    assert await scene.code("kf/send_msg", kf_menu(items)) == 0
    shown = scene.wecom.seen_by_customer("wm1")[-1]
    assert shown.text == "请选择\n问题修复\n帮助页\n或者直接输入\n谢谢"
    assert shown.menu == (("t1:bug", "问题修复"),)
    assert json.loads(json.dumps(shown.as_json()))["menu"] == [["t1:bug", "问题修复"]]
    await scene.wecom.customer_taps("wm1", "问题修复")
    assert (await scene.pull())["msg_list"][-1]["text"] == {"content": "问题修复", "menu_id": "t1:bug"}
    with pytest.raises(LookupError):
        await scene.wecom.customer_taps("wm1", "没有")


@story
async def test_menu_limits_are_enforced(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "你好")
    click: Json = {"type": "click", "click": {"id": "1", "content": "一"}}
    wrong: list[tuple[list[Json], int]] = [
        ([click] * 11, 95008),
        ([{"type": "button", "button": {}}], 95009),
        ([{"type": "click", "click": {"id": "1", "content": "字" * 43}}], 40058),
        ([{"type": "click", "click": {"id": "x" * 129, "content": "一"}}], 40058),
        ([{"type": "view", "view": {"url": "example.com", "content": "一"}}], 40058),
    ]
    for items, errcode in wrong:
        assert await scene.code("kf/send_msg", kf_menu(items)) == errcode
    assert await scene.code("kf/send_msg", kf_menu([click] * 10)) == 0


@story
async def test_pictures_need_a_media_id_of_their_kind(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "你好")
    uploaded = await scene.upload("image", PNG)
    assert isinstance(uploaded["created_at"], str)
    assert (await scene.upload("image", b"12345"))["errcode"] == 40006
    assert (await scene.upload("image", b"GIF89a..."))["errcode"] == 40123
    assert (await scene.upload("picture", PNG))["errcode"] == 40004
    body = {"touser": "wm1", "open_kfid": "wk1", "msgtype": "image", "image": {"media_id": uploaded["media_id"]}}
    assert await scene.code("kf/send_msg", body) == 0
    assert scene.wecom.seen_by_customer("wm1")[-1].media == PNG
    assert await scene.code("kf/send_msg", {**body, "image": {"media_id": "no"}}) == 40007
    file = {**body, "msgtype": "file", "file": body["image"]}
    assert await scene.code("kf/send_msg", file) == 40007


# --- who serves ---------------------------------------------------------------------------------------------------


@story
async def test_while_a_person_serves_the_bot_may_not_send(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "你好")
    await scene.wecom.servicer_takes("wm1", "zhang")
    assert (await scene.say("a"))["errcode"] == 95018
    await scene.wecom.servicer_says("wm1", "我来")
    await scene.wecom.customer_says("wm1", "好")
    assert (await scene.say("a"))["errcode"] == 95018
    await scene.wecom.servicer_ends("wm1")
    assert (await scene.say("a"))["errcode"] == 95018
    items = (await scene.pull())["msg_list"]
    changes = [one["event"] for one in items if one["msgtype"] == "event"]
    assert [one["change_type"] for one in changes] == [1, 3]
    assert all(one["msg_code"] for one in changes)
    (spoken,) = [one for one in items if one["origin"] == 5]
    assert (spoken["servicer_userid"], spoken["text"]["content"]) == ("zhang", "我来")
    await scene.wecom.customer_says("wm1", "再问一个")
    assert (await scene.say("a"))["errcode"] == 0
    assert [one.sender for one in scene.wecom.seen_by_customer("wm1")][1] == "servicer"


@story
async def test_the_state_machine_allows_only_its_moves(scene: Scene) -> None:
    who = {"open_kfid": "wk1", "external_userid": "wm1"}
    scene.wecom.add_servicer("zhang")
    scene.wecom.add_servicer("wang", online=False)
    await scene.wecom.customer_says("wm1", "你好")
    person = {**who, "service_state": 3}
    assert await scene.code("kf/service_state/trans", {**who, "service_state": 0}) == 95016
    assert await scene.code("kf/service_state/trans", {**person, "servicer_userid": "li"}) == 95014
    assert await scene.code("kf/service_state/trans", {**person, "servicer_userid": "wang"}) == 95019
    pool = await scene.call("kf/service_state/trans", {**who, "service_state": 2})
    assert pool["msg_code"]
    taken = await scene.call("kf/service_state/trans", {**person, "servicer_userid": "zhang"})
    assert taken["msg_code"]
    state = await scene.call("kf/service_state/get", who)
    assert (state["service_state"], state["servicer_userid"]) == (3, "zhang")
    assert await scene.code("kf/service_state/trans", {**who, "service_state": 1}) == 95016
    assert (await scene.call("kf/service_state/trans", {**who, "service_state": 4}))["msg_code"]
    assert await scene.code("kf/service_state/trans", {**who, "service_state": 1}) == 95016
    events = [one for one in (await scene.pull())["msg_list"] if one["msgtype"] == "event"]
    assert events == []


@story
async def test_a_welcome_code_works_once_within_20_seconds_for_a_newcomer(scene: Scene) -> None:
    await scene.wecom.customer_enters("wm1")
    code = (await scene.pull())["msg_list"][-1]["event"]["welcome_code"]
    welcome = {"code": code, "msgtype": "text", "text": {"content": "欢迎"}}
    assert await scene.code("kf/send_msg_on_event", {**welcome, "msgtype": "image"}) == 40008
    assert await scene.code("kf/send_msg_on_event", welcome) == 0
    assert await scene.code("kf/send_msg_on_event", welcome) == 42022
    await scene.wecom.customer_enters("wm1")
    assert "welcome_code" not in (await scene.pull())["msg_list"][-1]["event"]
    scene.wait(hours=48, seconds=1)
    await scene.login()
    await scene.wecom.customer_enters("wm1")
    late = (await scene.pull())["msg_list"][-1]["event"]["welcome_code"]
    scene.wait(seconds=21)
    assert await scene.code("kf/send_msg_on_event", {**welcome, "code": late}) == 40058
    await scene.wecom.customer_says("wm1", "你好")
    await scene.wecom.customer_enters("wm1")
    assert "welcome_code" not in (await scene.pull())["msg_list"][-1]["event"]


@story
async def test_the_code_of_an_ended_chat_dies_with_the_next_message(scene: Scene) -> None:
    await scene.wecom.customer_says("wm1", "你好")
    await scene.wecom.servicer_takes("wm1", "zhang")
    await scene.wecom.servicer_ends("wm1")
    code = (await scene.pull())["msg_list"][-1]["event"]["msg_code"]
    survey = kf_menu([{"type": "click", "click": {"id": "5", "content": "满意"}}], code=code)
    await scene.wecom.customer_says("wm1", "等等")
    assert await scene.code("kf/send_msg_on_event", survey) == 95018
    await scene.wecom.servicer_takes("wm1", "zhang")
    await scene.wecom.servicer_ends("wm1")
    code = (await scene.pull())["msg_list"][-1]["event"]["msg_code"]
    assert await scene.code("kf/send_msg_on_event", {**survey, "code": code}) == 0
    assert scene.wecom.seen_by_customer("wm1")[-1].menu == (("5", "满意"),)


@story
async def test_directories_answer_accounts_people_and_customers(scene: Scene) -> None:
    scene.wecom.add_servicer("zhang")
    posted = await scene.call("kf/account/list", {"offset": 0, "limit": 100})
    assert [one["open_kfid"] for one in posted["account_list"]] == ["wk1"]
    assert await scene.get("kf/account/list", access_token=scene.token) == posted
    servicers = await scene.get("kf/servicer/list", access_token=scene.token, open_kfid="wk1")
    assert servicers["servicer_list"] == [{"userid": "zhang", "status": 0}]
    asked = {"external_userid_list": ["wm1", "wm9"]}
    assert await scene.code("kf/customer/batchget", asked) == 95031
    await scene.wecom.customer_says("wm1", "你好")
    got = await scene.call("kf/customer/batchget", asked)
    assert got["customer_list"][0]["nickname"] == "小王"
    assert got["invalid_external_userid"] == ["wm9"]
    way = await scene.call("kf/add_contact_way", {"open_kfid": "wk1", "scene": "web"})
    assert way["url"].startswith("https://")


@story
async def test_a_recalled_message_is_announced_and_gone_from_sight(scene: Scene) -> None:
    said = await scene.wecom.customer_says("wm1", "我的密码是 123")
    await scene.wecom.customer_recalls("wm1")
    event = (await scene.pull())["msg_list"][-1]["event"]
    assert (event["event_type"], event["recall_msgid"]) == ("user_recall_msg", said.msgid)
    (seen,) = scene.wecom.seen_by_customer("wm1")
    assert (seen.kind, seen.text) == ("recalled", "")
    assert seen.revision > seen.id


# --- the app and its members --------------------------------------------------------------------------------------


@story
async def test_members_messages_and_events_have_their_shapes(scene: Scene) -> None:
    await scene.wecom.member_says("LiGong", "/help")
    await scene.wecom.member_sends("LiGong", "image", content=PNG)
    await scene.wecom.member_sends("LiGong", "location", Location_X=31.2, Location_Y=121.5, Scale=15, Label="上海")
    await scene.wecom.member_opens_app("LiGong")
    text, image, location, enter = scene.bot.callbacks
    assert (text["MsgType"], text["Content"], text["FromUserName"], text["AgentID"]) == (
        "text",
        "/help",
        "LiGong",
        "1000002",
    )
    assert text["MsgId"].isdigit()
    assert image["MediaId"]
    assert location["Label"] == "上海"
    assert (enter["MsgType"], enter["Event"]) == ("event", "enter_agent")
    assert "MsgId" not in enter
    assert [one.sender for one in scene.wecom.seen_by_member("LiGong")] == ["member"] * 3


@story
async def test_app_text_is_cut_at_2048_bytes_and_unknown_people_are_named(scene: Scene) -> None:
    body = app_message("text", {"content": "字" * 700}, touser="ligong|Nobody")
    answer = await scene.call("message/send", body)
    assert (answer["errcode"], answer["invaliduser"]) == (0, "nobody")
    assert scene.wecom.seen_by_member("LiGong")[0].text == "字" * 682
    assert await scene.code("message/send", {**body, "touser": "Nobody"}) == 81013
    assert await scene.code("message/send", {**body, "agentid": 1}) == 301002
    assert await scene.code("message/send", {**body, "msgtype": "poem"}) == 40008
    assert await scene.code("message/recall", {"msgid": answer["msgid"]}) == 0
    assert scene.wecom.seen_by_member("LiGong")[0].kind == "recalled"
    scene.wait(hours=25)
    await scene.login()
    assert await scene.code("message/recall", {"msgid": answer["msgid"]}) == 42052


@story
async def test_more_than_30_a_minute_vanish_without_an_error(scene: Scene) -> None:
    codes = {await scene.code("message/send", app_message("text", {"content": str(n)})) for n in range(35)}
    assert codes == {0}
    assert len(scene.wecom.seen_by_member("LiGong")) == 30
    scene.wait(minutes=1)
    await scene.call("message/send", app_message("text", {"content": "后"}))
    assert scene.wecom.seen_by_member("LiGong")[-1].text == "后"


@story
async def test_the_duplicate_check_drops_equal_content_inside_its_window(scene: Scene) -> None:
    body = app_message("text", {"content": "一样"}, enable_duplicate_check=1, duplicate_check_interval=60)
    assert [await scene.code("message/send", body) for _ in range(2)] == [0, 0]
    assert len(scene.wecom.seen_by_member("LiGong")) == 1
    scene.wait(seconds=61)
    await scene.call("message/send", body)
    assert len(scene.wecom.seen_by_member("LiGong")) == 2


@story
async def test_a_cards_button_calls_back_and_its_code_greys_the_card_once(scene: Scene) -> None:
    sent = await scene.call("message/send", app_message("template_card", button_card()))
    card = scene.wecom.seen_by_member("LiGong")[-1]
    assert card.menu == (("take", "接单"), ("close", "关闭"))
    await scene.wecom.member_clicks("LiGong", card, "接单")
    event = scene.bot.callbacks[-1]
    assert (event["Event"], event["EventKey"], event["TaskId"]) == ("template_card_event", "take", "task-1")
    update = {"userids": ["LiGong"], "agentid": 1000002, "response_code": event["ResponseCode"]}
    grey = {**update, "button": {"replace_name": "已接单"}}
    assert await scene.code("message/update_template_card", grey) == 0
    assert await scene.code("message/update_template_card", grey) == 42022
    (now,) = scene.wecom.seen_by_member("LiGong")
    assert now.menu == ()
    assert "已接单" in now.text
    with pytest.raises(LookupError):
        await scene.wecom.member_clicks("LiGong", card, "take")
    fresh = button_card(task_id="task-1", main_title={"title": "处理中"})
    replace = {**update, "response_code": sent["response_code"], "template_card": fresh}
    assert await scene.code("message/update_template_card", {**replace, "agentid": 7}) == 301002
    assert await scene.code("message/update_template_card", replace) == 0
    assert scene.wecom.seen_by_member("LiGong")[0].text.startswith("处理中")
    assert await scene.code("message/update_template_card", {**replace, "response_code": "no"}) == 40058


@story
async def test_a_response_code_lives_72_hours(scene: Scene) -> None:
    sent = await scene.call("message/send", app_message("template_card", button_card()))
    scene.wait(hours=72, seconds=1)
    await scene.login()
    update = {"atall": 1, "agentid": 1000002, "response_code": sent["response_code"], "button": {"replace_name": "x"}}
    assert await scene.code("message/update_template_card", update) == 40058


@story
async def test_choices_come_back_as_selected_items(scene: Scene) -> None:
    options = [{"id": "p0", "text": "P0"}, {"id": "p1", "text": "P1"}]
    card = {
        "card_type": "multiple_interaction",
        "main_title": {"title": "评估"},
        "task_id": "t2",
        "select_list": [
            {"question_key": "priority", "title": "优先级", "option_list": options},
            {"question_key": "type", "title": "类型", "option_list": options, "selected_id": "p1"},
        ],
        "submit_button": {"text": "提交", "key": "go"},
    }
    await scene.call("message/send", app_message("template_card", card))
    shown = scene.wecom.seen_by_member("LiGong")[-1]
    assert "优先级：P0 / P1" in shown.text
    await scene.wecom.member_clicks("LiGong", shown.id, "go", {"priority": ["p1"]})
    items = scene.bot.callbacks[-1]["SelectedItems"]["SelectedItem"]
    assert [(one["QuestionKey"], one["OptionIds"]["OptionId"]) for one in items] == [("priority", "p1"), ("type", "p1")]
    with pytest.raises(LookupError):
        await scene.wecom.member_clicks("LiGong", shown, "go", {"priority": ["p9"]})


WRONG_CARDS: list[tuple[int, Json]] = [
    (42031, {"card_type": "poster"}),
    (42014, button_card(task_id="空格 不行")),
    (42014, {key: value for key, value in button_card().items() if key != "task_id"}),
    (42033, button_card(main_title={})),
    (42035, button_card(horizontal_content_list=[{"keyname": "k", "value": "v"}] * 7)),
    (42027, button_card(horizontal_content_list=[{"value": "v"}])),
    (42028, button_card(horizontal_content_list=[{"keyname": "k", "type": 1}])),
    (42029, button_card(horizontal_content_list=[{"keyname": "k", "type": 2}])),
    (42050, button_card(horizontal_content_list=[{"keyname": "k", "type": 3}])),
    (42042, button_card(jump_list=[{"title": "t"}] * 4)),
    (42030, button_card(card_action={"type": 2})),
    (42038, button_card(button_list=[{"key": "a"}])),
    (42039, button_card(button_list=[{"text": "a"}])),
    (42039, button_card(button_list=[{"text": "a", "key": "k"}, {"text": "b", "key": "k"}])),
    (40058, button_card(button_list=[{"text": "a", "key": str(n)} for n in range(7)])),
    (42043, button_card(button_selection={"option_list": [{"id": "1", "text": "一"}]})),
    (42037, button_card(button_selection={"question_key": "q", "option_list": []})),
    (42040, button_card(button_selection={"question_key": "q", "option_list": [{"text": "一"}]})),
    (42041, button_card(button_selection={"question_key": "q", "option_list": [{"id": "1"}]})),
    (42051, button_card(action_menu={"action_list": [{"text": "a", "key": "k"}, {"text": "b", "key": "k"}]})),
    (42045, {"card_type": "text_notice", "main_title": {"title": "t"}}),
    (42047, button_card(card_type="multiple_interaction", select_list=[])),
    (40058, button_card(main_title="not an object")),
]


@story
async def test_wrong_cards_are_refused_with_their_codes(scene: Scene) -> None:
    for errcode, card in WRONG_CARDS:
        answer = await scene.call("message/send", app_message("template_card", card))
        assert answer["errcode"] == errcode, card
    assert scene.wecom.seen_by_member("LiGong") == []
    assert await scene.code("message/send", app_message("template_card", button_card())) == 0
    assert await scene.code("message/send", app_message("template_card", button_card())) == 42014


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
