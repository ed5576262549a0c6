"""What customers send besides words: kept within limits, read as far as it can be, and every refusal told."""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import files
from bot.sandbox.stage import Stage
from bot.wecom import kf
from handlers import attachments
from handlers.messages import EMPTY, EXPIRED, FULL, TOO_LARGE, Attached, Fetch, File, Image, Unreadable
from handlers.wording import staff
from storage import attachments as kept
from storage.database import Database, Store
from tests.chatfile import START
from tests.factories import LI, MONDAY, NEED, PROFILE, WANG, Heard, Room, a_room

MB = 1 << 20
ITEM = {"msgid": "m1", "open_kfid": "wk1", "external_userid": "wm1", "send_time": 1615478585, "origin": 3}


@pytest.fixture
def room() -> Iterator[Room]:
    with a_room() as room:
        yield room


# --- limits of count and size -----------------------------------------------------------------------------------------


def test_an_intake_keeps_so_many_things_and_says_so_when_it_is_full() -> None:
    with a_room(attachments={"most": 2}) as room:
        room.said(WANG, NEED)
        for _ in range(2):
            assert "已收到" in room.sends(WANG).customer
        heard = room.sends(WANG)
        assert heard.fetches == ()
        assert (
            heard.customer
            == "每个需求最多保存 2 个附件，已经满了，这个没有保存。更多内容可以用文字说明，或直接粘贴下载链接。"
        )
        assert "需求背景" in room.said(WANG, PROFILE).customer


def test_each_request_has_room_of_its_own() -> None:
    with a_room(attachments={"most": 1}) as room:
        room.said(WANG, NEED)
        room.sends(WANG)
        room.chats_with(WANG, PROFILE, "昨天升级之后", "1", "没有", "确认")
        assert "最多保存 1 个" in room.sends(WANG).customer
        room.chats_with(WANG, "想在订单列表里增加按部门筛选的功能", "没有")
        assert "已收到" in room.sends(WANG).customer


def test_what_was_fetched_counts_against_the_room_of_all(room: Room) -> None:
    room.said(WANG, NEED)
    for _ in range(5):
        fetch = _fetch(room.sends(WANG, "file"))
        _arrives(room, fetch.attachment, 20 * MB)
    assert room.sends(WANG, "file").customer.startswith("附件总量已达 100 MB，没有保存。")


def test_a_file_has_the_room_that_is_left() -> None:
    with a_room(attachments={"megabytes": 20, "total": 25}) as room:
        room.said(WANG, NEED)
        first = _fetch(room.sends(WANG, "file"))
        second = _fetch(room.sends(WANG, "file"))
        assert _room(room, first.attachment) == 20 * MB
        _arrives(room, first.attachment, 20 * MB)
        assert _room(room, second.attachment) == 5 * MB


def test_what_is_no_more_there_has_no_room_and_is_told_to_nobody(room: Room) -> None:
    assert _room(room, 999) == 0
    assert room.run(lambda store: attachments.lost(999, TOO_LARGE, store, room.desk)) == ()


def test_agents_are_bounded_by_the_platforms_alone(room: Room) -> None:
    room.registers()
    heard = room.answers("", content=Attached(kind="file", media="m", name="报告.pdf"))
    fetch = _fetch(heard)
    assert _room(room, fetch.attachment) == attachments.ANY_SIZE
    (told,) = room.run(lambda store: attachments.lost(fetch.attachment, TOO_LARGE, store, room.desk))
    assert told.to == f"fs:{LI}"
    assert told.message.as_text() == "您发的文件未能转给客户：文件过大。报告.pdf"


@pytest.mark.parametrize("since", [timedelta(0), timedelta(days=2)])
def test_an_amount_is_counted_on_both_databases(database: Database, since: timedelta) -> None:
    def work(store: Store) -> tuple[int, int]:
        for at, size in ((MONDAY, 5), (MONDAY - timedelta(days=1), 7)):
            kept.add(
                store, chat=WANG, request_id=None, kind="file", media="", name="", note="", path="", at=at, size=size
            )
        assert kept.amount(store, WANG, 1, MONDAY) == (0, 0)
        return kept.amount(store, WANG, None, MONDAY - since)

    assert database.run_sync(work) == ((1, 5) if not since else (2, 12))


# --- what could not be fetched ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (TOO_LARGE, "这个图片超过 20 MB，没有保存。"),
        (EMPTY, "这个图片是空的，没有保存"),
        (EXPIRED, "这个图片已经过期"),
        (FULL, "附件总量已达 100 MB"),
        ("企业微信繁忙", "刚才的图片没有收到"),
    ],
)
def test_whoever_sent_it_is_told_why_it_was_not_kept(room: Room, reason: str, told: str) -> None:
    room.registers()
    fetch = _fetch(room.sends(WANG))
    customer, agent = room.run(lambda store: attachments.lost(fetch.attachment, reason, store, room.desk))
    assert told in customer.message.as_text()
    assert (customer.to, customer.unasked) == (WANG, True)
    assert staff.LOST.get(reason, reason) in agent.message.as_text()


def test_of_an_intake_only_the_customer_is_told(room: Room) -> None:
    room.said(WANG, NEED)
    fetch = _fetch(room.sends(WANG))
    (told,) = room.run(lambda store: attachments.lost(fetch.attachment, EMPTY, store, room.desk))
    assert told.to == WANG


# --- what can be read of it -------------------------------------------------------------------------------------------


def _read(kind: str, **payload: Any) -> Any:
    incoming = kf.incoming({**ITEM, "msgtype": kind, kind: payload}, "wk1", MONDAY)
    assert incoming
    return incoming.content


FORWARDED: dict[str, tuple[dict[str, Any], Attached]] = {
    "merged_msg": (
        {
            "title": "群聊的聊天记录",
            "item": [
                {
                    "msgtype": "text",
                    "sender_name": "王芳",
                    "msg_content": json.dumps({"text": {"content": "导出报错"}}),
                },
                {"msgtype": "image", "sender_name": "张伟", "msg_content": json.dumps({"image": {"media_id": "m"}})},
            ],
        },
        Attached(kind="record", name="群聊的聊天记录", note="群聊的聊天记录\n王芳：导出报错"),
    ),
    "miniprogram": (
        {"title": "订单助手", "appid": "a", "pagepath": "p"},
        Attached(kind="miniprogram", name="订单助手", note="订单助手"),
    ),
    "business_card": ({"userid": "LiGong"}, Attached(kind="card", name="LiGong", note="LiGong")),
    "channels": (
        {"sub_type": 1, "nickname": "云杉", "title": "教程"},
        Attached(kind="channels", name="云杉 教程", note="云杉 教程"),
    ),
    "channels_shop_product": (
        {"product_id": "1", "title": "扫码枪", "sales_price": "199"},
        Attached(kind="product", name="扫码枪 199", note="扫码枪 199"),
    ),
    "location": (
        {"latitude": 30.27, "longitude": 120.15, "name": "云杉仓库", "address": "杭州市余杭区1号"},
        Attached(kind="location", name="云杉仓库", note="云杉仓库 杭州市余杭区1号 (30.27,120.15)"),
    ),
    "link": (
        {"title": "报价", "desc": "三季度", "url": "https://example.com/a"},
        Attached(kind="link", name="报价", note="报价 三季度 https://example.com/a"),
    ),
}


@pytest.mark.parametrize("kind", FORWARDED)
def test_what_can_be_read_of_a_forwarded_thing_is_kept(kind: str) -> None:
    payload, content = FORWARDED[kind]
    assert _read(kind, **payload) == content


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("merged_msg", {}),
        ("merged_msg", {"title": "", "item": [{"msg_content": "{"}, "x", {"msg_content": "[]"}]}),
        ("miniprogram", {"title": ""}),
        ("voice", {"media_id": "m"}),
        ("sticker", {}),
        ("meeting", {"title": "x"}),
    ],
)
def test_what_cannot_be_read_is_asked_for_in_words(room: Room, kind: str, payload: dict[str, Any]) -> None:
    content = _read(kind, **payload)
    assert isinstance(content, Unreadable)
    assert "文字" in room.does(WANG, content).customer


@pytest.mark.parametrize("kind", ["record", "miniprogram", "card", "channels", "product", "order"])
def test_a_title_is_kept_and_words_are_asked_for(room: Room, kind: str) -> None:
    room.said(WANG, NEED)
    told = room.sends(WANG, kind, media="", note="订单助手").customer
    assert "已收到并保存" in told
    assert "文字说明" in told
    assert "公司名称" in told
    room.chats_with(WANG, PROFILE, "昨天升级之后", "1", "没有")
    assert "订单助手" in room.said(WANG, "确认").to(LI)
    assert "文字说明" in room.sends(WANG, kind, media="", note="订单助手").customer


def test_a_very_long_forwarded_chat_is_cut() -> None:
    items = [{"sender_name": "王芳", "msg_content": json.dumps({"text": {"content": "长" * 500}})}] * 20
    assert len(_read("merged_msg", title="记录", item=items).note) <= 1000


# --- names and bytes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "..\\..\\x.exe", "a/../../b.png", "\x00.png", "." * 300, ""]
)
def test_a_name_is_never_a_path(tmp_path: Path, name: str) -> None:
    path = files.save(tmp_path, 7, b"x", name, "image/png")
    assert path.startswith("files/0/7-")
    assert ".." not in path
    assert (tmp_path / path).read_bytes() == b"x"
    assert [one.name for one in tmp_path.iterdir()] == ["files"]


def test_a_picture_reaches_the_agent_as_one_and_a_file_as_one(room: Room) -> None:
    room.registers()
    for kind, message in (("image", Image), ("file", File)):
        (shown,) = room.fetched(room.sends(WANG, kind))
        assert isinstance(shown.message, message)


# --- at the wire ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "told"), [(b"x" * (2 * MB), "超过 1 MB"), (b"ok" * 100, "已收到")], ids=["too large", "small enough"]
)
def test_a_file_is_fetched_within_the_limit_of_the_house(tmp_path: Path, content: bytes, told: str) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(
        '[[people]]\nname = "李工"\nfeishu = "ou_li"\ndepartment = "研发部"\nroles = ["agent"]\n'
        "[attachments]\nmegabytes = 1\n"
    )

    async def play() -> list[str]:
        async with Stage(data_dir=tmp_path / "data", policy_path=policy, start=START) as stage:
            await stage.settle()
            await stage.customer(NEED)
            await stage.customer_sends("file", content, "日志.txt")
            await stage.settle()
            return stage.said_to_customer()

    assert any(told in one for one in asyncio.run(play()))


def test_an_expired_file_is_asked_for_again(tmp_path: Path) -> None:
    async def play() -> list[str]:
        async with Stage(data_dir=tmp_path, start=START) as stage:
            await stage.settle()
            await stage.customer(NEED)
            await stage.settle()
            stage.wecom.inject("media/get", errcode=40007, times=5)
            await stage.customer_sends("image", b"\x89PNG\r\n\x1a\n" + b"x" * 20, "截图.png")
            await stage.settle()
            return stage.said_to_customer()

    assert any("已经过期，没能取到，麻烦再发一次" in one for one in asyncio.run(play()))


def test_what_only_calls_itself_a_picture_reaches_the_agent_as_a_file(tmp_path: Path) -> None:
    async def play() -> list[Any]:
        async with Stage(data_dir=tmp_path, start=START) as stage:
            await stage.settle()
            for words in (NEED, PROFILE, "昨天升级之后", "1", "没有", "确认"):
                await stage.customer(words)
                await stage.settle()
            stage.feishu.inject("POST /open-apis/im/v1/images", code=234011, times=3)
            await stage.customer_sends("image", b"no picture at all", "截图.png")
            await stage.settle()
            return [one for one in stage.feishu.seen_by(LI) if one.root_id]

    assert any("文件" in one.text or one.kind == "file" for one in asyncio.run(play()))


def _arrives(room: Room, attachment: int, size: int) -> None:
    room.run(lambda store: attachments.fetched(attachment, f"files/{attachment}", "a", size, store, room.desk))


def _room(room: Room, attachment: int) -> int:
    return room.run(lambda store: attachments.room(attachment, store, room.desk))


def _fetch(heard: Heard) -> Fetch:
    """Return what is to be fetched after somebody has sent one thing."""
    (fetch,) = heard.fetches
    assert isinstance(fetch, Fetch)
    return fetch
