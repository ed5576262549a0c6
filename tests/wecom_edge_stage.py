"""Callbacks signed and encrypted as WeCom does, for tests of the edge: the documents' sample and our own."""

import base64
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from wechatpy.enterprise.crypto import PrpCrypto

from bot.settings import WeComSettings
from bot.wecom.crypto import signature
from handlers.messages import Incoming

PAYLOADS = Path(__file__).parent / "payloads" / "wecom"
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)

# The sample of Tencent's own documents.
TOKEN, CORP, KEY = "QDG6eK", "wx5823bf96d3bd56c7", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
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


def listed(read: Any) -> list[Incoming]:
    assert isinstance(read, list)
    return read
