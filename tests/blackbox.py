"""A black box: the `yingxu` command in processes of its own, both platforms played around it, and a clock to turn.

Only what docs/ promise to outsiders is used here: settings, routes, words and the platforms' wire formats.
"""

import asyncio
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import uvicorn

from bot.sandbox.feishu import FeishuSimulator
from bot.sandbox.wecom import WeComSimulator

T = TypeVar("T")
COMMAND = str(Path(sys.executable).with_name("yingxu"))
LISTENS, READY, STOPS = 10, 30, 15
"""Seconds of the promise: until the address is printed (a guess at "fast"), until ready, from SIGTERM to the exit."""
NUMBER = re.compile(r"\d{6}-\d{3,}")
KF = "wkBlackBox"
AGENTS, MANAGER, LEAD = ("ou_rd1", "ou_rd2", "ou_rd3"), "ou_boss", "ou_rdlead"
PEOPLE = (
    ("李工", "ou_rd1", "研发部", ["agent"]),
    ("王工", "ou_rd2", "研发部", ["agent"]),
    ("赵工", "ou_rd3", "研发部", ["agent"]),
    ("孙主管", "ou_rdlead", "研发部", ["agent", "lead"]),
    ("周产品", "ou_pm1", "产品部", ["agent"]),
    ("吴产品", "ou_pm2", "产品部", ["agent", "lead"]),
    ("郑客服", "ou_cs1", "客服部", ["agent"]),
    ("冯客服", "ou_cs2", "客服部", ["lead"]),
    ("陈运营", "ou_op", "运营部", ["lead"]),
    ("钱总", "ou_boss", "运营部", ["manager"]),
)
POLICY = "\n".join(
    f'[[people]]\nname = "{name}"\nfeishu = "{feishu}"\ndepartment = "{department}"\nroles = {json.dumps(roles)}\n'
    for name, feishu, department, roles in PEOPLE
)


class DomainClock:
    """The platforms' time: real time plus what the test has turned."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(time.time_ns() / 1e9, UTC) + self.ahead


class Platforms:
    """Both platforms behind real sockets, on an event loop in a thread of its own."""

    def __init__(self, *, mode: str = "webhook") -> None:
        self.clock = DomainClock()
        self.say_instead: dict[str, Any] = {}
        """What WeCom answers at a path without doing anything."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._servers: list[tuple[uvicorn.Server, Future[None]]] = []
        self.do(self._open(mode))

    async def _open(self, mode: str) -> None:
        nowhere = "http://127.0.0.1:9"
        self.wecom = WeComSimulator(callback_url=nowhere, now=self.clock)
        self.feishu = FeishuSimulator(callback_url=nowhere, now=self.clock, mode=mode, rate_limits=False)
        self.wecom.add_kf_account(KF, "客服")
        for name, key, _, _ in PEOPLE:
            self.feishu.add_person(key, name)
        self.wecom.api_base = await self._serve(self._sometimes_instead(self.wecom.app))
        self.feishu.api_base = await self._serve(self.feishu.app)

    def _sometimes_instead(self, app: Any) -> Any:
        """Answer what `say_instead` has for a path; everything else comes from the platform."""

        async def either(scope: Any, receive: Any, send: Any) -> None:
            said = self.say_instead.get(scope.get("path", ""))
            if said is None:
                await app(scope, receive, send)
                return
            while (await receive()).get("more_body"):
                pass
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": json.dumps(said).encode()})

        return either

    async def _serve(self, app: Any) -> str:
        door = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="critical", ws="websockets-sansio", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        server.install_signal_handlers = lambda: None  # type: ignore[attr-defined] # the signals are the test runner's
        self._servers.append((server, asyncio.run_coroutine_threadsafe(server.serve([door]), self._loop)))
        return f"http://127.0.0.1:{door.getsockname()[1]}"

    def do(self, what: Coroutine[Any, Any, T], within: float = 60) -> T:
        """Run something on the platforms' loop."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(within)

    def together(self, *many: Coroutine[Any, Any, T]) -> list[T]:
        """Run several things on the platforms' loop at one instant."""

        async def gathered() -> list[T]:
            return list(await asyncio.gather(*many))

        return self.do(gathered())

    def aim(self, address: str) -> None:
        """Deliver callbacks to this bot from now on."""
        self.wecom.callbacks.url = f"{address}/wecom/callback"
        self.feishu.callback_url = f"{address}/feishu/event"

    @property
    def settings(self) -> dict[str, str]:
        return {**self.wecom.settings, **self.feishu.settings}

    @property
    def secrets(self) -> list[str]:
        """What must never be read in a log."""
        values = self.settings
        names = ("WECOM__SECRET", "WECOM__TOKEN", "WECOM__AES_KEY", "FEISHU__APP_SECRET", "FEISHU__ENCRYPT_KEY")
        return [values[f"YINGXU_{name}"] for name in (*names, "FEISHU__VERIFICATION_TOKEN")]

    def close(self) -> None:
        self.do(self.wecom.close())
        self.do(self.feishu.close())
        for server, serving in self._servers:
            server.should_exit = True
            serving.result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@dataclass
class Answer:
    """What came back over HTTP; status 0 when the connection was closed without a word."""

    status: int
    body: bytes = b""

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Bot:
    """One `yingxu serve` and its address."""

    process: "subprocess.Popen[bytes]"
    folder: Path
    port: int
    listened: float
    name: str = "bot"
    log_path: Path = field(default_factory=Path)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=70)
        try:
            connection.request(method, path, body or None, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, answer.read())
        except (ConnectionError, http.client.HTTPException):
            return Answer(0)
        finally:
            connection.close()

    def ready(self) -> "Bot":
        wait(lambda: self.ask("GET", "/readyz").status == 200, READY, self.log)
        return self

    def metric(self, name: str) -> float:
        """Add up a figure over all its labels."""
        lines = self.ask("GET", "/metrics").body.decode().splitlines()
        return sum(float(one.split()[-1]) for one in lines if re.match(rf"{name}[ {{]", one))

    def clock(self, **turn: float | str) -> Answer:
        return self.ask("POST", "/test/clock", json.dumps(turn).encode(), {"Content-Type": "application/json"})

    def log(self) -> str:
        return self.log_path.read_text("utf-8")

    def stop(self) -> tuple[int, float]:
        """SIGTERM; returns the exit code and the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOPS + 10), time.monotonic() - began

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)


def wait(until: Callable[[], object], seconds: float, why: Callable[[], str] = str) -> None:
    """Wait in real time until something is true."""
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, why()
        time.sleep(0.03)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def bare(settings: dict[str, str]) -> dict[str, str]:
    """Return the environment with these settings of ours and no others."""
    return {name: value for name, value in os.environ.items() if not name.startswith("YINGXU_")} | settings


def run(
    folder: Path, *arguments: str, settings: dict[str, str] | None = None, given: bytes = b""
) -> "subprocess.CompletedProcess[bytes]":
    """Run the command to its end in a folder."""
    return subprocess.run(
        [COMMAND, *arguments],
        cwd=folder,
        env=bare(settings or {}),
        input=given,
        capture_output=True,
        timeout=60,
        check=False,
    )


def start(folder: Path, settings: dict[str, str], name: str = "bot") -> Bot:
    """Run `yingxu serve` in a folder and wait for the line with the address."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    began = time.monotonic()
    log_path = folder.parent / f"{folder.name}-{name}.log"
    with log_path.open("ab") as log:
        process = subprocess.Popen(
            [COMMAND, "serve"],
            cwd=folder,
            env=bare({"YINGXU_PORT": str(port)} | settings),
            stdout=subprocess.PIPE,
            stderr=log,
        )
    assert process.stdout
    with process.stdout as said:
        line = said.readline().decode()
    assert f":{port}" in line, log_path.read_text("utf-8")
    return Bot(process, folder, port, time.monotonic() - began, name, log_path)
