"""The WeCom edge without a network: callbacks and KF items to values, messages to payloads."""

import base64
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from pydantic import SecretStr
from wechatpy.enterprise.crypto import PrpCrypto

from bot.errors import BadCallback, DeliveryError, Hold, Refused, Retry
from bot.settings import WeComSettings
from bot.wecom import cards, errcodes, kf, media, text
from bot.wecom.crypto import Crypto, signature
from bot.wecom.edge import Pull, WeComEdge
from bot.wecom.keys import key_of, pressed
from bot.wecom.platform import part_id
from handlers.messages import (
    Attached,
    Button,
    Card,
    Chart,
    Content,
    Form,
    Happened,
    Incoming,
    Input,
    Message,
    Pressed,
    Said,
    Text,
    Unreadable,
)

PAYLOADS = Path(__file__).parent / "payloads" / "wecom"
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)

# The sample of Tencent's own documents.
TOKEN, CORP, KEY = "QDG6eK", "wx5823bf96d3bd56c7", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
ECHO = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
ECHO_QUERY = {
    "msg_signature": "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
    "timestamp": "1409659589",
    "nonce": "263014780",
    "echostr": ECHO,
}
POSTED = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3"
    "TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gs"
    "ijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUa"
    "x5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIG"
    "HBZZIs2pDBS8R07+qN+E7Q=="
)
POST_QUERY = {
    "msg_signature": "477715d11cdb4164915debcba66cb864d751f3e6",
    "timestamp": "1409659813",
    "nonce": "1372623149",
}


def settings(api_base: str = "http://127.0.0.1:9") -> WeComSettings:
    return WeComSettings(
        corp_id=CORP,
        agent_id=218,
        secret=SecretStr("s"),
        token=SecretStr(TOKEN),
        aes_key=SecretStr(KEY),
        api_base=api_base,
    )


@pytest.fixture(scope="module")
def edge() -> WeComEdge:
    return WeComEdge(settings())


def envelope(encrypted: str) -> bytes:
    return (
        f"<xml><ToUserName>x</ToUserName><AgentID>9</AgentID><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode()
    )


def signed(encrypted: str) -> dict[str, str]:
    return {
        "msg_signature": signature(TOKEN, "1409659813", "n1", encrypted),
        "timestamp": "1409659813",
        "nonce": "n1",
    }


def sent(xml: str, corp: str = CORP) -> tuple[dict[str, str], bytes]:
    """Encrypt and sign as WeCom does."""
    encrypted = PrpCrypto(base64.b64decode(KEY + "=")).encrypt(xml, corp).decode()
    return signed(encrypted), envelope(encrypted)


def framed(plain: bytes) -> tuple[dict[str, str], bytes]:
    """Sign a frame of our own making, right or wrong."""
    encrypted = base64.b64encode(PrpCrypto(base64.b64decode(KEY + "=")).cipher.encrypt(plain)).decode()
    return signed(encrypted), envelope(encrypted)


# --- the public vectors -----------------------------------------------------------------------------------------------


def test_the_address_check_of_the_documents_is_answered_with_the_bare_echo(edge: WeComEdge) -> None:
    assert edge.verify_url(ECHO_QUERY) == "1616140317555161061"


def test_a_plus_sign_that_arrived_as_a_blank_is_still_a_plus_sign(edge: WeComEdge) -> None:
    assert edge.verify_url(ECHO_QUERY | {"echostr": ECHO.replace("+", " ")}) == "1616140317555161061"


def test_the_callback_of_the_documents_is_read(edge: WeComEdge) -> None:
    assert edge.read(POST_QUERY, envelope(POSTED), NOW) == [
        Incoming(
            id="wecom:4561255354251345929", chat="app:mycreate", sender="mycreate", at=NOW, content=Said(text="hello")
        )
    ]


def test_what_another_implementation_encrypted_is_opened() -> None:
    crypto = Crypto("123456", "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR", "wx49f0ab532d5d035a")
    encrypted = (
        "9s4gMv99m88kKTh/H8IdkOiMg6bisoy3ypwy9H4hvSPe9nsGaqyw5hhSjdYbcrKk+j3nba4HMOTzHrluLBYqxgNcBqGsL8GqxlhZgURnAtOb"
        "vesEl5nZ+uBE8bviY0LWke8Zy9V/QYKxNV2FqllNXcfmstttyIkMKCCmVbCFM2JTF5wY0nFhHZSjPUL2Q1qvSUCUld+/WIXrx0oyKQmpB6o8"
        "NRrrNrsDf03oxI1p9FxUgMnwKKZeOA/uu+2IEvEBtb7muXsVbwbgX05UPPJvFurDXafG0RQyPR+mf1nDnAtQmmNOuiR5MIkdQ39xn1vWwi1O"
        "5oazPoQJz0nTYjxxEE8kv3kFxtAGVRe3ypD3WeK2XeFYFMNMpatF9XiKzHo3"
    )
    query = {
        "msg_signature": "407518b7649e86ef23978113f92d27afa9296533",
        "timestamp": "1411525903",
        "nonce": "461056294",
    }
    assert b"<Content><![CDATA[test]]></Content>" in crypto.open(query, encrypted)


def test_the_signature_agrees_with_another_implementation() -> None:
    encrypted = "6KmUQuPVu7UhjyVqRdbo5SfcRqaHvbUlKSHFvBV2ZuR6TIlKsygcfeSd1GDplg1C5KSKr6UPHCaC/nIX3ZNt9w=="
    token, nonce = "kjr2TKI8umCBfVF3wAHk8JiPwma5VBme", "VHh7ymSeb0jc4lSb"
    assert signature(token, "1583940690", nonce, encrypted) == "1ba3cb09c0d2c2b3ed6900d37f91a6efae6cb011"


@pytest.mark.parametrize("key", ["", "short", KEY[:-1], KEY + "abcd", "中" * 43])
def test_a_key_that_is_none_is_refused_at_the_start(key: str) -> None:
    with pytest.raises(ValueError, match="EncodingAESKey"):
        Crypto(TOKEN, key, CORP)


# --- what is not proven is refused ------------------------------------------------------------------------------------


def test_every_change_to_the_query_is_refused(edge: WeComEdge) -> None:
    right = POST_QUERY["msg_signature"]
    signatures = ["", right.upper(), right[:-1], right + "0", "é" * 40, "0" * 40, "a" * 10240, right + "\n"]
    queries: list[dict[str, str]] = [POST_QUERY | {"msg_signature": wrong} for wrong in signatures]
    queries += [{}, POST_QUERY | {"timestamp": "1"}, POST_QUERY | {"nonce": ""}, POST_QUERY | {"timestamp": "x"}]
    for query in queries:
        with pytest.raises(BadCallback):
            edge.read(query, envelope(POSTED), NOW)


def test_a_body_without_exactly_one_encrypted_part_is_refused(edge: WeComEdge) -> None:
    bodies = [
        b"",
        b"<xml><MsgType>text</MsgType><FromUserName>boss</FromUserName><Content>x</Content></xml>",
        envelope(POSTED) + b"<Encrypt>AAAA</Encrypt>",
        envelope(POSTED).decode().encode("utf-16"),
        envelope(""),
        envelope("A" * 5),
        envelope("中"),
        envelope(f"<Encrypt>{POSTED}</Encrypt>"),
    ]
    for body in bodies:
        with pytest.raises(BadCallback):
            edge.read(POST_QUERY, body, NOW)


def test_what_stands_outside_the_encrypted_part_changes_nothing(edge: WeComEdge) -> None:
    other = f"<xml><FromUserName>boss</FromUserName><Encrypt>{POSTED}</Encrypt></xml>".encode()
    assert edge.read(POST_QUERY, other, NOW) == edge.read(POST_QUERY, b"\xef\xbb\xbf" + envelope(POSTED), NOW)


def test_a_message_for_another_corporation_is_refused(edge: WeComEdge) -> None:
    with pytest.raises(BadCallback, match="receiver"):
        edge.read(*sent("<xml></xml>", "wwother"), NOW)


def test_every_broken_frame_is_refused(edge: WeComEdge) -> None:
    head, corp = b"r" * 16, CORP.encode()
    frames = [
        b"",
        b"x" * 16,
        b"x" * 31 + b"\x00",
        b"x" * 31 + b"\xff",
        head + b"\xff\xff\xff\xff" + corp.ljust(28, b"\x0a"),
        head + b"\x00\x00\x00\x00" + corp + bytes([26]) * 25 + b"\x1a",
        head + (0).to_bytes(4, "big") + b"\x0c" * 12,
    ]
    for frame in frames:
        with pytest.raises(BadCallback):
            edge.read(*framed(frame[: len(frame) // 16 * 16]), NOW)
    for encrypted in ("QUJD", base64.b64encode(b"x" * 15).decode(), base64.b64encode(b"x" * 31).decode()):
        with pytest.raises(BadCallback):
            edge.read(signed(encrypted), envelope(encrypted), NOW)


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "no xml",
        "<xml>",
        "<other/>",
        "<xml>words only</xml>",
        "<xml><a></xml>",
        '<!DOCTYPE x [<!ENTITY e "lol">]><xml><FromUserName>&e;</FromUserName></xml>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml>&x;</xml>',
        "<!DOCTYPE xml><xml><FromUserName>a</FromUserName></xml>",
        '<?xml version="1.0" encoding="no-such"?><xml/>',
        "<xml>\x00</xml>",
        "<xml>" + "<a>" * 100_000 + "</a>" * 100_000 + "</xml>",
        "<xml>" + "<a/>" * 100_000 + "</xml>",
    ],
    ids=lambda xml: xml[:20],
)
def test_signed_xml_that_is_none_is_refused(edge: WeComEdge, xml: str) -> None:
    with pytest.raises(BadCallback):
        edge.read(*sent(xml), NOW)


def test_a_field_is_what_stands_once_and_plainly_under_the_root(edge: WeComEdge) -> None:
    told = "<MsgType>text</MsgType><FromUserName>a</FromUserName><MsgId>1</MsgId>"
    long = "字 " * 9000
    for content, read in {
        f"<Content><![CDATA[{long}]]>\n &amp;<![CDATA[<b>]]></Content>": f"{long}\n &<b>",
        "<Content>x</Content><Content>y</Content>": "",
        "<Content>x<b/></Content>": "",
        '<Content a="1">x</Content>': "",
        "<List><Content>x</Content></List>": "",
        "<Content>\n \t</Content>": "\n \t",
    }.items():
        (incoming,) = listed(edge.read(*sent(f"<xml>\n{told}{content}</xml>"), NOW))
        assert getattr(incoming.content, "text", "") == read


def test_a_record_of_nine_thousand_tags_is_read_in_no_time(edge: WeComEdge) -> None:
    query, outer = sent("<xml>" + "<a>" * 4500 + "</a>" * 4500 + "</xml>")
    begin = process_time()
    assert edge.read(query, outer, NOW) == []
    assert process_time() - begin < 0.5


def test_mutated_callbacks_raise_nothing_but_bad_callback(edge: WeComEdge) -> None:
    chance = random.Random(7)
    xml = (PAYLOADS / "card_vote.xml").read_text()
    read = 0
    for _ in range(3000):
        raw = bytearray(xml.encode())
        for _ in range(chance.randint(1, 4)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        body = raw.decode("utf-8", "replace")
        query, outer = sent(body) if chance.random() < 0.5 else sent(xml)
        if chance.random() < 0.5:
            broken = bytearray(outer)
            broken[chance.randrange(len(broken))] = chance.randrange(256)
            outer = bytes(broken[: chance.randrange(len(broken))] if chance.random() < 0.3 else broken)
        try:
            edge.read(query, outer, NOW)
            read += 1
        except BadCallback:
            pass
    assert 0 < read < 3000


# --- what members send ------------------------------------------------------------------------------------------------

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


def listed(read: Any) -> list[Incoming]:
    assert isinstance(read, list)
    return read


# --- what customers send ----------------------------------------------------------------------------------------------

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


# --- what they are told -----------------------------------------------------------------------------------------------

YES = Button(label="确认", action="confirm", subject="7", version=2, primary=True)
NO = Button(label="修改", action="change", subject="7", version=2)


def text_of(bodies: list[dict[str, Any]]) -> str:
    return "".join(body["text"]["content"] for body in bodies)


def test_a_key_comes_back_as_what_it_was_made_of() -> None:
    assert pressed(key_of(YES), "确认") == Pressed(action="confirm", subject="7", version=2, label="确认")
    assert pressed("101") is None
    assert pressed("a|b|99999999999999999999") is None


def test_a_menu_for_a_customer_is_one_message() -> None:
    (body,) = cards.for_kf(Text(text="对吗？", buttons=(YES, NO)))
    assert body == {
        "msgtype": "msgmenu",
        "msgmenu": {
            "head_content": "对吗？",
            "list": [
                {"type": "click", "click": {"id": "confirm|7|2", "content": "确认"}},
                {"type": "click", "click": {"id": "change|7|2", "content": "修改"}},
            ],
        },
    }


def test_a_long_text_stands_before_its_menu() -> None:
    message = Text(text="长" * 400, buttons=(YES,))
    words, menu = cards.for_kf(message)
    assert words["text"]["content"] == "长" * 400
    assert menu["msgmenu"]["list"][0]["click"]["content"] == "确认"


@pytest.mark.parametrize(
    "buttons",
    [(YES,) * 11, (Button(label="长" * 43, action="a"),), (Button(label="x", action="a", subject="s" * 130),)],
)
def test_buttons_that_do_not_fit_a_menu_are_numbered(buttons: tuple[Button, ...]) -> None:
    message = Text(text="选一个", buttons=buttons)
    assert text_of(cards.for_kf(message)) == message.as_text()


def test_a_card_for_a_member_has_buttons() -> None:
    card = Card(title="请核对", body="没问题就确认", facts=(("类型", "问题修复"),), buttons=(YES, NO))
    (body,) = cards.for_app(card, "task-1")
    assert body == {
        "msgtype": "template_card",
        "template_card": {
            "card_type": "button_interaction",
            "main_title": {"title": "请核对"},
            "task_id": "task-1",
            "sub_title_text": "没问题就确认",
            "horizontal_content_list": [{"keyname": "类型", "value": "问题修复"}],
            "button_list": [
                {"type": 0, "text": "确认", "style": 1, "key": "confirm|7|2"},
                {"type": 0, "text": "修改", "style": 2, "key": "change|7|2"},
            ],
        },
    }


@pytest.mark.parametrize(
    "message",
    [
        Card(title="无按钮"),
        Card(title="长" * 37, buttons=(YES,)),
        Card(title="多", facts=(("类型", "值" * 31),), buttons=(YES,)),
        Card(title="多", facts=(("很长的名字", "值"),) * 7, buttons=(YES,)),
        Card(title="同键", buttons=(YES, YES)),
        Text(text="题\n" + "长" * 161, buttons=(YES,)),
        Text(text="多", buttons=tuple(Button(label=str(n), action=str(n)) for n in range(7))),
        Form(title="表", inputs=(Input(name="a", label="原因"),), submit=YES),
        Chart(title="图", points=(("一", 1.0),)),
    ],
    ids=lambda message: type(message).__name__ + message.as_text()[:4],
)
def test_what_would_not_be_seen_on_a_card_is_said_in_words(message: Message) -> None:
    assert text_of(cards.for_app(message, "t")) == message.as_text()


def test_a_persons_link_is_no_link_for_members() -> None:
    assert text_of(cards.for_app(Text(text='<a href="http://x">点我</a> <ab>'), "t")) == (
        '＜a href="http://x">点我＜/a> <ab>'
    )


def test_control_characters_never_reach_the_wire() -> None:
    assert text_of(cards.for_kf(Text(text="a\x00\x1b[31mb\r\n\tc"))) == "a[31mb\n\tc"


@pytest.mark.parametrize(
    "unit", ["汉", "é", "👨‍👩‍👧‍👦", "🇨🇳", "👍🏽", "a", "e\u0301", "行\n", "字字字字字字字字字字。\n"]
)
@pytest.mark.parametrize("extra", range(4))
def test_split_text_is_whole_again_and_tears_no_character(unit: str, extra: int) -> None:
    whole = "x" * extra + unit * (5000 // len(unit.encode()))
    pieces = text.split(whole, 2048)
    assert "".join(pieces) == whole
    assert all(len(piece.encode()) <= 2048 for piece in pieces)
    assert all(piece.removeprefix("x" * extra).replace(unit, "") == "" for piece in pieces)


def test_text_at_the_limit_is_one_message_and_a_byte_more_is_two() -> None:
    assert [len(text.split("a" * n, 2048)) for n in (2047, 2048, 2049)] == [1, 1, 2]


def test_a_tower_of_accents_is_torn_rather_than_sent_whole() -> None:
    pieces = text.split("e" + "\u0301" * 10_000, 2048)
    assert all(len(piece.encode()) <= 2048 for piece in pieces)


# --- errcodes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (-1, Retry),
        (45009, Retry),
        (40001, Retry),
        (60020, Retry),
        (95001, Hold),
        (95002, Hold),
        (95018, Hold),
        (81013, Refused),
        (60111, Refused),
        (40058, Refused),
        (99999, Refused),
    ],
)
def test_an_errcode_means_what_the_table_says(code: int, kind: type[DeliveryError]) -> None:
    with pytest.raises(kind):
        errcodes.check({"errcode": code, "errmsg": "x"})


def test_credentials_that_fail_are_an_alert_and_lose_nothing() -> None:
    error = errcodes.failure(40001)
    assert isinstance(error, Retry)
    assert (error.reason, error.alert, error.after) == ("企业微信凭证失效", True, 60)


@pytest.mark.parametrize(
    ("code", "errmsg", "attempt", "taken"),
    [
        (0, "ok", 1, True),
        (40058, "msgid exists", 1, False),
        (40058, "msgid exists", 2, True),
        (40058, "invalid Request Parameter", 2, True),
        (94444, "duplicate msgid", 2, True),
        (42014, "invalid task_id", 2, True),
        (95001, "msgid", 2, False),
        (-1, "system busy", 3, False),
        (94444, "other", 2, False),
    ],
)
def test_a_refused_repeat_counts_as_delivered(code: int, errmsg: str, attempt: int, taken: bool) -> None:
    assert errcodes.accepted({"errcode": code, "errmsg": errmsg}, attempt) is taken


def test_parts_have_ids_of_their_own_within_the_limit() -> None:
    ids = [part_id(key, n) for key in ("a" * 32, "a" * 29 + "-r1", "a" * 29 + "-r2", "b") for n in (1, 2, 12)]
    assert len(set(ids)) == len(ids)
    assert all(len(i) <= 32 for i in ids)
    assert part_id("b", 2) == "b-2"


# --- names of files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="a.png"', "a.png"),
        ("attachment; filename=a.png", "a.png"),
        ('attachment; filename="报价 单.xlsx"', "报价 单.xlsx"),
        ("attachment; filename=\"x\"; filename*=utf-8''%E6%8A%A5%E4%BB%B7.xlsx", "报价.xlsx"),
        ('attachment; filename="../../etc/cron.d/x"', "x"),
        ('attachment; filename="C:\\\\boot.ini"', "boot.ini"),
        ("attachment; filename*=utf-8''..%2F..%2Fetc%2Fpasswd", "passwd"),
        ('attachment; filename="a\u202egpj.exe"', "agpj.exe"),
        ("attachment", ""),
        ('attachment; filename=".."', ""),
        ('attachment; filename="' + "长" * 5000 + '.pdf"', "长" * 116 + ".pdf"),
    ],
)
def test_a_file_name_is_only_a_name(disposition: str, name: str) -> None:
    assert media.file_name(disposition) == name
