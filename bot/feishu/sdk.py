"""The one place that imports lark_oapi: lazily, slim, silent, and over our own HTTP session.

`import lark_oapi` loads 11 000 modules (seconds, 178 MB). Empty packages in place of its `__init__` modules let single
requests be imported: half a second, 45 MB less the socket. Of the SDK we use the requests (paths, field names),
its transport and its long connection. Its token cache (two apps can cross credentials, a revoked token is kept), its
parsing of answers (fails on a proxy's page) and its dispatcher (answers 500 with the exception's text) stay unused.
"""

import importlib
import logging
import sys
import threading
import types
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from bot.feishu.wire import Wire

_EMPTY = ("", ".api", ".event", ".ws")
"""Packages of lark_oapi whose `__init__` imports far too much."""
_IM = "lark_oapi.api.im.v1.model"
_importing = threading.Lock()


class Answer(NamedTuple):
    """An HTTP answer as it came; header names in Title-Case."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Sdk:
    """The calls we make, each blocking: to be run in a thread. limits.Unanswered and limits.TooLarge come through."""

    def __init__(self, api_base: str, wire: "Wire") -> None:
        self._lark = _load(wire)
        self._config = self._lark.Config()
        self._config.domain = api_base.rstrip("/")
        self._config.source = "yingxu"

    def tenant_token(self, app_id: str, app_secret: str) -> Answer:
        """Get a tenant_access_token (2 h at most)."""
        path = "/open-apis/auth/v3/tenant_access_token/internal"
        return self._ask(self._plain("POST", path, {"app_id": app_id, "app_secret": app_secret}), "")

    def bot(self, token: str) -> Answer:
        """Get the bot's own name and open_id."""
        return self._ask(self._plain("GET", "/open-apis/bot/v3/info", None), token)

    def create(self, token: str, to: tuple[str, str], msg_type: str, content: str, uuid: str) -> Answer:
        """Send a message to (receive_id_type, receive_id)."""
        builder = self._lark.CreateMessageRequest.builder().receive_id_type(to[0])
        body = {"receive_id": to[1], "msg_type": msg_type, "content": content, "uuid": uuid}
        return self._ask(builder.request_body(body).build(), token)

    def reply(self, token: str, message_id: str, msg_type: str, content: str, uuid: str, threaded: bool) -> Answer:
        """Answer under a message, in its thread or as a quotation."""
        builder = self._lark.ReplyMessageRequest.builder().message_id(message_id)
        body = {"msg_type": msg_type, "content": content, "uuid": uuid, "reply_in_thread": threaded}
        return self._ask(builder.request_body(body).build(), token)

    def patch(self, token: str, message_id: str, content: str) -> Answer:
        """Replace the content of a card of ours."""
        builder = self._lark.PatchMessageRequest.builder().message_id(message_id)
        return self._ask(builder.request_body({"content": content}).build(), token)

    def upload_image(self, token: str, image: IO[bytes], name: str) -> Answer:
        """Upload a picture for messages."""
        request = self._lark.CreateImageRequest.builder().build()
        return self._upload(request, token, {"image_type": "message"}, "image", image, name)

    def upload_file(self, token: str, file: IO[bytes], name: str, kind: str) -> Answer:
        """Upload a file for messages; `kind` is opus, mp4, pdf, doc, xls, ppt or stream."""
        request = self._lark.CreateFileRequest.builder().build()
        return self._upload(request, token, {"file_type": kind, "file_name": name}, "file", file, name)

    def resource(self, token: str, message_id: str, key: str, kind: str) -> Answer:
        """Get what a person sent; `kind` is image or file."""
        builder = self._lark.GetMessageResourceRequest.builder().message_id(message_id).file_key(key).type(kind)
        return self._ask(builder.build(), token)

    def _plain(self, method: str, path: str, body: dict[str, str] | None) -> Any:
        """Build a request of the SDK for a call it has no type for."""
        request = self._lark.BaseRequest.builder().http_method(self._lark.HttpMethod[method]).uri(path)
        return request.body(body).build()

    def _upload(
        self, request: Any, token: str, fields: dict[str, str], part: str, file: IO[bytes], name: str
    ) -> Answer:
        """Send multipart with a file name: the SDK's own form has none, and turns bytes into the text "b'...'"."""
        form = self._lark.MultipartEncoder({**fields, part: (name, file, "application/octet-stream")})
        request.body = form
        return self._ask(request, token, form.content_type)

    def _ask(self, request: Any, token: str, content_type: str = "application/json; charset=utf-8") -> Answer:
        """Run one request with our token and type; only the transport of the SDK is involved."""
        option = self._lark.RequestOption()
        option.tenant_access_token = token
        option.headers = {"Content-Type": content_type} if request.body is not None else {}
        request.token_types = {self._lark.AccessTokenType.TENANT} if token else set()
        raw = self._lark.Transport.execute(self._config, request, option)
        return Answer(raw.status_code, raw.headers, raw.content)


def socket_module(wire: "Wire", loop: Any) -> Any:
    """lark_oapi.ws.client, bound to `loop` (it keeps one loop in a module variable, taken at import) and our wire."""
    with _importing:
        _prepare()
        dispatcher = "lark_oapi.event.dispatcher_handler"
        if dispatcher not in sys.modules:  # 6 000 modules of event types for a name in a type hint
            sys.modules[dispatcher] = types.ModuleType(dispatcher)
            vars(sys.modules[dispatcher])["EventDispatcherHandler"] = object
        client = importlib.import_module("lark_oapi.ws.client")
    vars(client).update(loop=loop, requests=wire)
    return client


def _load(wire: "Wire") -> Any:
    """Import what we use and give the SDK's transport our wire."""
    with _importing:
        _prepare()
        core = importlib.import_module("lark_oapi.core.model")
        transport = importlib.import_module("lark_oapi.core.http.transport")
        enum = importlib.import_module("lark_oapi.core.enum")
        names = ("CreateMessage", "ReplyMessage", "PatchMessage", "CreateImage", "CreateFile", "GetMessageResource")
        typed = {f"{name}Request": _request(f"{name}Request") for name in names}
    vars(transport)["requests"] = wire
    shared = (core.Config, core.BaseRequest, core.RequestOption, enum.HttpMethod, enum.AccessTokenType)
    known = {kind.__name__: kind for kind in (*shared, transport.Transport, transport.MultipartEncoder)}
    return types.SimpleNamespace(**known, **typed)


def _request(name: str) -> Any:
    """Import one request type: CreateMessageRequest lives in create_message_request."""
    module = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
    return getattr(importlib.import_module(f"{_IM}.{module}"), name)


def _prepare() -> None:
    """Put empty packages in place of the heavy ones, unless somebody has imported the real ones, and silence the log.

    The SDK prints to stdout, and at INFO the long connection's address with its secrets.
    """
    if "lark_oapi" not in sys.modules:
        spec = find_spec("lark_oapi")
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError("lark_oapi")
        for name in _EMPTY:
            package = types.ModuleType(f"lark_oapi{name}")
            package.__path__ = [str(Path(spec.origin).parent.joinpath(*name.split(".")))]
            sys.modules[package.__name__] = package
    importlib.import_module("lark_oapi.core.log")
    logger = logging.getLogger("Lark")
    logger.handlers.clear()
    logger.disabled = True
