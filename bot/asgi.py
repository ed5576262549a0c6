"""ASGI as far as the busiest routes need it: what a request says, and an answer of a few bytes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from starlette.types import Scope, Send

JSON, TEXT = b"application/json", b"text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; `close` ends the connection, `allow` names the methods there are."""

    status: int = 200
    body: bytes = b""
    kind: bytes = b""
    close: bool = False
    allow: bytes = b""

    async def give(self, send: "Send") -> None:
        """Send this answer."""
        headers = [(b"content-length", b"%d" % len(self.body))]
        if self.kind:
            headers.append((b"content-type", self.kind))
        if self.close:
            headers.append((b"connection", b"close"))
        if self.allow:
            headers.append((b"allow", self.allow))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


def query_of(scope: "Scope") -> dict[str, str]:
    """Return the parameters of the address; of a repeated one the last."""
    return dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))


def headers_of(scope: "Scope") -> dict[str, str]:
    """Return the headers by their names in small letters; of a repeated one the last."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
