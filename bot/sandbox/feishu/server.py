"""The HTTP and websocket face of the simulated platform: routes, tokens, rate limits, the shape of answers."""

import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute

from bot.sandbox.feishu import messages, uploads
from bot.sandbox.feishu.errors import RefusedError
from bot.sandbox.feishu.faults import Fault, FaultGate, logged
from bot.sandbox.feishu.longconn import LongConnections
from bot.sandbox.feishu.state import World
from bot.sandbox.feishu.tokens import Tokens

Json = dict[str, Any]
IM = "/open-apis/im/v1"
ONE = IM + "/messages/{message_id}"


@dataclass(frozen=True)
class Call:
    """One call of an API: the request and its whole body."""

    world: World
    request: Request
    raw: bytes

    @property
    def message_id(self) -> str:
        """The message named in the path."""
        return str(self.request.path_params["message_id"])

    @property
    def json(self) -> Json:
        """The body; code 9499 when it is not a JSON object."""
        try:
            body = json.loads(self.raw)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise RefusedError(9499, "Bad Request: the body is not a JSON object")
        return body

    @property
    def parts(self) -> dict[str, uploads.Part]:
        """The parts of an upload."""
        return uploads.parts_of(self.request.headers.get("content-type", ""), self.raw)


API: dict[tuple[str, str], Callable[[Call], Json | Response]] = {
    ("POST", IM + "/messages"): lambda c: messages.create(c.world, c.request.query_params, c.json, len(c.raw)),
    ("POST", ONE + "/reply"): lambda c: messages.reply(c.world, c.message_id, c.json, len(c.raw)),
    ("PATCH", ONE): lambda c: messages.update_card(c.world, c.message_id, c.json, len(c.raw)),
    ("PUT", ONE): lambda c: messages.edit(c.world, c.message_id, c.json, len(c.raw)),
    ("DELETE", ONE): lambda c: messages.recall(c.world, c.message_id),
    ("GET", ONE): lambda c: messages.fetch(c.world, c.message_id),
    ("PATCH", ONE + "/urgent_app"): lambda c: messages.urge(c.world, c.message_id, c.request.query_params, c.json),
    ("POST", ONE + "/reactions"): lambda c: messages.react(c.world, c.message_id, c.json),
    ("POST", IM + "/images"): lambda c: uploads.upload_image(c.world, c.parts),
    ("POST", IM + "/files"): lambda c: uploads.upload_file(c.world, c.parts),
    ("GET", ONE + "/resources/{key}"): lambda c: uploads.download(
        c.world, c.message_id, c.request.path_params["key"], c.request.query_params.get("type", "")
    ),
}


@dataclass(frozen=True)
class Platform:
    """The parts that the routes need."""

    world: World
    tokens: Tokens
    connections: LongConnections
    faults: list[Fault]
    credentials: tuple[str, str]
    base: Callable[[], str]
    calls: list[str]

    def app(self) -> Starlette:
        """Build the ASGI application."""
        routes = [Route(path, self._api(method, path), methods=[method]) for method, path in API]
        return Starlette(
            routes=[
                *routes,
                Route("/open-apis/auth/v3/tenant_access_token/internal", self._token, methods=["POST"]),
                Route("/open-apis/bot/v3/info", self._bot_info, methods=["GET"]),
                Route("/callback/ws/endpoint", self._endpoint, methods=["POST"]),
                WebSocketRoute("/ws/v2", self.connections.serve),
            ],
            middleware=[Middleware(FaultGate, faults=self.faults)],
        )

    def _api(self, method: str, path: str) -> Callable[[Request], Awaitable[Response]]:
        async def handle(request: Request) -> Response:
            raw = await request.body()
            self.calls.append(f"{method} {request.url.path}")
            try:
                self.tokens.check(request.headers.get("authorization", ""))
                self.world.limits.api(f"{method} {path}")
                answer = API[method, path](Call(self.world, request, raw))
            except RefusedError as refused:
                return _refusal(refused)
            if isinstance(answer, Response):
                return logged(answer, secrets.token_hex(16))
            return _answer({"code": 0, "msg": "success", "data": answer})

        return handle

    async def _token(self, request: Request) -> Response:
        body = json.loads(await request.body() or b"{}")
        self.calls.append(f"POST {request.url.path}")
        if body.get("app_id") != self.credentials[0]:
            return _answer({"code": 10003, "msg": "invalid param"})
        if body.get("app_secret") != self.credentials[1]:
            return _answer({"code": 10014, "msg": "app secret invalid"})
        token, left = self.tokens.issue()
        return _answer({"code": 0, "msg": "ok", "tenant_access_token": token, "expire": left})

    async def _bot_info(self, request: Request) -> Response:
        self.calls.append(f"GET {request.url.path}")
        try:
            self.tokens.check(request.headers.get("authorization", ""))
        except RefusedError as refused:
            return _refusal(refused)
        bot = {"activate_status": 2, "app_name": "应需", "avatar_url": "", "open_id": self.world.bot_open_id}
        return _answer({"code": 0, "msg": "ok", "bot": bot})

    async def _endpoint(self, request: Request) -> Response:
        self.calls.append(f"POST {request.url.path}")
        base = self.base() or f"http://{request.headers['host']}"
        return _answer(self.connections.discover(json.loads(await request.body() or b"{}"), base))


def _refusal(refused: RefusedError) -> Response:
    log_id = secrets.token_hex(16)
    return logged(JSONResponse(refused.body(log_id), refused.http, refused.headers), log_id)


def _answer(body: Json) -> Response:
    return logged(JSONResponse(body), secrets.token_hex(16))
