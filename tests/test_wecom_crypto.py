"""The cipher and signature of WeCom: the public vectors are opened, and a frame that is broken is refused."""

import base64

import pytest

from bot.errors import BadCallback
from bot.wecom.crypto import Crypto, signature
from bot.wecom.edge import WeComEdge
from handlers.messages import Incoming, Said
from tests.wecom_edge_stage import CORP, KEY, NOW, POST_QUERY, POSTED, TOKEN, envelope, framed, sent, settings, signed

ECHO = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
ECHO_QUERY = {
    "msg_signature": "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
    "timestamp": "1409659589",
    "nonce": "263014780",
    "echostr": ECHO,
}


@pytest.fixture(scope="module")
def edge() -> WeComEdge:
    return WeComEdge(settings())


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
