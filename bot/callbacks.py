"""Callbacks of both platforms: read, proven by the edge, durable, and only then acknowledged."""

import hashlib
from asyncio import timeout
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot import body
from bot.clock import Clock
from bot.errors import BadCallback
from bot.feishu.edge import Challenge, Event, FeishuEdge
from bot.metrics import Metrics
from bot.wecom.edge import Pull, WeComEdge
from bot.works import Works
from handlers.messages import Incoming, Toast
from storage import jobs
from storage.database import Database, Store, is_fault

DURABLE_SECONDS = 4.5
"""WeCom cuts the connection after 5 s, and Feishu repeats after 3 s: whoever waits longer waits in vain."""
TOAST_SECONDS = 2.0

RECEIVED = Toast(text="已收到", kind="info")

_STATUS = {body.TOO_LARGE: 413, body.TOO_SLOW: 408, body.CUT: 400, "envelope": 400, "xml": 400, "json": 400}
"""Refusals that are not simply 403."""
_CLOSE = {"connection": "close"}
"""What a client still sends of a refused body is not worth reading."""

log = structlog.get_logger(__name__)


class Unavailable(Exception):  # noqa: N818 - named for what is wrong
    """Nothing can be made durable at the moment; the platform will repeat."""


@dataclass(frozen=True, slots=True)
class Callbacks:
    """The callback routes and what they work with."""

    wecom: WeComEdge
    feishu: FeishuEdge
    database: Database
    clock: Clock
    works: Works
    metrics: Metrics

    async def check_wecom(self, request: Request) -> Response:
        """GET /wecom/callback: the console checks the address; the answer is the bare echostr."""

        async def work() -> tuple[str, Response]:
            return "challenge", PlainTextResponse(self.wecom.verify_url(request.query_params))

        return await self._answered("wecom", work)

    async def from_wecom(self, request: Request) -> Response:
        """POST /wecom/callback: always an empty body, answers go by API."""

        async def work() -> tuple[str, Response]:
            content = await body.read(request)
            read = self.wecom.read(request.query_params, content, self.clock.now())
            if isinstance(read, Pull):
                return await self._pull(read, hashlib.sha256(content).hexdigest()), Response()
            return await self._keep(read), Response()

        return await self._answered("wecom", work)

    async def from_feishu(self, request: Request) -> Response:
        """POST /feishu/event: `{}`, a toast for a press, or the challenge."""

        async def work() -> tuple[str, Response]:
            content = await body.read(request)
            read = self.feishu.read(request.headers, content, self.clock.now())
            if isinstance(read, Challenge):
                return "challenge", JSONResponse({"challenge": read.challenge})
            outcome, answer = await self._happened(read)
            return outcome, JSONResponse(answer)

        return await self._answered("feishu", work)

    async def from_socket(self, payload: bytes) -> dict[str, Any]:
        """Take an event of the long connection; Unavailable if it could not be kept and must come again."""
        outcome = "unavailable"
        try:
            outcome, answer = await self._happened(self.feishu.read_socket(payload, self.clock.now()))
            return answer
        finally:
            self.metrics.callback("feishu", outcome)

    async def _happened(self, event: Event) -> tuple[str, dict[str, Any]]:
        """Keep an event; a press waits a moment for the toast that says what came of it."""
        if event.incoming is None:
            return event.ignored, _toast(RECEIVED) if event.toast_needed else {}
        outcome = await self._keep([event.incoming])
        if not event.toast_needed:
            return outcome, {}
        return outcome, _toast(await self.works.wait_for(event.incoming.id, TOAST_SECONDS) or RECEIVED)

    async def _answered(self, platform: str, work: Callable[[], Awaitable[tuple[str, Response]]]) -> Response:
        """Count and answer; nothing but the state of the database leads to a 5xx."""
        try:
            outcome, response = await work()
        except BadCallback as refused:
            outcome, response = refused.reason, _refusal(refused.reason)
        except Unavailable as error:
            outcome, response = "unavailable", Response(status_code=503)
            log.warning("callback not kept", platform=platform, reason=str(error))
        except Exception:  # what is left is caused by content no reader foresaw, and a repeat would bring it again
            outcome, response = "unusable", Response(status_code=400)
            log.exception("callback unusable", platform=platform)
        self.metrics.callback(platform, outcome)
        if response.status_code in {400, 403, 408, 413}:
            log.warning("callback refused", platform=platform, reason=outcome)
        return response

    async def _keep(self, said: list[Incoming]) -> str:
        if not said:
            return "ignored"
        new = [jobs.New("in", one.chat, one.id, msgspec.json.encode(one)) for one in said]
        return await self._durable(new)

    async def _pull(self, pull: Pull, dedup: str) -> str:
        told = {"kind": "kf_pull", "open_kfid": pull.open_kfid, "token": pull.token}
        payload = msgspec.json.encode(told | {"token_at": self.clock.now().isoformat()})
        return await self._durable([jobs.New("fetch", f"kf:{pull.open_kfid}", dedup, payload)])

    async def _durable(self, new: list[jobs.New]) -> str:
        now = self.clock.now()

        def work(store: Store) -> int:
            return jobs.put_many(store, new, now)

        try:
            async with timeout(DURABLE_SECONDS):
                count = await self.database.run(work)
        except TimeoutError:
            raise Unavailable("the database is too slow") from None
        except Exception as error:
            if is_fault(error):
                raise Unavailable(type(error).__name__) from error
            raise
        if not count:
            return "repeat"
        self.works.wake(new[0].queue)
        return "accepted"


def _refusal(reason: str) -> Response:
    return Response(status_code=_STATUS.get(reason, 403), headers=_CLOSE if reason == body.TOO_LARGE else None)


def _toast(toast: Toast) -> dict[str, Any]:
    return {"toast": {"type": toast.kind, "content": toast.text}}
