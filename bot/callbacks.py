"""Callbacks of both platforms: read, proven by the edge, durable, and only then acknowledged."""

import hashlib
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from bot import body
from bot.asgi import JSON, TEXT, Answer, headers_of, query_of
from bot.clock import Clock
from bot.errors import BadCallback
from bot.feishu.edge import Challenge, Event, FeishuEdge
from bot.metrics import Metrics
from bot.tray import Tray, Unavailable
from bot.wecom.edge import Pull, WeComEdge
from bot.works import Works
from handlers.messages import Incoming, Toast
from storage import jobs, queues

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

TOAST_SECONDS = 2.0

RECEIVED = Toast(text="已收到", kind="info")

_STATUS = {body.TOO_LARGE: 413, body.TOO_SLOW: 408, body.CUT: 400, "envelope": 400, "xml": 400, "json": 400}
"""Refusals that are not simply 403."""
_OK = Answer()
_PULLS = queues.fetching("wecom")

log = structlog.get_logger(__name__)
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Callbacks:
    """The callback routes and what they work with."""

    wecom: WeComEdge
    feishu: FeishuEdge
    tray: Tray
    clock: Clock
    works: Works
    metrics: Metrics

    async def check_wecom(self, scope: "Scope", _: "Receive", send: "Send") -> None:
        """GET /wecom/callback: the console checks the address; the answer is the bare echostr."""

        async def work() -> tuple[str, Answer]:
            return "challenge", Answer(body=self.wecom.verify_url(query_of(scope)).encode(), kind=TEXT)

        await (await self._answered("wecom", work())).give(send)

    async def from_wecom(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """POST /wecom/callback: always an empty body, answers go by API."""

        async def work() -> tuple[str, Answer]:
            content = await body.read(scope, receive)
            read = self.wecom.read(query_of(scope), content, self.clock.now())
            if isinstance(read, Pull):
                return await self._pull(read, hashlib.sha256(content).hexdigest()), _OK
            return await self._keep(read), _OK

        await (await self._answered("wecom", work())).give(send)

    async def from_feishu(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """POST /feishu/event: `{}`, a toast for a press, or the challenge."""

        async def work() -> tuple[str, Answer]:
            content = await body.read(scope, receive)
            read = self.feishu.read(headers_of(scope), content, self.clock.now())
            if isinstance(read, Challenge):
                return "challenge", Answer(body=_encode({"challenge": read.challenge}), kind=JSON)
            outcome, answer = await self._happened(read)
            return outcome, Answer(body=_encode(answer), kind=JSON)

        await (await self._answered("feishu", work())).give(send)

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

    async def _answered(self, platform: str, work: Awaitable[tuple[str, Answer]]) -> Answer:
        """Count and answer; nothing but the state of the database leads to a 5xx."""
        try:
            outcome, answer = await work
        except BadCallback as refused:
            outcome, answer = refused.reason, _refusal(refused.reason)
        except Unavailable as error:
            outcome, answer = "unavailable", Answer(503)
            log.warning("callback not kept", platform=platform, reason=str(error))
        except Exception:  # what is left is caused by content no reader foresaw, and a repeat would bring it again
            outcome, answer = "unusable", Answer(400)
            log.exception("callback unusable", platform=platform)
        self.metrics.callback(platform, outcome)
        if answer.status in {400, 403, 408, 413}:
            log.warning("callback refused", platform=platform, reason=outcome)
        return answer

    async def _keep(self, said: list[Incoming]) -> str:
        if not said:
            return "ignored"
        new = [jobs.New("in", one.chat, one.id, _encode(one)) for one in said]
        return await self._durable(new)

    async def _pull(self, pull: Pull, dedup: str) -> str:
        told = {"kind": "kf_pull", "open_kfid": pull.open_kfid, "token": pull.token}
        payload = _encode(told | {"token_at": self.clock.now().isoformat()})
        return await self._durable([jobs.New(_PULLS, f"kf:{pull.open_kfid}", dedup, payload)])

    async def _durable(self, new: list[jobs.New]) -> str:
        if not await self.tray.put(new, self.clock.now()):
            return "repeat"
        self.works.wake(new[0].queue)
        return "accepted"


def _refusal(reason: str) -> Answer:
    # What a client still sends of a body that is too large is not worth reading.
    return Answer(_STATUS.get(reason, 403), close=reason == body.TOO_LARGE)


def _toast(toast: Toast) -> dict[str, Any]:
    return {"toast": {"type": toast.kind, "content": toast.text}}
