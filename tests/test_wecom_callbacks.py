"""WeCom's callbacks as they arrive: what is not proven or no plain XML is refused, and nothing else is raised."""

import random
from time import process_time

import pytest

from bot.errors import BadCallback
from bot.wecom.edge import WeComEdge
from tests.wecom_edge_stage import NOW, PAYLOADS, POST_QUERY, POSTED, envelope, listed, sent, settings


@pytest.fixture(scope="module")
def edge() -> WeComEdge:
    return WeComEdge(settings())


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
