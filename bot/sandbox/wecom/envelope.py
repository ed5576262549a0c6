"""The encrypted envelope of WeCom callbacks, written from the published description, sharing nothing with the bot."""

import base64
import hashlib
import secrets
import struct
from dataclasses import dataclass
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

BLOCK_BITS = 256
"""WeCom pads to 32 bytes although the block of AES is 16."""
RANDOM_BYTES = 16


@dataclass(frozen=True)
class Envelope:
    """What both sides share: the signing token, the 43-character AES key and the receive id (the corp id)."""

    token: str
    aes_key: str
    receive_id: str

    def signature(self, timestamp: str, nonce: str, encrypted: str) -> str:
        """Return the msg_signature: hex sha1 over the four strings sorted and joined."""
        parts = sorted([self.token, timestamp, nonce, encrypted])
        return hashlib.sha1("".join(parts).encode(), usedforsecurity=False).hexdigest()

    def encrypt(self, text: str, random: bytes = b"") -> str:
        """Return `text` encrypted, in base64; `random` (16 bytes) is for known-answer tests only."""
        message = text.encode()
        head = (random or secrets.token_bytes(RANDOM_BYTES)) + struct.pack(">I", len(message))
        padder = PKCS7(BLOCK_BITS).padder()
        padded = padder.update(head + message + self.receive_id.encode()) + padder.finalize()
        encryptor = self._cipher().encryptor()
        return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()

    def decrypt(self, encrypted: str) -> str:
        """Return the message inside `encrypted`; ValueError when it is broken or meant for another receive id."""
        decryptor = self._cipher().decryptor()
        padded = decryptor.update(base64.b64decode(encrypted)) + decryptor.finalize()
        unpadder = PKCS7(BLOCK_BITS).unpadder()
        plain = unpadder.update(padded) + unpadder.finalize()
        start = RANDOM_BYTES + 4
        end = start + struct.unpack(">I", plain[RANDOM_BYTES:start])[0]
        if plain[end:] != self.receive_id.encode():
            raise ValueError("the envelope names another receive id")
        return plain[start:end].decode()

    def _cipher(self) -> Cipher[modes.CBC]:
        key = base64.b64decode(self.aes_key + "=")
        return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def xml_of(fields: dict[str, object]) -> str:
    """Return `fields` as WeCom writes them: numbers bare, strings in CDATA, dicts nested, lists repeated."""
    return f"<xml>{_elements(fields)}</xml>"


def _elements(fields: dict[str, object]) -> str:
    return "".join(
        f"<{name}>{_content(one)}</{name}>"
        for name, value in fields.items()
        for one in (value if isinstance(value, list) else [value])
    )


def _content(value: object) -> str:
    if isinstance(value, dict):
        return _elements(value)
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    # A CDATA section cannot hold its own end mark; what holds it is escaped instead.
    return escape(text) if "]]>" in text else f"<![CDATA[{text}]]>"
