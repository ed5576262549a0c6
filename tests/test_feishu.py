"""The Feishu edge: proofs, published vectors, recorded events, and bodies nobody should send."""

import base64
import hashlib
import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from pydantic import SecretStr

from bot.errors import BadCallback
from bot.feishu.edge import Challenge, Event, FeishuEdge
from bot.feishu.envelope import decrypted
from bot.settings import FeishuSettings
from handlers.messages import Pressed, Said

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
KEY, TOKEN = "kudryavka", "vt-123"
STAMP, NONCE = "1700000000", "nonce-abc"
PAYLOADS = Path(__file__).parent / "payloads" / "feishu"
OWN_VECTOR = (
    "AAECAwQFBgcICQoLDA0ODygxCRD00ikE2ev/uv2HP2eaFMOS88c+1AoPDd0/R78xkyyYqegh4OAQ+RrIBmTEcoItJGcECsV1EFSmuj8l0wW5Z7rE"
    "OLjS/krD+hyTAx2S"
)


def edge(encrypt_key: str = KEY, bot: str = "ou_bot") -> FeishuEdge:
    settings = FeishuSettings(
        app_id="cli_1",
        app_secret=SecretStr("secret"),
        encrypt_key=SecretStr(encrypt_key),
        verification_token=SecretStr(TOKEN),
    )
    return FeishuEdge(settings, lambda: bot)


def key_of(encrypt_key: str) -> bytes:
    return hashlib.sha256(encrypt_key.encode()).digest()


def sealed(plain: bytes, encrypt_key: str = KEY) -> bytes:
    padder = PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(key_of(encrypt_key)), modes.CBC(bytes(16))).encryptor()
    raw = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    return json.dumps({"encrypt": base64.b64encode(bytes(16) + raw).decode()}).encode()


def headers_for(body: bytes, stamp: str = STAMP, encrypt_key: str = KEY) -> dict[str, str]:
    digest = hashlib.sha256((stamp + NONCE + encrypt_key).encode() + body).hexdigest()
    return {"X-Lark-Request-Timestamp": stamp, "X-Lark-Request-Nonce": NONCE, "X-Lark-Signature": digest}


def recorded(name: str) -> dict[str, Any]:
    case: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text())
    return case


def refused(body: bytes, headers: dict[str, str], encrypt_key: str = KEY) -> str:
    with pytest.raises(BadCallback) as caught:
        edge(encrypt_key).read(headers, body, NOW)
    return caught.value.reason


# --- published vectors ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "cipher", "plain"),
    [
        ("test key", "P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=", "hello world"),
        ("密钥Key", "AAAAAAAAAAAAAAAAAAAAAKPOgEC4TurD+GjRHULUFr4=", '{"a":"你好"}'),
        (KEY, OWN_VECTOR, '{"challenge":"ajls384kdjxxxx","token":"vt-123","type":"url_verification"}'),
    ],
)
def test_published_ciphertexts_open(key: str, cipher: str, plain: str) -> None:
    assert decrypted(cipher, key_of(key)).decode() == plain


def test_the_published_address_check_is_answered_with_its_challenge_signed_or_not() -> None:
    body = f'{{"encrypt":"{OWN_VECTOR}"}}'.encode()
    signature = "b83de3347781b2f4c795d70912d6d4fc15f415fbd3ceab0c5144deb4068aff4b"
    assert headers_for(body)["X-Lark-Signature"] == signature
    assert edge().read({}, body, NOW) == Challenge(challenge="ajls384kdjxxxx")
    assert edge().read(headers_for(body), body, NOW) == Challenge(challenge="ajls384kdjxxxx")


# --- recorded events --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("*.json")), ids=lambda path: path.stem)
def test_a_recorded_event_becomes_the_recorded_value(path: Path) -> None:
    case = recorded(path.stem)
    expected = msgspec.convert(case["out"], Event)
    plain = json.dumps(case["in"]).encode()
    body = sealed(plain)
    assert edge().read(headers_for(body), body, NOW) == expected
    assert edge("").read({}, plain, NOW) == expected
    assert edge().read_socket(plain, NOW) == expected
    if expected.incoming is not None:  # it can wait in the job table
        assert (
            msgspec.json.decode(msgspec.json.encode(expected.incoming), type=type(expected.incoming))
            == expected.incoming
        )


def test_the_same_message_under_a_new_event_id_has_the_same_id() -> None:
    event = recorded("text_private")["in"]
    again = event | {"header": event["header"] | {"event_id": "another"}}
    first, second = (edge().read_socket(json.dumps(one).encode(), NOW).incoming for one in (event, again))
    assert first is not None
    assert second is not None
    assert first.id == second.id


def test_while_the_bot_does_not_know_itself_a_mention_at_the_start_is_meant_for_it() -> None:
    event = edge(bot="").read_socket(json.dumps(recorded("text_group_with_bot_and_person")["in"]).encode(), NOW)
    assert event.incoming is not None
    assert event.incoming.content == Said(text="/assign 202611-001 @张三 @吴十")
    assert event.incoming.mentions == {"张三": "ou_zhang", "吴十": "ou_wu"}


@pytest.mark.parametrize("version", [-1, 1.5, True, "3", None, [], 2**31, float("inf"), 10**400])
def test_a_version_we_never_sent_makes_a_press_without_action(version: object) -> None:
    event = recorded("click")["in"]
    event["event"]["action"]["value"]["v"] = version
    read = edge().read_socket(json.dumps(event).encode(), NOW)
    assert read.incoming is not None
    assert read.incoming.content == Pressed(action="")


# --- proofs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stamp", ["1000000000", "2026-10-04 18:23:46.052290112 +0800 CST m=+3612.1", "9999999999", "", "昨天"]
)
def test_a_timestamp_is_hashed_as_it_came_and_never_too_old(stamp: str) -> None:
    body = sealed(json.dumps(recorded("text_private")["in"]).encode())
    headers = headers_for(body, stamp)
    assert isinstance(edge().read(headers, body, NOW), Event)
    as_asgi = {name.lower(): value.encode().decode("latin-1") for name, value in headers.items()}
    assert isinstance(edge().read(as_asgi, body, NOW), Event)


def test_a_wrong_signature_is_refused_in_every_form() -> None:
    body = sealed(json.dumps(recorded("text_private")["in"]).encode())
    good = headers_for(body)
    right = good["X-Lark-Signature"]
    for wrong in ["", right.upper(), right[:-1], right + "0", "é" * 64, "密" * 64, "0" * 10_000]:
        assert refused(body, good | {"X-Lark-Signature": wrong}) == "signature"
    assert refused(body, {}) == "signature"
    assert refused(body + b" ", good) == "signature"
    assert refused(body, good | {"X-Lark-Request-Nonce": "other"}) == "signature"


def test_plain_json_is_refused_where_encryption_is_configured_even_with_a_signature() -> None:
    for name in ("text_private", "click"):
        body = json.dumps(recorded(name)["in"]).encode()
        assert refused(body, {}) == "plaintext"
        assert refused(body, headers_for(body)) == "plaintext"
    challenge = json.dumps({"type": "url_verification", "token": TOKEN, "challenge": "abc"}).encode()
    assert refused(challenge, {}) == "plaintext"


def test_a_wrong_or_missing_token_is_refused_with_and_without_encryption() -> None:
    for token in ("other", "", None, 5, ["vt-123"], "密钥"):
        event = recorded("text_private")["in"]
        event["header"]["token"] = token
        body = json.dumps(event).encode()
        assert refused(body, {}, encrypt_key="") == "token"
        assert refused(sealed(body), headers_for(sealed(body))) == "token"


def test_without_encryption_the_address_check_needs_the_token_and_a_sane_challenge() -> None:
    def check(**given: object) -> bytes:
        return json.dumps({"type": "url_verification", "token": TOKEN, "challenge": "abc"} | given).encode()

    assert edge("").read({}, check(), NOW) == Challenge(challenge="abc")
    assert edge("").read({}, check(challenge='x","evil":"1'), NOW) == Challenge(challenge='x","evil":"1')
    assert refused(check(token="no"), {}, encrypt_key="") == "token"
    for odd in ("", "x" * 257, "a\nb", "密", 5, None, ["abc"]):
        assert refused(check(challenge=odd), {}, encrypt_key="") == "challenge"


@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, 31, 33])
def test_ciphertexts_of_impossible_length_or_padding_are_refused_alike(length: int) -> None:
    body = json.dumps({"encrypt": base64.b64encode(b"x" * length).decode()}).encode()
    assert refused(body, headers_for(body)) == "decrypt"
    assert refused(body, {}) == "signature"


def test_an_envelope_sealed_with_another_key_is_refused() -> None:
    body = sealed(json.dumps(recorded("text_private")["in"]).encode(), "another key")
    assert refused(body, headers_for(body)) in {"decrypt", "json"}
    assert refused(body, headers_for(body, encrypt_key="another key")) == "signature"


# --- what is authentic but of no use ----------------------------------------------------------------------------------

DEEP = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
DIGITS = b'{"header":{"token":"vt-123"},"n":' + b"9" * 5000 + b"}"


@pytest.mark.parametrize("plain", [DEEP, DIGITS, b"[1]", b"null", b'"x"', b"7"], ids=lambda plain: repr(plain[:12]))
def test_an_authentic_event_nobody_can_use_is_acknowledged(plain: bytes) -> None:
    body = sealed(plain)
    read = edge().read(headers_for(body), body, NOW)
    assert read == Event(ignored="malformed")
    assert edge().read_socket(plain, NOW).incoming is None


@pytest.mark.parametrize("plain", [b"", b"{", b"\xff\xfe", b"{}x"])
def test_authentic_bytes_that_are_no_json_are_refused(plain: bytes) -> None:
    body = sealed(plain)
    assert refused(body, headers_for(body)) == "json"


def test_nan_and_lone_surrogates_around_a_message_do_not_lose_it() -> None:
    event = recorded("text_private")["in"]
    event["event"]["message"]["odd"] = float("nan")
    event["event"]["message"]["user_agent"] = "\ud800"
    body = sealed(json.dumps(event).encode())
    read = edge().read(headers_for(body), body, NOW)
    assert isinstance(read, Event)
    assert read.incoming is not None
    assert read.incoming.content == Said(text="客户说还是不行\n请看 <b>日志</b>")


# --- noise ------------------------------------------------------------------------------------------------------------


def mutated(body: bytes, dice: random.Random) -> bytes:
    raw = bytearray(body)
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(raw) + 1)
        match dice.randrange(4):
            case 0:
                del raw[at : at + dice.randint(1, 20)]
            case 1:
                raw[at:at] = dice.randbytes(dice.randint(1, 8))
            case 2:
                raw[at : at + 1] = dice.choice(
                    [b'"', b"{", b"}", b"[", b"]", b"\\", b"null", b"1e999", b"-", b"\\ud800"]
                )
            case _:
                raw = raw[:at]
    return bytes(raw)


def outcome(reader: FeishuEdge, headers: dict[str, str], body: bytes) -> Challenge | Event | str:
    """Return what was read, or the reason for which it was refused; nothing else may be raised."""
    try:
        return reader.read(headers, body, NOW)
    except BadCallback as bad:
        return bad.reason


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_sent_only_bad_callback_escapes(seed: int) -> None:
    dice, open_edge = random.Random(seed), edge("")
    plains = [json.dumps(json.loads(path.read_text())["in"]).encode() for path in sorted(PAYLOADS.glob("*.json"))]
    for _ in range(600):
        plain = mutated(dice.choice(plains), dice)
        whole = sealed(plain)
        broken = mutated(sealed(dice.choice(plains)), dice)
        for reader, body in ((open_edge, plain), (edge(), whole), (edge(), broken)):
            for headers in ({}, headers_for(body)):
                read = outcome(reader, headers, body)
                msgspec.json.encode(read)  # it can be stored
                assert headers or reader is open_edge or isinstance(read, Challenge | str)
        msgspec.json.encode(edge().read_socket(plain, NOW))


@pytest.mark.parametrize("junk", [None, 5, "x", [], {}, [[[]]], True, 1.5])
def test_every_field_of_an_event_may_be_anything(junk: object) -> None:
    for name in ("text_group_with_bot_and_person", "post", "file", "click_form", "menu", "entered", "recalled"):
        for body in replaced(recorded(name)["in"], junk):
            msgspec.json.encode(edge().read_socket(json.dumps(body).encode(), NOW))


def replaced(value: Any, junk: object) -> list[Any]:
    """Return every variant of a JSON value with one of its parts exchanged for junk."""
    if isinstance(value, dict):
        inner = [value | {k: variant} for k, v in value.items() for variant in replaced(v, junk)]
        content = value.get("content")
        if isinstance(content, str) and content.startswith("{"):
            inner += [value | {"content": json.dumps(variant)} for variant in replaced(json.loads(content), junk)]
        return [junk, *inner]
    if isinstance(value, list):
        return [
            junk,
            *([*value[:n], variant, *value[n + 1 :]] for n, v in enumerate(value) for variant in replaced(v, junk)),
        ]
    return [junk]
