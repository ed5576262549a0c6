"""The works: all that happens behind the callbacks. It takes seconds to load, so it comes after listening."""

import asyncio
import gc
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from bot import logs
from bot.clock import Clock
from bot.garbage import settle
from bot.metrics import Metrics
from bot.readiness import Readiness
from bot.settings import Settings
from handlers.messages import Toast
from handlers.policy import Policy
from storage.database import Database

if TYPE_CHECKING:
    from bot.engine.engine import Engine
    from bot.feishu.platform import FeishuPlatform
    from bot.wecom.platform import WeComPlatform
    from handlers.desk import Desk

AGAIN_SECONDS = 5
"""After a failed load it is tried again so much later."""
STOP_SECONDS = 10
"""What was begun has this long to end; the rest is kept for the next start."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What there is once all is loaded."""

    engine: "Engine"
    wecom: "WeComPlatform"
    feishu: "FeishuPlatform"
    desk: "Desk"


@dataclass(slots=True)
class Works:
    """Loads the engine in the background and stands in for it until then; it will find what is queued meanwhile."""

    settings: Settings
    policy: Policy
    database: Database
    clock: Clock
    metrics: Metrics
    readiness: Readiness
    _parts: Parts | None = None
    _running: asyncio.Event = field(default_factory=asyncio.Event)
    _loading: "asyncio.Task[None] | None" = None

    def start(self) -> None:
        """Load in the background, then begin to work; to be called on the running loop."""
        self._loading = asyncio.create_task(self._load())

    async def _load(self) -> None:
        try:
            while not await self._loaded_and_started():  # noqa: ASYNC110 - nothing rings when a database is back
                await asyncio.sleep(AGAIN_SECONDS)
        finally:
            gc.enable()

    async def _loaded_and_started(self) -> bool:
        try:
            parts = await asyncio.to_thread(self._loaded)
            await asyncio.to_thread(_settle)
            await parts.engine.start()
        except Exception:
            # Whatever it was is tried again; meanwhile callbacks are kept, and readyz says that nobody works them off.
            log.exception("loading failed")
            return False
        self._parts = parts
        self._running.set()
        self.readiness.model = True
        await parts.feishu.prepare()
        logs.quiet()  # lark_oapi sets its logger up when it is imported
        return True

    def _loaded(self) -> Parts:
        """Import and make everything; runs in a thread."""
        from bot.engine.engine import Engine
        from bot.feishu.platform import FeishuPlatform
        from bot.house import hooks, opened
        from bot.wecom.platform import WeComPlatform

        settings, clock = self.settings, self.clock
        wecom_settings, feishu_settings = settings.platforms()
        wecom = WeComPlatform(wecom_settings, clock.now, settings.data_dir)
        feishu = FeishuPlatform(feishu_settings, settings.data_dir, clock.now)
        desk = opened(self.policy, settings.data_dir)
        self.readiness.classifier = (desk.classifier and desk.classifier.degraded) or "ok"
        engine = Engine(
            self.database,
            clock,
            desk,
            {"wecom": wecom, "feishu": feishu},
            hooks(settings.data_dir),
            replay=self.policy.kf.replay.wall,
            count=self.metrics.delivery,
            observe=self.metrics.turn,
        )
        return Parts(engine, wecom, feishu, desk)

    async def stop(self) -> None:
        """Finish what was begun, keep the rest for the next start, and close the connections to the platforms."""
        if self._loading:
            self._loading.cancel()
            await asyncio.gather(self._loading, return_exceptions=True)
        if self._parts:
            await self._parts.engine.stop(STOP_SECONDS)
            await asyncio.gather(self._parts.wecom.close(), self._parts.feishu.close(), return_exceptions=True)

    # --- what the routes ask --------------------------------------------------------------------------------------

    def wake(self, queue: str) -> None:
        """Say that work was put into a queue and committed."""
        if self._parts:
            self._parts.engine.wake(queue)

    async def wait_for(self, incoming_id: str, seconds: float) -> Toast | None:
        """Wait for the answer to a press; None if there was none, it takes longer, or nobody works yet."""
        return await self._parts.engine.wait_for(incoming_id, seconds) if self._parts else None

    async def advance(self, target: datetime | None, seconds: float) -> int:
        """Turn the clock to `target`, or leave it, and work off all that is due; returns how much still waits."""
        await self._running.wait()
        engine = self._parts.engine if self._parts else None
        assert engine  # noqa: S101 - running means loaded
        return await (engine.advance(target, seconds) if target else engine.settle(seconds))

    async def follow_clock(self) -> None:
        """Show the time that another process on the same database may have turned to a moment ago."""
        self.clock.adopt(await self.database.read(self.clock.load))

    def desk(self) -> "Desk | None":
        """Return the rules and the classifier, None until they are loaded."""
        return self._parts.desk if self._parts else None

    def bot_open_id(self) -> str:
        """Return the bot's own open_id in Feishu, "" while it is unknown."""
        return self._parts.feishu.bot_open_id() if self._parts else ""


def _settle() -> None:
    """Leave what has been loaded out of every later search for garbage, if it was put off so long (bot/serve.py)."""
    if not gc.isenabled():
        settle()
