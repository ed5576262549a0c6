"""Logs: structlog to stderr, one line an event, every line through one redactor just before it is written."""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "***"
_NOISY = ("Lark", "aiohttp", "alembic", "asyncio", "jieba", "sqlalchemy", "urllib3", "uvicorn", "websockets")
"""Libraries that log addresses (which hold tokens) or chatter below WARNING."""
_SHORTEST_SECRET = 4
"""A shorter secret would be found by chance in ordinary words."""

_NAMES = (
    "access_token|tenant_access_token|app_access_token|refresh_token|corpsecret|app_secret|msg_signature|signature"
    "|echostr|ticket|access_key|suite_ticket|response_code|password|secret|token|encrypt|authorization"
)
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(rf"""(?i)(?<![a-z])({_NAMES})(\\?["']?\s*[=:]\s*\\?["']?)(?:bearer\s+)?[^\s"'&,;}}\\]+"""),
        rf"\1\2{HIDDEN}",
    ),
    (re.compile(r"(?i)\bbearer\s+[\w.~+/=-]+"), f"Bearer {HIDDEN}"),
    (re.compile(r"\b([tua])-[0-9A-Za-z_.-]{20,}"), rf"\1-{HIDDEN}"),  # Feishu's tokens
    (re.compile(r"(?<=://)([^\s:/@]+):[^\s/@]+@"), rf"\1:{HIDDEN}@"),
    (re.compile(r"(?<!\d)(1[3-9]\d)[ -]?\d{4}[ -]?(\d{4})(?!\d)"), r"\1****\2"),
    (re.compile(r"(?<!\d)(0\d{2,3})-?\d{3,4}(\d{4})(?!\d)"), r"\1****\2"),
    (re.compile(r"(?<![\w.+-])([\w+])[\w.+-]*@((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})"), rf"\1{HIDDEN}@\2"),
)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class Redactor:
    """Hides known secrets by value, and tokens, passwords, phones and e-mail addresses by pattern."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {form for secret in secrets if len(secret) >= _SHORTEST_SECRET for form in _forms(secret)}
        self._known = re.compile("|".join(map(re.escape, sorted(known, key=len, reverse=True)))) if known else None

    def clean(self, text: str) -> str:
        """Return the text with everything hidden that must not be seen."""
        if self._known:
            text = self._known.sub(HIDDEN, text)
        for pattern, shown in _PATTERNS:
            text = pattern.sub(shown, text)
        return text

    def line(self, text: str) -> str:
        """Clean a rendered line; control characters, which forge lines and colours, become escapes."""
        return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", self.clean(text))


def configure(style: Literal["console", "json"] = "console", secrets: Iterable[str] = ()) -> Redactor:
    """Send structlog and the standard library's loggers to stderr in one style; returns the redactor used."""
    import structlog

    redactor = Redactor(secrets)
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _short_trace,
    ]
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )

    def redact(_: Any, __: str, line: Any) -> str:
        return redactor.line(line)

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(style), redact],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    quiet()
    return redactor


def quiet() -> None:
    """Silence libraries below WARNING and send them through our handler; again after a library has been imported."""
    for name in _NOISY:
        logger = logging.getLogger(name)
        logger.setLevel(logging.WARNING)
        logger.handlers.clear()  # lark_oapi writes to stdout by a handler of its own
        logger.propagate = True


def _renderer(style: Literal["console", "json"]) -> "Processor":
    import structlog

    if style == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    return structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)


def _short_trace(logger: "WrappedLogger", method: str, event: "EventDict") -> "EventDict":
    """Replace a traceback by its kind and the innermost places; its message may quote a customer."""
    raised = event.pop("exc_info", None)
    error = sys.exc_info()[1] if raised is True else raised[1] if isinstance(raised, tuple) else raised
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["at"] = _places(error.__traceback__)
    return event


def _places(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)[-4:]
    return " < ".join(f"{'/'.join(f.filename.split('/')[-2:])}:{f.lineno} {f.name}" for f in reversed(frames))


def _forms(secret: str) -> set[str]:
    """Return a secret as it stands and as JSON and addresses write it."""
    from urllib.parse import quote

    return {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], quote(secret, safe="")}
