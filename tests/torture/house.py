"""The house: one `yingxu serve` that is started, killed and started again, on a database that stays."""

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import aiohttp

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
OK = 200


@dataclass(slots=True)
class House:
    """One server process at a time; its log grows over all of its lives."""

    port: int
    folder: Path
    environment: dict[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    deaths: int = 0

    def start(self) -> None:
        """Start the server."""
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "serve"],
                env=self._environment(),
                cwd=self.folder,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )

    def upgrade(self) -> None:
        """Create or renew the tables; needed on PostgreSQL."""
        command = [sys.executable, "-m", "bot", "db", "upgrade"]
        subprocess.run(command, env=self._environment(), cwd=self.folder, check=True, capture_output=True)

    def kill(self) -> None:
        """End the server as a power cut would end it, except that the kernel lives on; and start it again."""
        assert self.process, "not started"
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.deaths += 1
        self.start()

    async def ready(self) -> float:
        """Wait until it is ready; returns the seconds, RuntimeError with its log if it ends or takes too long."""
        begin = monotonic()
        async with aiohttp.ClientSession() as http:
            while monotonic() - begin < PATIENCE:
                if self.process and self.process.poll() is not None:
                    break
                try:
                    async with http.get(f"http://127.0.0.1:{self.port}/readyz") as answer:
                        if answer.status == OK:
                            return monotonic() - begin
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.05)
        raise RuntimeError(f"the server did not become ready:\n{self.tail()}")

    async def drained(self) -> None:
        """Wait until nothing is left to work off."""
        async with aiohttp.ClientSession() as http:
            while "\nyingxu_queue_depth 0.0\n" not in await self._metrics(http):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.1)

    async def _metrics(self, http: aiohttp.ClientSession) -> str:
        async with http.get(f"http://127.0.0.1:{self.port}/metrics") as answer:
            return await answer.text()

    async def stop(self) -> int:
        """Ask the server to end; returns its exit code."""
        assert self.process, "not started"
        self.process.send_signal(signal.SIGTERM)
        try:
            return await asyncio.to_thread(self.process.wait, 20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return -signal.SIGKILL

    def end(self) -> None:
        """Leave no process behind, however it went."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    @property
    def log(self) -> Path:
        """What the server said in all of its lives."""
        return self.folder / "serve.log"

    def tail(self) -> str:
        """Return the end of the log."""
        return self.log.read_text()[-3000:] if self.log.exists() else ""

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("YINGXU_")}
        ours = {"YINGXU_PORT": str(self.port), "YINGXU_DATA_DIR": str(self.folder / "data"), "PYTHONPATH": str(ROOT)}
        return inherited | ours | self.environment
