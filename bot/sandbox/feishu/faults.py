"""Faults on demand: answers with a code, a page of HTML, silence, or a connection that breaks."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


@dataclass
class Fault:
    """What goes wrong for the next `times` calls; `after` lets the call take effect first and loses its answer."""

    prefix: str
    times: int
    code: int | None = None
    http: int | None = None
    html: bool = False
    hang: float = 0.0
    reset: bool = False
    after: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def answers(self) -> bool:
        """Whether the fault answers by itself; one that only hangs is slow and then works."""
        return self.code is not None or self.http is not None or self.html

    def response(self) -> Response:
        """Build the wrong answer."""
        if self.html:
            return HTMLResponse(BAD_GATEWAY, self.http or 502, self.headers)
        code = self.code if self.code is not None else self.http
        return logged(JSONResponse({"code": code, "msg": "injected fault"}, self.http or 400, self.headers), "injected")


def logged(response: Response, log_id: str) -> Response:
    """Add the log id; ASGI lowers its name on the wire, while the SDK's `get_log_id` wants the platform's capitals."""
    response.headers["X-Tt-Logid"] = log_id
    return response


class FaultGate:
    """ASGI middleware: takes the first fault whose prefix fits "/path" or "METHOD /path"."""

    def __init__(self, app: ASGIApp, faults: list[Fault]) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, spoilt or not."""
        fault = self._take(scope) if scope["type"] == "http" else None
        if fault is None:
            await self._app(scope, receive, send)
        else:
            await self._spoil(fault, scope, receive, send)

    def _take(self, scope: Scope) -> Fault | None:
        path, line = scope["path"], f"{scope['method']} {scope['path']}"
        for fault in self._faults:
            if fault.times > 0 and (path.startswith(fault.prefix) or line.startswith(fault.prefix)):
                fault.times -= 1
                return fault
        return None

    async def _spoil(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        real: list[Message] = []
        if fault.after:
            await self._app(scope, receive, _into(real))
        await asyncio.sleep(fault.hang)
        if fault.reset:
            await _abort(receive, send)
        elif fault.answers:
            await fault.response()(scope, receive, send)
        elif fault.after:
            for message in real:
                await send(message)
        else:
            await self._app(scope, receive, send)


def _into(kept: list[Message]) -> Send:
    async def keep(message: Message) -> None:
        kept.append(message)

    return keep


async def _abort(receive: Receive, send: Send) -> None:
    """Break the TCP connection. ASGI has no word for it: uvicorn's cycle, which `receive` is bound to, knows it."""
    transport: Any = getattr(getattr(receive, "__self__", None), "transport", None)
    if transport is None:  # another server: half an answer looks almost the same to a client
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"64")]})
        return
    transport.abort()
    await asyncio.sleep(0.01)  # lets the server notice, otherwise it complains that nothing was answered
