"""What travels to the bot's callback address: encrypted, signed envelopes, as the open platform documents them."""

import base64
import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

BLOCK_BITS = 128


def seal(plain: bytes, encrypt_key: str, iv: bytes = b"") -> str:
    """AES-256-CBC under SHA256(encrypt key), PKCS7, base64(iv + ciphertext); a random iv unless one is given."""
    iv = iv or secrets.token_bytes(16)
    padder = PKCS7(BLOCK_BITS).padder()
    encryptor = _cipher(encrypt_key, iv).encryptor()
    sealed = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    return base64.b64encode(iv + sealed).decode()


def unseal(text: str, encrypt_key: str) -> bytes:
    """Undo `seal`; ValueError on a wrong key or a broken text."""
    raw = base64.b64decode(text, validate=True)
    decryptor = _cipher(encrypt_key, raw[:16]).decryptor()
    unpadder = PKCS7(BLOCK_BITS).unpadder()
    return unpadder.update(decryptor.update(raw[16:]) + decryptor.finalize()) + unpadder.finalize()


def _cipher(encrypt_key: str, iv: bytes) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES(hashlib.sha256(encrypt_key.encode()).digest()), modes.CBC(iv))


def signature(timestamp: str, nonce: str, encrypt_key: str, body: bytes) -> str:
    """X-Lark-Signature over the bytes on the wire."""
    return hashlib.sha256((timestamp + nonce + encrypt_key).encode() + body).hexdigest()


def wrap(envelope: dict[str, Any], encrypt_key: str, unix_seconds: int) -> tuple[dict[str, str], bytes]:
    """Headers and body of the callback that carries `envelope`; plain and unsigned without an encrypt key."""
    headers = {"Content-Type": "application/json;charset=utf-8", "X-Request-Id": secrets.token_hex(16)}
    plain = json.dumps(envelope, ensure_ascii=False).encode()
    if not encrypt_key:
        return headers, plain
    body = json.dumps({"encrypt": seal(plain, encrypt_key)}).encode()
    timestamp, nonce = str(unix_seconds), secrets.token_hex(8)
    signed = {
        "X-Lark-Request-Timestamp": timestamp,
        "X-Lark-Request-Nonce": nonce,
        "X-Lark-Signature": signature(timestamp, nonce, encrypt_key, body),
    }
    return headers | signed, body


def event_header(event_type: str, token: str, app_id: str, tenant_key: str, create_time: str) -> dict[str, str]:
    """Make the header of a version 2.0 envelope, with a new event id."""
    return {
        "event_id": secrets.token_hex(16),
        "event_type": event_type,
        "create_time": create_time,
        "token": token,
        "app_id": app_id,
        "tenant_key": tenant_key,
    }
