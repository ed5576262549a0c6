"""FeishuPlatform against the simulated platform over a real socket: what arrives, and what each failure becomes."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from bot.errors import DeliveryError, Refused, Retry
from bot.feishu import refusals
from bot.feishu.api import FeishuApi
from bot.feishu.limits import MEDIA, Limit
from bot.feishu.platform import FeishuPlatform
from bot.platforms import Places
from bot.sandbox.feishu.cards import parse_card
from handlers.messages import Button, Card, Chart, File, Form, Image, Input, Message, Outgoing, Text
from tests.feishu_platform_stage import PNG, START, Stage, play

ACCEPT = Button(label="接单", action="accept", subject="202611-001", version=1)
CARD = Card(title="新需求 202611-001", body="登录失败", facts=(("客户", "华星"),), buttons=(ACCEPT,))
FORM = Form(
    title="延期 202611-001",
    inputs=(
        Input(name="date", label="日期", kind="date"),
        Input(name="who", label="转给谁", kind="choice", options=(("ou_li", "李工"), ("ou_wu", "吴工"))),
        Input(name="reason", label="原因", kind="long", initial="等客户"),
    ),
    submit=Button(label="提交", action="delay"),
)
CHART = Chart(title="本周", points=(("周一", 3.0), ("周二", 5.0)), unit="件")


async def failure(stage: Stage, message: Message = CARD, **given: Any) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await stage.deliver(message, **given)
    return caught.value


@pytest.mark.parametrize("message", [Text(text="你好"), Text(text="选", buttons=(ACCEPT,)), CARD, FORM, CHART])
def test_every_kind_of_message_is_taken_by_the_platform(tmp_path: Path, message: Message) -> None:
    async def scene(stage: Stage) -> None:
        done = await stage.deliver(message)
        (seen,) = stage.seen()
        assert (seen.message_id, done.sent) == (done.message_id, 1)
        if seen.kind == "interactive":
            assert seen.card == parse_card(stage.feishu.world.messages[seen.message_id].content)

    play(tmp_path, scene)


def test_large_cards_and_long_texts_are_taken_too(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        facts = tuple((f"项{n}", "很长的值" * 400) for n in range(30))
        await stage.deliver(Card(title="x", body="字" * 90_000, facts=facts, buttons=(ACCEPT,) * 11))
        done = await stage.deliver(Text(text="字" * 100_000))
        assert done.sent > 1
        texts = [message.content["text"] for message in stage.seen() if message.kind == "text"]
        assert "".join(texts) == "字" * 100_000

    play(tmp_path, scene, rate_limits=False)


def test_a_card_goes_to_a_person_or_a_group(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await stage.deliver(CARD)
        await stage.deliver(CARD, to="fs:oc_team")
        chats = [message.chat_id for message in stage.seen()]
        assert chats == [stage.feishu.private_chat_id("ou_li"), "oc_team"]

    play(tmp_path, scene)


def test_a_card_that_holds_its_slot_is_updated_in_place(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        first = await stage.deliver(CARD)
        done = await stage.deliver(FORM, slot_message=first.message_id, slot_sent_at=START)
        (seen,) = stage.seen()
        assert done == first
        assert seen.updated == 1
        assert "延期 202611-001" in seen.text

    play(tmp_path, scene)


def test_a_card_of_fourteen_days_or_a_recalled_one_is_replaced_by_a_new_one(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        first = await stage.deliver(CARD)
        stage.wait(days=14, seconds=1)
        told = await stage.deliver(CARD, slot_message=first.message_id, slot_sent_at=START)
        assert stage.called("PATCH") == 0
        untold = await stage.deliver(CARD, slot_message=first.message_id)
        assert stage.called("PATCH") == 1
        stage.feishu.world.messages[untold.message_id].deleted = True
        again = await stage.deliver(CARD, slot_message=untold.message_id, slot_sent_at=stage.clock[0])
        assert len({first.message_id, told.message_id, untold.message_id, again.message_id}) == 4

    play(tmp_path, scene)


def test_words_never_update_a_card_but_stand_in_a_message_of_their_own(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        first = await stage.deliver(CARD)
        done = await stage.deliver(Text(text="好"), slot_message=first.message_id, slot_sent_at=START)
        assert done.message_id != first.message_id

    play(tmp_path, scene)


def test_an_answer_appears_in_the_thread_of_its_card(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        card = await stage.deliver(CARD)
        said = await stage.feishu.says("ou_li", "在看", reply_to=card.message_id, in_thread=True)
        assert not said.ok  # nobody listens for callbacks here
        await stage.deliver(Text(text="客户：谢谢"), thread_message=card.message_id)
        answer = stage.seen()[-1]
        assert (answer.root_id, answer.parent_id) == (card.message_id, card.message_id)
        assert answer.thread_id.startswith("omt_")

    play(tmp_path, scene)


def test_an_answer_under_a_recalled_card_goes_to_the_chat(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        card = await stage.deliver(CARD)
        stage.feishu.world.messages[card.message_id].deleted = True
        await stage.deliver(Text(text="客户：谢谢"), thread_message=card.message_id)
        assert stage.seen()[-1].root_id == ""

    play(tmp_path, scene)


def test_where_there_are_no_threads_the_answer_is_a_quotation(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        card = await stage.deliver(CARD)
        stage.feishu.inject(f"/open-apis/im/v1/messages/{card.message_id}/reply", code=230071)
        await stage.deliver(Text(text="客户：谢谢"), thread_message=card.message_id)
        answer = stage.seen()[-1]
        assert (answer.parent_id, answer.thread_id) == (card.message_id, "")

    play(tmp_path, scene)


@pytest.mark.parametrize("fault", [{"reset": True}, {"html": True}, {"http": 503}], ids=str)
def test_a_resend_after_a_lost_answer_shows_one_message(tmp_path: Path, fault: dict[str, Any]) -> None:
    async def scene(stage: Stage) -> None:
        stage.feishu.inject("POST /open-apis/im/v1/messages", after=True, **fault)
        assert isinstance(await failure(stage, key="same"), Retry)
        await stage.deliver(CARD, key="same")
        assert len(stage.seen()) == 1

    play(tmp_path, scene)


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_picture_goes_as_an_image_and_a_report_as_a_file(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.png").write_bytes(PNG)
    (tmp_path / "files" / "b").write_bytes(b"PK-report")

    async def scene(stage: Stage) -> None:
        await stage.deliver(Image(path="files/a.png", name="截图.png"))
        await stage.deliver(File(path="files/b", name="周报 2026-11.xlsx"))
        image, file = stage.seen()
        assert stage.feishu.resource(image.content["image_key"]).content == PNG
        kept = stage.feishu.resource(file.content["file_key"])
        assert (kept.content, kept.filename) == (b"PK-report", "周报 2026-11.xlsx")

    play(tmp_path, scene)


def test_a_picture_that_feishu_does_not_know_goes_as_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.heic").write_bytes(b"heic")
    (tmp_path / "large.png").write_bytes(PNG + bytes(10 << 20))

    async def scene(stage: Stage) -> None:
        await stage.deliver(Image(path="a.heic"))
        await stage.deliver(Image(path="large.png"))
        assert [message.kind for message in stage.seen()] == ["file", "file"]

    play(tmp_path, scene)


@pytest.mark.parametrize("path", ["missing.png", "../outside.png", "/etc/hostname", "empty.png", "huge.bin", ""])
def test_a_file_that_cannot_be_sent_is_refused(tmp_path: Path, path: str) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (tmp_path / "outside.png").write_bytes(PNG)
    (data / "empty.png").write_bytes(b"")
    with (data / "huge.bin").open("wb") as huge:
        huge.truncate((30 << 20) + 1)

    async def scene(stage: Stage) -> None:
        assert isinstance(await failure(stage, File(path=path)), Refused)
        assert stage.seen() == []

    play(data, scene)


def test_an_upload_with_a_revoked_token_sends_the_whole_file_again(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(PNG)

    async def scene(stage: Stage) -> None:
        await stage.deliver(Text(text="x"))
        stage.feishu.revoke_token()
        await stage.deliver(Image(path="a.png"))
        assert stage.feishu.resource(stage.seen()[-1].content["image_key"]).content == PNG

    play(tmp_path, scene)


def test_what_people_send_can_be_downloaded_with_its_name_and_type(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        for kind, name, way in (("image", "截图 1.png", "image"), ("file", "合同；终稿 (1).pdf", "file")):
            sent = await stage.feishu.sends("ou_li", kind, PNG, name)
            message = stage.feishu.world.messages[sent.message_id]
            key = message.body.get("image_key") or message.body["file_key"]
            content, told, content_type = await stage.platform.download(f"{sent.message_id}/{key}/{way}")
            assert (content, told) == (PNG, name)
            assert content_type == {"image": "image/png", "file": "application/pdf"}[kind]

    play(tmp_path, scene)


def test_a_download_that_cannot_be_is_refused(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        for media in ("", "om_1", "om_1/key", "om_1/key/other", "/key/image", "om_none/file_none/file"):
            with pytest.raises(Refused):
                await stage.platform.download(media)

    play(tmp_path, scene)


# --- failures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "after"),
    [
        ({"code": 99991400, "http": 429, "headers": {"x-ogw-ratelimit-reset": "3"}}, 3.0),
        ({"code": 99991400, "http": 400, "headers": {"x-ogw-ratelimit-reset": "100000"}}, refusals.LONGEST_WAIT),
        ({"code": 99991400, "headers": {"x-ogw-ratelimit-reset": "-5"}}, refusals.LIMIT_WAIT),
        ({"code": 99991400, "headers": {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}}, refusals.LIMIT_WAIT),
        ({"code": 230020}, refusals.LIMIT_WAIT),
        ({"code": 11232}, refusals.LIMIT_WAIT),
        ({"http": 429, "html": True, "headers": {"Retry-After": "7"}}, 7.0),
        ({"code": 230049}, None),
        ({"http": 500, "code": 1500}, None),
        ({"http": 502, "html": True}, None),
        ({"http": 200, "html": True}, None),
        ({"http": 302, "html": True, "headers": {"Location": "http://169.254.169.254/"}}, None),
        ({"reset": True}, None),
    ],
    ids=str,
)
def test_what_may_work_later_is_a_retry_with_the_time_told(
    tmp_path: Path, fault: dict[str, Any], after: float | None
) -> None:
    async def scene(stage: Stage) -> None:
        stage.feishu.inject("POST /open-apis/im/v1/messages", **fault)
        error = await failure(stage)
        assert isinstance(error, Retry)
        assert error.after == after
        await stage.deliver(CARD)

    play(tmp_path, scene)


@pytest.mark.parametrize(("code", "part"), [(99991672, "权限"), (99991401, "白名单"), (230006, "机器人能力")])
def test_an_application_not_set_up_loses_nothing_and_is_an_alert(tmp_path: Path, code: int, part: str) -> None:
    async def scene(stage: Stage) -> None:
        stage.feishu.inject("POST /open-apis/im/v1/messages", code=code)
        error = await failure(stage)
        assert isinstance(error, Retry)
        assert error.alert
        assert part in error.reason
        await stage.deliver(CARD)

    play(tmp_path, scene)


@pytest.mark.parametrize(
    ("code", "alert", "part"),
    [
        (230013, True, "可用范围"),
        (230002, False, "不在群里"),
        (230029, False, "离职"),
        (99992351, False, "收件人"),
        (230022, False, "敏感词"),
        (230028, False, "数据防泄漏"),
        (230099, False, "injected fault"),
        (987654, False, "987654"),
    ],
)
def test_what_never_works_is_refused_with_a_reason_for_people(
    tmp_path: Path, code: int, alert: bool, part: str
) -> None:
    async def scene(stage: Stage) -> None:
        stage.feishu.inject("POST /open-apis/im/v1/messages", code=code)
        error = await failure(stage)
        assert isinstance(error, Refused)
        assert error.alert is alert
        assert part in error.reason

    play(tmp_path, scene)


@pytest.mark.parametrize("to", ["fs:xx_1", "fs:", "kf:wk:wm", "ou_li", "fs:on_1"])
def test_a_chat_that_is_no_feishu_chat_is_refused(tmp_path: Path, to: str) -> None:
    async def scene(stage: Stage) -> None:
        assert isinstance(await failure(stage, to=to), Refused)

    play(tmp_path, scene)


def test_a_person_to_whom_the_bot_is_not_visible_is_an_alert(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        stage.feishu.unreachable_people.add("ou_li")
        error = await failure(stage)
        assert isinstance(error, Refused)
        assert error.alert

    play(tmp_path, scene)


def test_a_burst_to_one_person_meets_the_platforms_own_limit_as_a_retry(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        sent = await asyncio.gather(*(stage.deliver(CARD, key=f"b{n}") for n in range(12)), return_exceptions=True)
        errors = [one for one in sent if isinstance(one, BaseException)]
        assert errors
        assert all(isinstance(error, Retry) and error.after for error in errors)
        assert len(stage.seen()) == 12 - len(errors)

    play(tmp_path, scene)


# --- the token --------------------------------------------------------------------------------------------------------


def test_many_calls_at_once_fetch_one_token(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await asyncio.gather(*(stage.deliver(Text(text="x")) for _ in range(30)))
        assert stage.called("tenant_access_token") == 1

    play(tmp_path, scene, rate_limits=False)


def test_a_revoked_token_is_renewed_once_for_all_and_nobody_notices(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await stage.deliver(Text(text="x"))
        for _ in range(5):
            stage.feishu.revoke_token()
            await asyncio.gather(*(stage.deliver(Text(text="y")) for _ in range(10)))
        assert stage.called("tenant_access_token") == 6

    play(tmp_path, scene, rate_limits=False)


def test_a_token_grows_old_by_the_products_clock(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        await stage.deliver(Text(text="x"))
        stage.wait(hours=1, minutes=50)
        await stage.deliver(Text(text="x"))
        assert stage.called("tenant_access_token") == 1
        stage.wait(minutes=9)
        await stage.deliver(Text(text="x"))
        assert stage.called("tenant_access_token") == 2

    play(tmp_path, scene)


def test_tokens_that_are_always_refused_are_not_fetched_for_every_call(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        stage.feishu.inject("POST /open-apis/im/v1/messages", code=99991663, times=1000)
        errors = [await failure(stage) for _ in range(20)]
        assert all(isinstance(error, Retry) for error in errors)
        assert stage.called("tenant_access_token") <= 3

    play(tmp_path, scene)


def test_wrong_credentials_are_an_alert_and_never_show_the_secret(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        stage.feishu.inject("/open-apis/auth", code=10014, times=1)
        error = await failure(stage)
        assert isinstance(error, Retry)
        assert error.alert
        assert stage.settings.app_secret.get_secret_value() not in repr(error)

    play(tmp_path, scene)


@pytest.mark.parametrize("fault", [{"html": True, "http": 200}, {"http": 500}, {"reset": True}], ids=str)
def test_a_token_that_cannot_be_had_now_is_a_retry(tmp_path: Path, fault: dict[str, Any]) -> None:
    async def scene(stage: Stage) -> None:
        stage.feishu.inject("/open-apis/auth", **fault)
        assert isinstance(await failure(stage), Retry)
        await stage.deliver(CARD)

    play(tmp_path, scene)


# --- a server that misbehaves below HTTP ------------------------------------------------------------------------------


Serve = Callable[[asyncio.StreamWriter], Awaitable[None]]


async def drip(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def cut_off(writer: asyncio.StreamWriter) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"code":0}')


async def gibberish(writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")


async def silent(_: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


@asynccontextmanager
async def raw_server(answer: Serve) -> AsyncIterator[str]:
    """Serve every connection with `answer`, then close it."""
    serving: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        await reader.read(100)
        try:
            with suppress(ConnectionError):
                await answer(writer)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    for task in filter(None, serving):
        task.cancel()
    await asyncio.gather(*filter(None, serving), return_exceptions=True)
    await asyncio.sleep(0)  # lets the closed connections go


@pytest.mark.parametrize("serve", [drip, endless, cut_off, gibberish, silent])
def test_a_server_that_misbehaves_holds_nobody_for_long(
    tmp_path: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.feishu.wire.CALL", Limit(seconds=0.6, size=1 << 16))
    monkeypatch.setattr("bot.feishu.wire.SILENCE", 0.6)

    async def scene(stage: Stage) -> None:
        async with raw_server(serve) as base:
            platform = FeishuPlatform(stage.settings.model_copy(update={"api_base": base}), tmp_path, lambda: START)
            await platform.prepare()
            began = time.monotonic()
            with pytest.raises(DeliveryError) as caught:
                await platform.deliver(Outgoing(to="fs:ou_li", message=CARD, key="k"), Places(), "u", START)
            assert time.monotonic() - began < 3
            assert base not in caught.value.reason
            await platform.close()

    play(tmp_path, scene)


def test_closing_does_not_wait_for_a_download_that_drips(tmp_path: Path) -> None:
    async def downloading(stage: Stage) -> None:
        async with raw_server(drip) as base:
            api = FeishuApi(stage.settings.model_copy(update={"api_base": base}), lambda: START)
            under_way = asyncio.create_task(
                api._run(lambda sdk: sdk.resource("t-1", "om_1", "file_1", "file"), MEDIA.seconds)
            )
            await asyncio.sleep(1)
            assert not under_way.done()
            began = time.monotonic()
            api.close()
            with pytest.raises(Retry):
                await under_way
            assert time.monotonic() - began < 3

    play(tmp_path, downloading)


def test_nobody_listening_is_a_retry_without_an_address(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        settings = stage.settings.model_copy(update={"api_base": "http://127.0.0.1:9"})
        platform = FeishuPlatform(settings, tmp_path, lambda: START)
        await platform.prepare()
        assert platform.bot_open_id() == ""
        with pytest.raises(Retry) as caught:
            await platform.deliver(Outgoing(to="fs:ou_li", message=CARD, key="k"), Places(), "u", START)
        assert "127.0.0.1" not in caught.value.reason
        await platform.close()

    play(tmp_path, scene)


# --- the SDK ----------------------------------------------------------------------------------------------------------


def test_the_bot_learns_its_own_name_when_asked(tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        assert stage.platform.bot_open_id() == ""
        for _ in range(500):
            if stage.platform.bot_open_id():
                break
            await asyncio.sleep(0.01)
        assert stage.platform.bot_open_id() == stage.feishu.world.bot_open_id

    play(tmp_path, scene)


def test_importing_the_platform_loads_no_sdk_and_preparing_it_only_a_slim_one(tmp_path: Path) -> None:
    """In a process of its own, with every warning an error: what the SDK prints or warns would show."""
    program = """
import sys
import bot.feishu.platform, bot.feishu.longconn, bot.feishu.edge
assert not any(name.startswith(("lark_oapi", "requests")) for name in sys.modules)
from bot.feishu.sdk import Sdk, socket_module
from bot.feishu.wire import Wire
import asyncio
wire = Wire(1)
Sdk("https://example.invalid", wire)
few = len(sys.modules)
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
socket_module(wire, loop)
loop.close()
print(few, len(sys.modules))
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    few, more = (int(number) for number in done.stdout.split())
    assert few < 2000
    assert more < 2500
