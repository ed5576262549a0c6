"""Proof that a callback is WeCom's: signature first, then decryption, then the receiver's id.

The cipher is wechatpy's. The frame inside is opened here, because the library's own opener accepts any padding and
fails with eight kinds of exception.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from bot.errors import BadCallback

_SIGNATURE = re.compile(r"[0-9a-f]{40}", re.ASCII)
_STAMP = re.compile(r"[0-9]{1,32}", re.ASCII)
_NONCE = re.compile(r"[0-9A-Za-z_@.-]{1,128}", re.ASCII)

_CIPHER_BLOCK = 16
_PADDING_BLOCK = 32
_HEAD = 20
"""16 random bytes, then the length of the message in 4."""


class Crypto:
    """The three values a WeCom callback is configured with."""

    def __init__(self, token: str, aes_key: str, corp_id: str) -> None:
        """Take the 43 characters of EncodingAESKey; ValueError if they are not a key."""
        try:
            key = base64.b64decode(aes_key + "=")
        except ValueError as error:  # binascii.Error is one
            raise ValueError("EncodingAESKey is not base64") from error
        if len(key) != _PADDING_BLOCK:
            raise ValueError("EncodingAESKey must have 43 characters")
        self._token = token
        self._key = key
        self._receiver = corp_id.encode()

    @cached_property
    def _cipher(self) -> Any:
        # Imported when first needed: it brings an HTTP client along, which costs the start a tenth of a second.
        from wechatpy.enterprise.crypto import PrpCrypto

        return PrpCrypto(self._key).cipher

    def open(self, query: Mapping[str, str], encrypted: str) -> bytes:
        """Check the signature in the query over `encrypted`, and decrypt it; BadCallback if anything is amiss."""
        given, stamp, nonce = (query.get(name, "") for name in ("msg_signature", "timestamp", "nonce"))
        if not (_SIGNATURE.fullmatch(given) and _STAMP.fullmatch(stamp) and _NONCE.fullmatch(nonce)):
            raise BadCallback("query")
        try:
            ciphertext = binascii.a2b_base64(encrypted, strict_mode=True)
        except ValueError as error:  # binascii.Error is one
            raise BadCallback("encryption") from error
        # No age check: an old stamp on a new message is accepted, and a repeat is recognised by its message id.
        if not hmac.compare_digest(signature(self._token, stamp, nonce, encrypted).encode(), given.encode()):
            raise BadCallback("signature")
        return self._unframe(ciphertext)

    def _unframe(self, ciphertext: bytes) -> bytes:
        if len(ciphertext) % _CIPHER_BLOCK or len(ciphertext) < _PADDING_BLOCK:
            raise BadCallback("encryption")
        plain: bytes = self._cipher.decrypt(ciphertext)
        padding = plain[-1]
        if not 1 <= padding <= _PADDING_BLOCK or plain[-padding:] != plain[-1:] * padding:
            raise BadCallback("encryption")
        framed = plain[:-padding]
        end = _HEAD + int.from_bytes(framed[16:_HEAD], "big")
        if len(framed) < _HEAD or end > len(framed):
            raise BadCallback("encryption")
        if framed[end:] != self._receiver:
            raise BadCallback("receiver")
        return framed[_HEAD:end]


def signature(token: str, timestamp: str, nonce: str, encrypted: str) -> str:
    """Sign as WeCom does: SHA-1 over the four strings, sorted and joined without a delimiter."""
    joined = "".join(sorted((token, timestamp, nonce, encrypted)))
    return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()
