"""The limit of what a callback can cost in Python: signature, decryption and 200, and nothing is remembered."""

import base64
import hashlib
import re
import sys
from urllib.parse import parse_qs

import uvicorn
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

from tests.bench.letters import AES_KEY, CORP, TOKEN

_KEY = base64.b64decode(AES_KEY + "=")
_CIPHER = Cipher(algorithms.AES(_KEY), modes.CBC(_KEY[:16]))
_ENCRYPTED = re.compile(rb"<Encrypt><!\[CDATA\[([^\]]+)")
_OK, _FORBIDDEN = 200, 403


async def application(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Answer one callback."""
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        event = await receive()
        if event["type"] != "http.request":
            return
        body, more = body + event["body"], event["more_body"]
    status = _OK if scope["method"] == "GET" or _proven(scope["query_string"], body) else _FORBIDDEN
    headers = [(b"content-length", b"0")]
    await send({"type": "http.response.start", "status": status, "headers": headers, "trailers": False})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _proven(query: bytes, body: bytes) -> bool:
    said = {name: values[0] for name, values in parse_qs(query.decode()).items()}
    found = _ENCRYPTED.search(body)
    if not found:
        return False
    encrypted = found[1].decode()
    parts = "".join(sorted([TOKEN, said["timestamp"], said["nonce"], encrypted])).encode()
    if hashlib.sha1(parts, usedforsecurity=False).hexdigest() != said["msg_signature"]:
        return False
    decryptor = _CIPHER.decryptor()
    plain = decryptor.update(base64.b64decode(encrypted)) + decryptor.finalize()
    return plain[: -plain[-1]].endswith(CORP.encode())


def main() -> None:
    """Serve on the port that is given."""
    config = uvicorn.Config(
        application,
        port=int(sys.argv[1]),
        access_log=False,
        log_level="error",
        lifespan="off",
        http="httptools",
        loop="uvloop",
    )
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main()
