"""The HTTP face of the simulated platform: routes, tokens, faults and answers."""

import asyncio
import json
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.sandbox.wecom import app_messages, kf_directory, kf_log, kf_send, kf_sessions, media, tokens
from bot.sandbox.wecom.faults import Fault, Faults
from bot.sandbox.wecom.refusals import OK, TEXTS, Refused, require
from bot.sandbox.wecom.request import Request
from bot.sandbox.wecom.state import ApiCall, Json, Medium, Platform

Handler = Callable[[Platform, Request], Json | Medium]
HTTP_OK = 200
HTTP_BAD_GATEWAY = 502
CUT = 0
"""Stands for the status of an answer that never came."""


@dataclass(frozen=True)
class Endpoint:
    """One interface under /cgi-bin/."""

    handler: Handler
    methods: tuple[str, ...] = ("POST",)
    token: bool = True


def _callback_ips(platform: Platform, request: Request) -> Json:
    return {**OK, "ip_list": ["127.0.0.1"]}


ENDPOINTS: dict[str, Endpoint] = {
    "gettoken": Endpoint(tokens.gettoken, ("GET",), token=False),
    "getcallbackip": Endpoint(_callback_ips, ("GET",)),
    "message/send": Endpoint(app_messages.send),
    "message/recall": Endpoint(app_messages.recall),
    "message/update_template_card": Endpoint(app_messages.update_template_card),
    "media/upload": Endpoint(media.upload),
    "media/get": Endpoint(media.fetch, ("GET",)),
    "kf/sync_msg": Endpoint(kf_log.sync_msg),
    "kf/send_msg": Endpoint(kf_send.send_msg),
    "kf/send_msg_on_event": Endpoint(kf_send.send_msg_on_event),
    "kf/service_state/get": Endpoint(kf_sessions.service_state_get),
    "kf/service_state/trans": Endpoint(kf_sessions.service_state_trans),
    "kf/customer/batchget": Endpoint(kf_directory.customer_batchget),
    "kf/account/list": Endpoint(kf_directory.account_list, ("GET", "POST")),
    "kf/servicer/list": Endpoint(kf_directory.servicer_list, ("GET",)),
    "kf/add_contact_way": Endpoint(kf_directory.add_contact_way),
}


def _no_such(platform: Platform, request: Request) -> Json:
    raise Refused(404)


NO_ENDPOINT = Endpoint(_no_such, ("GET", "POST"), token=False)


class PlatformApp(Starlette):
    """The ASGI application; keeps the server's own `send` at hand, through which a connection can be cut."""

    def __init__(self, platform: Platform, faults: Faults) -> None:
        self._platform = platform
        self._faults = faults
        super().__init__(routes=[Route("/cgi-bin/{endpoint:path}", self._answer, methods=["GET", "POST"])])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        scope["server_send"] = send
        await super().__call__(scope, receive, send)

    async def _answer(self, http: HttpRequest) -> Response:
        started = time.monotonic()
        endpoint = http.path_params["endpoint"]
        content_type = http.headers.get("content-type", "")
        request = Request(http.method, dict(http.query_params), await http.body(), content_type)
        fault = self._faults.next(endpoint)
        answer = await self._run(endpoint, request, fault)
        errcode, response = _response(answer, fault)
        status = CUT if fault and fault.reset else response.status_code
        call = ApiCall(endpoint, self._platform.now(), time.monotonic() - started, errcode, status)
        self._platform.calls.append(call)
        self._platform.counts[endpoint, errcode] += 1
        return _CutConnection() if status == CUT else response

    async def _run(self, endpoint: str, request: Request, fault: Fault | None) -> Json | Medium:
        if fault is None:
            return handle(self._platform, endpoint, request)
        if fault.after:
            answer = handle(self._platform, endpoint, request)
            await asyncio.sleep(fault.hang)
            return answer
        await asyncio.sleep(fault.hang)
        return handle(self._platform, endpoint, request) if fault.only_slow else dict(OK)


def handle(platform: Platform, endpoint: str, request: Request) -> Json | Medium:
    """Work one call off as if there were no network: a JSON answer, refusals included, or a file."""
    try:
        found = ENDPOINTS.get(endpoint, NO_ENDPOINT)
        require(request.method in found.methods, 43001 if found.methods == ("GET",) else 43002)
        _check_rate(platform, endpoint)
        if found.token:
            tokens.check_token(platform, request)
        return found.handler(platform, request)
    except Refused as refusal:
        return refusal_answer(refusal.errcode, refusal.detail)


def refusal_answer(errcode: int, detail: str = "") -> Json:
    """Return a refusal as the platform words it, with a hint that differs each time."""
    text = " ".join(one for one in (TEXTS.get(errcode, "error"), detail) if one)
    hint = secrets.randbelow(10**20)
    more = f"more info at https://open.work.weixin.qq.com/devtool/query?e={errcode}"
    return {"errcode": errcode, "errmsg": f"{text}, hint: [{hint}], from ip: 127.0.0.1, {more}"}


def _check_rate(platform: Platform, endpoint: str) -> None:
    limit = platform.quirks.rate_per_minute.get(endpoint)
    if limit is None:
        return
    now, recent = platform.now(), platform.recent_calls.setdefault(endpoint, deque())
    while recent and now - recent[0] >= timedelta(minutes=1):
        recent.popleft()
    require(len(recent) < limit, 45009)
    recent.append(now)


def _response(answer: Json | Medium, fault: Fault | None) -> tuple[int, Response]:
    if fault is not None and (fault.http is not None or fault.html):
        status = fault.http or HTTP_OK
        page = f"<html><head><title>{status}</title></head><body><h1>nginx</h1></body></html>"
        return 0, Response(page if fault.html or status >= HTTP_BAD_GATEWAY else "", status, media_type="text/html")
    if fault is not None and fault.errcode is not None:
        answer = refusal_answer(fault.errcode)
    if isinstance(answer, Medium):
        disposition = f"attachment; filename=\"{quote(answer.filename)}\"; filename*=utf-8''{quote(answer.filename)}"
        headers = {"Content-Disposition": disposition}
        return 0, Response(answer.content, media_type=answer.content_type, headers=headers)
    content = json.dumps(answer, ensure_ascii=False).encode()
    return int(answer["errcode"]), Response(content, media_type="application/json; charset=UTF-8")


class _CutConnection(Response):
    """No answer at all: the connection is closed under the caller."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Only uvicorn's own `send` belongs to an object that holds the transport; behind other servers or
        # mounts the answer breaks off after its head instead.
        owner = getattr(scope["server_send"], "__self__", None)
        transport = getattr(owner, "transport", None)
        if transport is None:
            await send({"type": "http.response.start", "status": HTTP_OK, "headers": [(b"content-length", b"2")]})
            raise ConnectionResetError("cut on demand")
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass
