"""The routes of those who run the bot: people, machines and tests. The callbacks are in bot/callbacks.py."""

from asyncio import timeout
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.clock import Clock
from bot.metrics import CONTENT_TYPE, Figures, Metrics
from bot.readiness import Readiness
from bot.turning import Turning
from storage import queues, requests
from storage.database import Database, Store, is_fault

if TYPE_CHECKING:
    from bot.intake import Intake

DATABASE_SECONDS = 3
"""Longest wait for the database before it counts as not there."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What people and machines that run the bot ask it."""

    database: Database
    clock: Clock
    metrics: Metrics
    readiness: Readiness

    async def ready(self, _: Request) -> Response:
        """GET /readyz: 200 once the database answers and is newest and the classifier is loaded."""
        missing = self.readiness.missing()
        if await self._figures() is None:
            missing.append("database")
        said = {
            "status": "starting" if missing else "ready",
            "missing": missing,
            "classifier": self.readiness.classifier,
        }
        return JSONResponse(said, 503 if missing else 200)

    async def show_metrics(self, _: Request) -> Response:
        """GET /metrics: Prometheus text; without the database only what this process counted itself."""
        return Response(self.metrics.text(await self._figures() or Figures()), media_type=CONTENT_TYPE)

    async def _figures(self) -> Figures | None:
        now = self.clock.now()

        def work(store: Store) -> Figures:
            found = queues.depth(store)
            promised = [depth.oldest for name, depth in found.items() if name in queues.OUT and depth.oldest]
            age = (now - min(promised)).total_seconds() if promised else 0.0
            return Figures(
                depth=sum(depth.waiting for depth in found.values()),
                oldest_undelivered=max(age, 0.0),
                overdue=requests.count_overdue(store, now),
            )

        try:
            async with timeout(DATABASE_SECONDS):
                return await self.database.read(work)
        except TimeoutError:
            return None
        except Exception as error:
            if is_fault(error):
                return None
            raise


def table(operation: Operation, turning: Turning | None, intake: "Intake | None" = None) -> list[Route]:
    """All routes but the busy ones (bot/app.py); without a test clock, or a token, their routes do not exist."""
    routes = [Route("/readyz", operation.ready), Route("/metrics", operation.show_metrics)]
    if turning:
        routes.append(Route("/test/clock", turning.show, methods=["GET"]))
        routes.append(Route("/test/clock", turning.turn, methods=["POST"]))
    if intake:
        routes.append(Route("/api/intake", intake.take, methods=["POST"]))
    return routes
