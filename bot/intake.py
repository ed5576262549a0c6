"""POST /api/intake: web forms, e-mail gateways and hotlines bring requests (process.md A-020, A-031; docs/api.md)."""

import asyncio
import hmac
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any
from uuid import uuid4

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot import body
from bot.clock import Clock
from bot.engine.shared import promises, put
from bot.errors import BadCallback
from bot.metrics import Metrics
from bot.works import Works
from handlers.desk import Desk
from handlers.intake import form, origins, proxy
from handlers.wording import staff
from storage.database import Database, Store, is_fault

SECONDS = 8
"""Longest wait for the request to be durable; whoever asks again with the same origin gets the same number."""
AGAIN_SECONDS = "5"
SOURCE = "web"
"""Where a form comes from that does not say so."""
BY = "api"

_REFUSED = {body.TOO_LARGE: 413, body.TOO_SLOW: 408, body.CUT: 400}
_UNREADABLE = "请求正文必须是 JSON 对象"
_UNPROVEN = "令牌缺失或不正确"
_NOT_NOW = "暂时无法登记，请稍后用同一个外部编号重试"

log = structlog.get_logger(__name__)


class _Unreadable(Exception):  # noqa: N818 - an answer, not a fault
    """The body is no JSON object."""


@dataclass(frozen=True, slots=True)
class Intake:
    """The route and what it works with; `token` is never shown and compared in constant time."""

    token: str
    database: Database
    clock: Clock
    works: Works
    metrics: Metrics

    async def take(self, request: Request) -> Response:
        """Register what the body says: 201 with the number, 200 if it was registered before, 422 by field."""
        outcome, answer = await self._answered(request)
        self.metrics.callback(BY, outcome)
        return answer

    async def _answered(self, request: Request) -> tuple[str, Response]:
        if not self._proven(request.headers.get("authorization", "")):
            return "unproven", JSONResponse({"error": _UNPROVEN}, 401, {"WWW-Authenticate": "Bearer"})
        desk = self.works.desk()
        if desk is None:
            return "unavailable", _not_now()
        try:
            given = _form(await body.read(request.scope, request.receive))
            entered = await self._entered(given, request.headers.get(origins.KEY, ""), desk)
        except Exception as error:
            refused = _refused(error)
            if refused is None:
                raise
            return refused
        said = {"number": entered.request.number}
        return ("accepted", JSONResponse(said, 201)) if entered.new else ("repeat", JSONResponse(said, 200))

    async def _entered(self, given: form.Form, key: str, desk: Desk) -> proxy.Entered:
        now = self.clock.now()
        origin = f"key:{blake2b(key.encode(), digest_size=16).hexdigest()}" if key else f"auto:{uuid4().hex}"
        body_ = origins.digest(given) if key else ""
        fit = await asyncio.to_thread(proxy.read, given, now, desk, source=SOURCE, origin=origin, body=body_)

        def work(store: Store) -> tuple[proxy.Entered, set[str]]:
            entered = proxy.enter(fit, now, store, desk, by=BY)
            return entered, put(store, promises(entered.outgoing), now)

        async with asyncio.timeout(SECONDS):
            entered, queues = await self.database.run(work)
        for queue in queues:
            self.works.wake(queue)
        return entered

    def _proven(self, said: str) -> bool:
        scheme, _, token = said.partition(" ")
        # Both are compared whole, so that the time taken tells nothing of the token.
        right = hmac.compare_digest(token.strip().encode("latin-1", "replace"), self.token.encode())
        return right and scheme.lower() == "bearer"


def _refused(error: Exception) -> tuple[str, Response] | None:
    """Answer what is the caller's fault, or the database's; None for a fault of ours."""
    if isinstance(error, BadCallback):
        # What a client still sends of a body that is too large is not worth reading.
        close = {"Connection": "close"} if error.reason == body.TOO_LARGE else None
        return error.reason, JSONResponse({"error": error.reason}, _REFUSED.get(error.reason, 400), close)
    if isinstance(error, _Unreadable):
        return "json", JSONResponse({"error": _UNREADABLE}, 400)
    if isinstance(error, form.Unfit):
        return "unfit", JSONResponse({"errors": error.problems}, 422)
    if isinstance(error, origins.Spent):
        return "spent", JSONResponse({"errors": {error.field: str(error)}}, 422)
    if isinstance(error, TimeoutError) or is_fault(error):
        log.warning("intake not kept", reason=type(error).__name__)
        return "unavailable", _not_now()
    return None


def _form(content: bytes) -> form.Form:
    """Read a form from JSON: numbers count as text, null as nothing; raises _Unreadable and form.Unfit."""
    try:
        said: Any = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _Unreadable from None
    if not isinstance(said, dict):
        raise _Unreadable
    known = "、".join(form.LABELS)
    problems = {key: staff.UNFIT["unknown"].format(options=known) for key in said if key not in form.LABELS}
    values = {key: _text(value) for key, value in said.items() if key in form.LABELS}
    problems |= {key: staff.UNFIT["text"] for key, value in values.items() if value is None}
    if problems:
        raise form.Unfit(problems)
    return form.Form(**{key: value for key, value in values.items() if value is not None})


def _text(value: object) -> str | None:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _not_now() -> Response:
    return JSONResponse({"error": _NOT_NOW}, 503, {"Retry-After": AGAIN_SECONDS})
