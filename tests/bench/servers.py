"""The servers that are measured, each a process of its own as in production."""

import asyncio
import os
import socket
import subprocess
import sys
import venv
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import psutil

from tests.bench import letters, wire

ROOT = Path(__file__).parents[2]
PEERS = ROOT / "build" / "bench" / "peers"
PACKAGES = ("nonebot2[fastapi,aiohttp]", "nonebot-adapter-feishu")
ECHO = Path(__file__).with_name("echo_bot.py")
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is ready; seconds from its start until it answered at all, and until it was ready."""

    port: int
    process: psutil.Process
    listened: float
    ready: float

    def cpu(self) -> float:
        """Return the seconds of CPU it has used."""
        used = self.process.cpu_times()
        return float(used.user + used.system)

    def megabytes(self) -> float:
        """Return its resident memory."""
        return float(self.process.memory_info().rss) / 2**20


@asynccontextmanager
async def bare() -> AsyncIterator[Server]:
    """Run the bare signature-and-decrypt server."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.bare", str(port)]
    async with _running(command, port, wire.get("/"), wire.get("/"), {}, ROOT) as server:
        yield server


@asynccontextmanager
async def product(sink: int) -> AsyncIterator[Server]:
    """Run `yingxu serve` on a new SQLite file; both platforms are the sink."""
    port, api = free_port(), f"http://127.0.0.1:{sink}"
    wecom = {"CORP_ID": letters.CORP, "AGENT_ID": str(letters.AGENT), "SECRET": "bench", "TOKEN": letters.TOKEN}
    feishu = {"APP_ID": letters.APP, "APP_SECRET": "bench", "ENCRYPT_KEY": letters.ENCRYPT_KEY}
    environment = {
        "YINGXU_PORT": str(port),
        **{f"YINGXU_WECOM__{name}": value for name, value in wecom.items()},
        "YINGXU_WECOM__AES_KEY": letters.AES_KEY,
        "YINGXU_WECOM__API_BASE": api,
        **{f"YINGXU_FEISHU__{name}": value for name, value in feishu.items()},
        "YINGXU_FEISHU__VERIFICATION_TOKEN": letters.VERIFICATION_TOKEN,
        "YINGXU_FEISHU__API_BASE": api,
    }
    with TemporaryDirectory(prefix="yingxu-bench-") as folder:
        command = [sys.executable, "-m", "bot", "serve"]
        asked = wire.get("/healthz"), wire.get("/readyz")
        async with _running(command, port, *asked, environment, Path(folder)) as server:
            yield server


@asynccontextmanager
async def echo(sink: int) -> AsyncIterator[Server]:
    """Run NoneBot2's echo."""
    port = free_port()
    command = [str(PEERS / "bin" / "python"), str(ECHO), str(port), f"http://127.0.0.1:{sink}"]
    command += [letters.APP, letters.ENCRYPT_KEY, letters.VERIFICATION_TOKEN]
    challenge = letters.challenge()
    async with _running(command, port, challenge, challenge, {}, ROOT) as server:
        yield server


def install_peers() -> str:
    """Install the peers into a virtual environment of their own; returns their versions, "" if that cannot be."""
    pip = [str(PEERS / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    try:
        if not (PEERS / "bin" / "python").exists():
            venv.create(PEERS, with_pip=True)
        subprocess.run([*pip, "install", "--quiet", *PACKAGES], check=True, capture_output=True, timeout=300)
        listed = subprocess.run([*pip, "freeze"], check=True, capture_output=True, text=True, timeout=60).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
    return ", ".join(line.replace("==", " ") for line in listed.splitlines() if line.startswith("nonebot"))


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


@asynccontextmanager
async def _running(
    command: list[str], port: int, alive: bytes, ready: bytes, environment: dict[str, str], folder: Path
) -> AsyncIterator[Server]:
    begin = monotonic()
    with TemporaryDirectory() as logs:
        log = Path(logs) / "log"
        started = _start(command, environment, folder, log)
        try:
            listened = await _until(port, alive, begin)
            settled = await _until(port, ready, begin)
            if not settled:
                raise RuntimeError(f"{command[:3]} did not start:\n{log.read_text()[-2000:]}")
            yield Server(port, psutil.Process(started.pid), listened, settled)
        finally:
            started.terminate()
            try:
                await asyncio.to_thread(started.wait, 20)
            except subprocess.TimeoutExpired:
                started.kill()


def _start(command: list[str], environment: dict[str, str], folder: Path, log: Path) -> "subprocess.Popen[bytes]":
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("YINGXU_")}
    everything = inherited | {"PYTHONPATH": str(ROOT)} | environment
    with log.open("w") as output:
        return subprocess.Popen(command, env=everything, cwd=folder, stdout=output, stderr=output)


async def _until(port: int, request: bytes, begin: float) -> float:
    """Return the seconds until a request was answered with 200; 0 if it never was."""
    while monotonic() - begin < PATIENCE:
        if await wire.status(port, request) == 200:
            return monotonic() - begin
        await asyncio.sleep(0.02)
    return 0.0
