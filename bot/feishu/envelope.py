"""The envelope of a Feishu callback: signature, encryption and JSON that is not trusted to be kind.

Own code on `cryptography`: lark_oapi answers 500 with the exception's text and wants seconds to import, and nothing
unverified should meet a library that decides by itself what an event is.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import msgspec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bot.errors import BadCallback

BLOCK = 16


class Unusable(Exception):  # noqa: N818 - it is no error of ours: authentic, but nothing can be done with it
    """JSON of an authentic callback that nobody can use: too deep, or numbers without end."""


def signed(headers: Mapping[str, str], body: bytes, encrypt_key: str) -> bool:
    """Whether the signature fits the bytes on the wire.

    The timestamp is hashed as it came, whatever its format, and not judged by age: Feishu redelivers for seven hours
    and repeats are found by message id.
    """
    found = {name.lower(): value for name, value in headers.items()}
    stamp, nonce = found.get("x-lark-request-timestamp", ""), found.get("x-lark-request-nonce", "")
    digest = hashlib.sha256(_raw(stamp) + _raw(nonce) + encrypt_key.encode() + body).hexdigest()
    return hmac.compare_digest(digest.encode(), _raw(found.get("x-lark-signature", "")))


def same(given: object, wanted: str) -> bool:
    """Compare a token in constant time; what is no text is never the same."""
    return isinstance(given, str) and hmac.compare_digest(_raw(given), wanted.encode())


def decrypted(sealed: str, key: bytes) -> bytes:
    """Undo base64(iv + AES-256-CBC), `key` being sha256 of the encrypt key; BadCallback("decrypt") when it is not that.

    One reason for every way to fail, so that the padding tells nothing.
    """
    try:
        raw = base64.b64decode(sealed.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise BadCallback("decrypt") from error
    if len(raw) < 2 * BLOCK or len(raw) % BLOCK:
        raise BadCallback("decrypt")
    opener = Cipher(algorithms.AES(key), modes.CBC(raw[:BLOCK])).decryptor()
    padded = opener.update(raw[BLOCK:]) + opener.finalize()
    count = padded[-1]
    if not 1 <= count <= BLOCK or padded[-count:] != bytes([count]) * count:
        raise BadCallback("decrypt")
    return padded[:-count]


def parsed(body: bytes) -> Any:
    """Read JSON; BadCallback("json") if it is none, Unusable if it is JSON of a kind nobody can use."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _forgiving(body)


def _forgiving(body: bytes) -> Any:
    """Read what msgspec will not: lone surrogates and NaN. Who uses a value cleans it (`words`)."""
    try:
        return json.loads(body.decode())
    except RecursionError as error:
        raise Unusable("depth") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadCallback("json") from error
    except ValueError as error:  # a number of more digits than Python converts
        raise Unusable("number") from error


def words(value: object, limit: int | None = None) -> str:
    """Text as it can be stored: no lone surrogates, no NUL; "" for what is no text or longer than `limit`."""
    if not isinstance(value, str):
        return ""
    clean = value.encode("utf-8", "replace").decode().replace("\x00", "")
    return clean if limit is None or len(clean) <= limit else ""


def table(value: object, *path: str) -> dict[str, Any]:
    """Walk down `path` through objects; {} where there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def rows(value: object) -> list[Any]:
    """Return the list, or [] if it is none."""
    return value if isinstance(value, list) else []


def _raw(text: str) -> bytes:
    """Header text back to the bytes it was made of (servers decode them as Latin-1)."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
