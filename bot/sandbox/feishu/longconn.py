"""The long connection: endpoint discovery, websockets, and events that wait for their acknowledgement."""

import asyncio
import base64
import json
import random
import secrets
from dataclasses import dataclass, field
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.sandbox.feishu.frames import CONTROL, DATA, Frame, decode, encode

MAX_CONNECTIONS, SERVICE_ID = 50, 33
BAD_CREDENTIALS, TOO_MANY = 1000040344, 1000040350
PART_BYTES = 256 * 1024
OK = 200


@dataclass
class Connection:
    """One connected client and the events it has not acknowledged yet."""

    socket: WebSocket
    waiting: dict[str, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)


class LongConnections:
    """All long connections of the app; an event goes to one of them, at random, as in the platform's cluster mode."""

    def __init__(self, app_id: str, app_secret: str) -> None:
        self._credentials = (app_id, app_secret)
        self._tickets: set[str] = set()
        self.connections: list[Connection] = []
        self.part_bytes = PART_BYTES
        self.client_config = {"ReconnectCount": -1, "ReconnectInterval": 1, "ReconnectNonce": 0, "PingInterval": 30}

    def discover(self, body: dict[str, Any], base: str) -> dict[str, Any]:
        """POST /callback/ws/endpoint: an address with a ticket for one connection."""
        if (body.get("AppID"), body.get("AppSecret")) != self._credentials:
            return {"code": BAD_CREDENTIALS, "msg": "app_id or app_secret is invalid"}
        if len(self.connections) >= MAX_CONNECTIONS:
            return {"code": TOO_MANY, "msg": "the number of connections exceeded the limit"}
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
        query = f"fpid=493&aid=552564&device_id={secrets.randbits(62)}&access_key={ticket}&service_id={SERVICE_ID}"
        address = f"{base.replace('http', 'ws', 1)}/ws/v2?{query}&ticket={ticket}"
        return {"code": 0, "msg": "", "data": {"URL": address, "ClientConfig": self.client_config}}

    async def serve(self, socket: WebSocket) -> None:
        """One websocket from its handshake to its end."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets:
            await socket.close()
            return
        self._tickets.discard(ticket)
        await socket.accept()
        connection = Connection(socket)
        self.connections.append(connection)
        try:
            while True:
                await self._hear(connection, await socket.receive_bytes())
        except WebSocketDisconnect:
            pass
        finally:
            self._forget(connection)

    def _forget(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)
        for future in connection.waiting.values():
            future.cancel()

    async def _hear(self, connection: Connection, raw: bytes) -> None:
        frame = decode(raw)
        if frame.method == CONTROL:
            if frame.header("type") == "ping":
                config = json.dumps(self.client_config).encode()
                await connection.socket.send_bytes(encode(Frame(CONTROL, frame.service, (("type", "pong"),), config)))
            return
        future = connection.waiting.get(frame.header("message_id"))
        if future and not future.done():
            future.set_result(json.loads(frame.payload))

    async def push(self, payload: bytes, patience: float) -> tuple[int, bytes]:
        """Send an event; the code of its acknowledgement (0: none came) and the answer that it carries."""
        connection = random.choice(self.connections)
        message_id = secrets.token_hex(16)
        future = connection.waiting[message_id] = asyncio.get_running_loop().create_future()
        try:
            for raw in self._frames(message_id, payload):
                await connection.socket.send_bytes(raw)
            answer = await asyncio.wait_for(future, patience)
        except (TimeoutError, asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
            if _being_cancelled():
                raise
            return 0, b""
        finally:
            connection.waiting.pop(message_id, None)
        return int(answer.get("code", 0)), base64.b64decode(answer.get("data") or "")

    def _frames(self, message_id: str, payload: bytes) -> list[bytes]:
        parts = [payload[at : at + self.part_bytes] for at in range(0, len(payload), self.part_bytes)]
        common = (("type", "event"), ("message_id", message_id), ("trace_id", secrets.token_hex(8)))
        return [
            encode(
                Frame(DATA, SERVICE_ID, (*common, ("sum", str(len(parts))), ("seq", str(seq))), part, seq_id=seq + 1)
            )
            for seq, part in enumerate(parts)
        ]

    async def drop(self) -> None:
        """Close every connection from the platform's side, as a release of the gateway does."""
        for connection in list(self.connections):
            await connection.socket.close()
            self._forget(connection)


def _being_cancelled() -> bool:
    """Our own task is being cancelled, as opposed to a future whose connection went away."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
