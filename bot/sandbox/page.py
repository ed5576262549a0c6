"""The page: static files, news as server-sent events, and the acts of one person who plays everybody."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.sandbox import memory, mishaps
from bot.sandbox.feishu import NotOnCardError
from bot.sandbox.news import News, cast_for_page
from bot.sandbox.stage import NotHeardError, NothingToPressError, Stage, shown
from bot.sandbox.tour import Tour

Json = dict[str, Any]
STATIC = Path(__file__).parent / "static"
GLANCE = 0.15
"""Seconds between two looks whether somebody sees something new."""
HEARTBEAT = 15.0
"""Seconds after which news go out even if nothing happened, so that a dead connection is noticed."""
MOST_BYTES = 20 * 1024 * 1024
_OPEN = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Page:
    """The routes over one stage."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._tour = Tour(stage)
        self._closing = asyncio.Event()
        routes = [
            Route("/news", self._news),
            Route("/act", self._act, methods=["POST"]),
            Route("/upload", self._upload, methods=["POST"]),
            Route("/media/wecom/{who}/{id:int}", self._wecom_media),
            Route("/media/feishu/{key}", self._feishu_media),
            Mount("/", StaticFiles(directory=STATIC, html=True)),
        ]
        # Other sites must neither read this page (a name of theirs that points here) nor act on it (see _act).
        hosts = Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
        self.app: ASGIApp = Starlette(routes=routes, middleware=[hosts, Middleware(_Careful)])

    def close(self) -> None:
        """Let open pages go, which would wait for news for ever."""
        self._closing.set()

    async def _news(self, _: Request) -> Response:
        return StreamingResponse(self._events(), media_type="text/event-stream")

    async def _events(self) -> AsyncIterator[str]:
        news, stage, first = News(self._stage), self._stage, True
        known: object = None
        idle = 0.0
        while not self._closing.is_set():
            revision = (*memory.revision(stage.wecom, stage.feishu), stage.product.clock.offset)
            if revision != known or idle >= HEARTBEAT:
                known, idle = revision, 0.0
                told = {"now": stage.now().isoformat(), "messages": news.fresh(), "done": self._tour.look()}
                if first:
                    told["cast"], first = cast_for_page(stage), False
                yield f"data: {json.dumps(told, ensure_ascii=False)}\n\n"
            await asyncio.sleep(GLANCE)
            idle += GLANCE

    async def _act(self, request: Request) -> Response:
        """Do what the page tells. JSON only: that is what another site's page cannot send without asking first."""
        if request.headers.get("content-type", "").split(";")[0] != "application/json":
            return JSONResponse({"error": "只接受 JSON"}, 415)
        try:
            deed = json.loads(await request.body())
            return JSONResponse(await _DEEDS[deed["do"]](self._stage, deed, self._tour) or {})
        except (NothingToPressError, NotOnCardError, NotHeardError) as error:
            return JSONResponse({"error": str(error)}, 409)
        except (KeyError, TypeError) as error:
            return JSONResponse({"error": f"看不懂：{error}"}, 400)
        except (LookupError, ValueError) as error:
            return JSONResponse({"error": str(error)}, 400)

    async def _upload(self, request: Request) -> Response:
        if request.headers.get("content-type") != "application/octet-stream":
            return JSONResponse({"error": "只接受 application/octet-stream"}, 415)
        who, name = request.query_params.get("who", ""), request.query_params.get("name", "")
        kind = "image" if request.query_params.get("kind") == "image" else "file"
        content = await request.body()
        if not 0 < len(content) <= MOST_BYTES:
            return JSONResponse({"error": "文件为空，或超过 20 MB"}, 413)
        try:
            sends = self._stage.staff_sends if who in self._stage.cast.staff else self._stage.customer_sends
            await sends(kind, content, name, who)
        except (LookupError, NotHeardError) as error:
            return JSONResponse({"error": str(error)}, 409)
        return JSONResponse({})

    async def _wecom_media(self, request: Request) -> Response:
        try:
            seen = self._stage.seen_in_wecom(request.path_params["who"])
        except LookupError:
            seen = []
        found = [one for one in seen if one.id == request.path_params["id"] and one.media is not None]
        return _file(found[0].media or b"", found[0].filename) if found else Response(status_code=404)

    async def _feishu_media(self, request: Request) -> Response:
        try:
            resource = self._stage.feishu.resource(request.path_params["key"])
        except KeyError:
            return Response(status_code=404)
        return _file(resource.content, resource.filename)


# --- what the page can tell -------------------------------------------------------------------------------------------


async def _say(stage: Stage, deed: Json, _: Tour) -> None:
    who, text = str(deed["who"]), str(deed["text"])
    if who in stage.cast.staff:
        await stage.staff(text, who, thread_of=str(deed.get("thread", "")))
    else:
        await stage.customer(text, who)


async def _tap(stage: Stage, deed: Json, _: Tour) -> None:
    who = str(deed["who"])
    await stage.tap_on(who, _message(stage, deed), str(deed["item"]))


async def _press(stage: Stage, deed: Json, _: Tour) -> Json:
    who, label, form = str(deed["who"]), str(deed["label"]), dict(deed.get("form") or {})
    if who not in stage.cast.staff:
        await stage.tap_on(who, _message(stage, deed), label, {key: [value] for key, value in form.items()})
        return {}
    toast = shown(await stage.feishu.clicks(who, str(deed["message"]), label, form or None))
    return {"toast": {"kind": toast.type, "text": toast.content}} if toast else {}


async def _turn(stage: Stage, deed: Json, _: Tour) -> Json:
    wanted = str(deed["span"])
    pending = await (stage.until_morning() if wanted == "morning" else stage.wait(wanted))
    return {"now": stage.now().isoformat(), "pending": pending}


async def _fault(stage: Stage, deed: Json, _: Tour) -> Json:
    if deed["kind"] == "clear":
        mishaps.clear(stage)
        return {"toast": {"kind": "success", "text": "平台恢复正常"}}
    return {"toast": {"kind": "warning", "text": mishaps.cause(stage, str(deed["platform"]), str(deed["kind"]))}}


async def _tour(stage: Stage, deed: Json, tour: Tour) -> Json:
    return {"done": await tour.play(int(deed["step"]))}


_DEEDS: dict[str, Callable[[Stage, Json, Tour], Awaitable[Json | None]]] = {
    "say": _say,
    "tap": _tap,
    "press": _press,
    "turn": _turn,
    "fault": _fault,
    "tour": _tour,
}


def _message(stage: Stage, deed: Json) -> Any:
    for message in stage.seen_in_wecom(str(deed["who"])):
        if str(message.id) == str(deed["message"]):
            return message
    raise NothingToPressError("没有这条消息")


# --- answers ----------------------------------------------------------------------------------------------------------


def _file(content: bytes, name: str) -> Response:
    """Answer with a picture, or with a download: nothing that somebody uploaded may run in the page."""
    kind = next((kind for start, kind in _OPEN.items() if content.startswith(start)), "")
    headers = {} if kind else {"Content-Disposition": f"attachment; filename*=utf-8''{quote(name or 'file')}"}
    return Response(content, media_type=kind or "application/octet-stream", headers=headers)


class _Careful:
    """ASGI middleware: the headers that keep a page to itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self._app(scope, receive, with_headers)
