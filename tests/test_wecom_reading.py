"""What members and customers send in WeCom, recorded, becomes its value, whatever stands in it."""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.wecom import kf, text
from bot.wecom.edge import Pull, WeComEdge
from handlers.messages import Attached, Content, Happened, Pressed, Said, Unreadable
from tests.wecom_edge_stage import NOW, PAYLOADS, listed, sent, settings

APP: dict[str, Content] = {
    "text": Said(text=" 订单 <b>打不开</b>\n第二行 "),
    "image": Attached(kind="image", media="3media"),
    "video": Attached(kind="video", media="3video"),
    "location": Attached(kind="location", note="广州市海珠区 (23.134,113.358)"),
    "link": Attached(kind="link", name="故障截图", note="故障截图 https://example.com/a?b=1&c=2"),
    "enter_agent": Happened(kind="entered"),
    "subscribe": Happened(kind="entered"),
    "unsubscribe": Happened(kind="ignored", data={"event": "unsubscribe"}),
    "click": Pressed(action="my_requests"),
    "card_button": Pressed(action="confirm", subject="42", version=3),
    "card_vote": Pressed(action="submit", subject="42", version=3),
}
ITEMS: dict[str, Any] = json.loads((PAYLOADS / "kf_items.json").read_text())
KF: dict[str, Content] = {
    "text": Said(text="打不开"),
    "menu": Pressed(action="confirm", subject="7", version=2, label="确认"),
    "console_menu": Said(text="人工"),
    "image": Attached(kind="image", media="3img"),
    "file": Attached(kind="file", media="3file"),
    "location": Attached(kind="location", name="广州塔", note="广州塔 阅江西路222号 (23.1,113.3)"),
    "link": Attached(kind="link", name="报价", note="报价 d https://example.com"),
    "servicer": Happened(kind="ignored", data={"event": "servicer", "servicer": "lisi"}),
    "enter": Happened(kind="entered", data={"welcome_code": "WC", "scene": "web", "scene_param": "p"}),
    "send_fail": Happened(kind="send_failed", data={"msgid": "f1", "fail_type": "4"}),
    "taken": Happened(kind="serving", data={"servicer": "lisi", "code": "MC"}),
    "handed_on": Happened(kind="serving", data={"servicer": "wangwu", "code": ""}),
    "ended": Happened(kind="served", data={"servicer": "lisi", "code": "MC"}),
    "recalled": Happened(kind="recalled", data={"msgid": "m1"}),
    "unknown_event": Happened(kind="ignored", data={"event": "reject_customer_msg_switch_change"}),
}


@pytest.fixture(scope="module")
def edge() -> WeComEdge:
    return WeComEdge(settings())


@pytest.mark.parametrize("name", APP)
def test_a_recorded_app_callback_becomes_its_value(edge: WeComEdge, name: str) -> None:
    (incoming,) = listed(edge.read(*sent((PAYLOADS / f"{name}.xml").read_text()), NOW))
    assert incoming.content == APP[name]
    assert (incoming.chat, incoming.sender, incoming.at) == ("app:zhangsan", "zhangsan", NOW)


@pytest.mark.parametrize("name", ["voice", "unknown", "text_empty"])
def test_what_the_bot_cannot_read_is_kept_raw(edge: WeComEdge, name: str) -> None:
    (incoming,) = listed(edge.read(*sent((PAYLOADS / f"{name}.xml").read_text()), NOW))
    assert isinstance(incoming.content, Unreadable)
    assert "MsgId" in incoming.content.raw


def test_an_event_without_id_is_the_same_only_if_its_bytes_are(edge: WeComEdge) -> None:
    xml = (PAYLOADS / "card_button.xml").read_text()
    first, again, other = (
        listed(edge.read(*sent(body), NOW))[0].id for body in (xml, xml, xml.replace("[RC]", "[RD]"))
    )
    assert first == again != other


def test_the_kf_signal_becomes_a_pull(edge: WeComEdge) -> None:
    token = "ENCApHxnGDNAVNY4AaSJKj4Tb5mwsEMzxhFmHVGcra996NR"
    assert edge.read(*sent((PAYLOADS / "kf.xml").read_text()), NOW) == Pull(open_kfid="wkAJ2GCAAA", token=token)


def test_an_authentic_callback_from_nobody_has_no_messages(edge: WeComEdge) -> None:
    assert edge.read(*sent("<xml><MsgType>event</MsgType><Event>x</Event></xml>"), NOW) == []
    assert edge.read(*sent("<xml><FromUserName><a/><a/></FromUserName></xml>"), NOW) == []


@pytest.mark.parametrize("name", KF)
def test_a_recorded_kf_item_becomes_its_value(name: str) -> None:
    incoming = kf.incoming(ITEMS[name], "wk1", NOW)
    assert incoming is not None
    assert incoming.content == KF[name]
    assert (incoming.id, incoming.chat) == (f"kf:wk1:{ITEMS[name]['msgid']}", "kf:wk1:wm1")
    assert (incoming.sender, incoming.at) == ("wm1", datetime.fromtimestamp(1615478585, UTC))


@pytest.mark.parametrize("name", ["voice"])
def test_a_kf_item_the_bot_cannot_read_is_kept_raw(name: str) -> None:
    incoming = kf.incoming(ITEMS[name], "wk1", NOW)
    assert incoming is not None
    assert isinstance(incoming.content, Unreadable)
    assert json.loads(incoming.content.raw) == ITEMS[name]


def test_what_concerns_no_customer_is_no_message() -> None:
    assert kf.incoming(ITEMS["servicer_status"], "wk1", NOW) is None


def test_a_stamp_ahead_of_the_clock_is_now_and_nonsense_is_now_too() -> None:
    ahead = (NOW + timedelta(days=1)).timestamp()
    stamps: list[Any] = [ahead, None, "x", 1e300, float("nan"), float("inf"), True, [], -1e18]
    for stamp in stamps:
        incoming = kf.incoming(ITEMS["text"] | {"send_time": stamp}, "wk1", NOW)
        assert incoming is not None
        assert incoming.at == NOW


def test_a_huge_unreadable_item_is_kept_within_its_bounds() -> None:
    incoming = kf.incoming(ITEMS["voice"] | {"note": "长" * 9000}, "wk1", NOW)
    assert incoming is not None
    assert isinstance(incoming.content, Unreadable)
    assert 4000 < len(incoming.content.raw.encode()) <= text.RAW_BYTES


def test_items_with_any_field_of_any_kind_raise_nothing() -> None:
    chance = random.Random(11)
    values: list[Any] = [None, [], {}, 0, 2**63, 1.5, True, "", "\ud800", "\x00x", {"a": []}, ["x"], "x" * 9000]
    for _ in range(3000):
        item = json.loads(json.dumps(ITEMS[chance.choice(list(ITEMS))]))
        target = item if chance.random() < 0.5 else next((v for v in item.values() if isinstance(v, dict)), item)
        target[chance.choice(list(target))] = chance.choice(values)
        incoming = kf.incoming(item, "wk1", NOW)
        assert incoming is None or "\ud800" not in repr(incoming)


def test_characters_no_database_keeps_are_dropped() -> None:
    incoming = kf.incoming(ITEMS["text"] | {"text": {"content": "好\x00的\ud83d"}}, "wk1", NOW)
    assert incoming is not None
    assert incoming.content == Said(text="好的")


@pytest.mark.parametrize("change", ["", "0", "5", "接入"])
def test_a_change_of_a_session_that_nobody_knows_changes_nothing(change: str) -> None:
    ended = ITEMS["ended"]
    item = ended | {"event": ended["event"] | {"change_type": change}}
    read = kf.incoming(item, "wk", NOW)
    assert read
    assert read.content == Happened(kind="ignored", data={"event": "session_status_change"})
