"""Logs: one line an event, and nothing in it that must not be seen."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import logs
from bot.logs import Redactor


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Give the root logger back as pytest had it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13812345678", "138****5678"),
        ("电话138 1234 5678。", "电话138****5678。"),
        ("+86-138-1234-5678", "+86-138****5678"),
        ("0571-88886666", "0571****6666"),
        ("id 20261122091200123456", "id 20261122091200123456"),
        ("wang.fang@example.com.cn", "w***@example.com.cn"),
        ("https://x/y?access_token=A1&b=2", "https://x/y?access_token=***&b=2"),
        ("wss://x?access_key=A1&ticket=B2", "wss://x?access_key=***&ticket=***"),
        ("/wecom/callback?msg_signature=A1&echostr=B2", "/wecom/callback?msg_signature=***&echostr=***"),
        ('{"corpsecret": "A1", "n": 1}', '{"corpsecret": "***", "n": 1}'),
        ("Authorization: Bearer t-abc.def", "Authorization: ***"),
        ("sent with Bearer abc", "sent with Bearer ***"),
        ("t-g1044ghJRUIJJ5KP4YDAVKKPJGFDRSUZQ", "t-***"),
        ("postgresql://u:pass@h/d", "postgresql://u:***@h/d"),
    ],
)
def test_tokens_and_personal_data_are_hidden_by_their_form(text: str, shown: str) -> None:
    assert Redactor().clean(text) == shown


@pytest.mark.parametrize("secret", ["s3cr3t/value+x", '秘密"密钥', "wecom-secret"])
def test_known_secrets_are_hidden_however_they_are_written(secret: str) -> None:
    redactor = Redactor([secret, "", "ab"])
    from urllib.parse import quote

    for form in (secret, json.dumps(secret), json.dumps(secret, ensure_ascii=False), quote(secret, safe="")):
        assert form.strip('"') not in redactor.clean(f"a {form} b")
    assert redactor.clean("ab is too short to be a secret") == "ab is too short to be a secret"


@pytest.mark.parametrize("style", ["console", "json"])
def test_every_way_to_log_is_one_clean_line(style: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json" if style == "json" else "console", ["top-secret"])
    structlog.get_logger("a").info("first\nline \x1b[31m", value="top-secret", phone="13812345678")
    logging.getLogger("some.library").warning("token=%s", "abcdef")
    try:
        int("postgres://u:PASSWORD@h")
    except ValueError:
        structlog.get_logger("a").exception("broken")
        logging.getLogger("some.library").exception("broken too")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4
    text = "\n".join(lines)
    assert not [bad for bad in ("top-secret", "13812345678", "abcdef", "PASSWORD", "Traceback", "\x1b") if bad in text]
    assert "ValueError" in lines[2]
    assert "test_logs.py" in lines[3]
    if style == "json":
        assert json.loads(lines[0])["event"] == "first\nline \x1b[31m"


def test_chatty_libraries_are_silent_below_warning(capsys: pytest.CaptureFixture[str]) -> None:
    noisy = logging.getLogger("urllib3")  # "Lark" is switched off for good once the SDK is loaded
    noisy.addHandler(logging.StreamHandler())
    logs.configure("console")
    for name in ("Lark", "aiohttp.client", "urllib3.connectionpool", "uvicorn.error", "alembic.runtime.migration"):
        logging.getLogger(name).info("https://x?access_token=1")
    noisy.warning("once")
    assert len(capsys.readouterr().err.splitlines()) == 1
