"""The composition root: what the bot is made of, in which order it comes up, and how it goes down."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bot import opening
from bot.callbacks import Callbacks
from bot.clock import Clock
from bot.feishu.edge import FeishuEdge
from bot.front import Front, Table, alive
from bot.metrics import Metrics
from bot.readiness import Readiness
from bot.settings import FeishuSettings, Settings
from bot.tray import Tray
from bot.wecom.edge import WeComEdge
from bot.works import Works
from handlers import policy as rules
from storage.database import Database

if TYPE_CHECKING:
    from fastapi import FastAPI

    from bot.feishu.longconn import LongConnection
    from bot.intake import Intake


@dataclass(frozen=True, slots=True)
class Application:
    """All parts, wired. `open` before listening, `start` once it listens, `stop` once it no longer does."""

    database: Database
    clock: Clock
    readiness: Readiness
    works: Works
    asgi: Front
    long_connection: "LongConnection | None"

    def open(self) -> None:
        """Open the database, and bring a SQLite file to the newest tables; raises WrongSettingError."""
        opening.begin(self.database, write=True)
        self.clock.adopt(self.database.run_sync(self.clock.load))
        self.readiness.schema = True

    def start(self) -> None:
        """Begin to work; to be called on the running loop."""
        self.works.start()
        if self.long_connection:
            self.long_connection.start()

    async def stop(self) -> None:
        """Finish or keep what was acknowledged, and let go of everything."""
        try:
            if self.long_connection:
                await self.long_connection.stop()
            await self.works.stop()
        finally:
            await asyncio.to_thread(self.database.close)


def build(settings: Settings) -> Application:
    """Make all parts of a bot; raises WrongSettingError and PolicyError, opens and starts nothing."""
    wecom, feishu = settings.platforms()
    policy = rules.load(settings.policy)
    database, metrics, readiness = Database(settings.database), Metrics(), Readiness()
    clock = Clock(turnable=settings.test_clock)
    works = Works(settings, policy, database, clock, metrics, readiness)
    edges = WeComEdge(wecom), FeishuEdge(feishu, works.bot_open_id)
    callbacks = Callbacks(*edges, tray=Tray(database), clock=clock, works=works, metrics=metrics)
    token = settings.api_token.get_secret_value().strip() if settings.api_token else ""
    rest = partial(_web, database, clock, metrics, readiness, works, policy, token)
    return Application(
        database=database,
        clock=clock,
        readiness=readiness,
        works=works,
        asgi=Front(_busy(callbacks), rest),
        long_connection=_long_connection(feishu, callbacks),
    )


def _long_connection(feishu: FeishuSettings, callbacks: Callbacks) -> "LongConnection | None":
    if feishu.mode != "websocket":
        return None
    from bot.feishu.longconn import LongConnection

    return LongConnection(feishu, callbacks.from_socket)


def _busy(callbacks: Callbacks) -> Table:
    return {
        "/wecom/callback": {"POST": callbacks.from_wecom, "GET": callbacks.check_wecom},
        "/feishu/event": {"POST": callbacks.from_feishu},
        "/healthz": {"GET": alive, "HEAD": alive},
    }


def _web(
    database: Database,
    clock: Clock,
    metrics: Metrics,
    readiness: Readiness,
    works: Works,
    policy: rules.Policy,
    token: str,
) -> "FastAPI":
    """Make the web application: nothing but the routes, no documentation, no redirects."""
    from fastapi import FastAPI
    from starlette.routing import BaseRoute

    from bot import routes
    from bot.turning import Turning

    operation = routes.Operation(database, clock, metrics, readiness)
    turning = Turning(clock, works, policy.zone) if clock.turnable else None
    intake = _intake(token, database, clock, works, metrics) if token else None
    table: list[BaseRoute] = [*routes.table(operation, turning, intake)]
    return FastAPI(routes=table, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)


def _intake(token: str, database: Database, clock: Clock, works: Works, metrics: Metrics) -> "Intake":
    from bot.intake import Intake  # it brings the classifier along

    return Intake(token, database, clock, works, metrics)
