"""The test clock over HTTP (contract.md, section 4): turned forward, and answering once everything due is done."""

import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot import body
from bot.clock import Backwards, Clock
from bot.errors import BadCallback
from bot.works import Works

BARRIER_SECONDS = 55
"""The barrier answers within 60 s, whatever still waits."""
_LARGEST = 4096
_FARTHEST = timedelta(days=36500)


@dataclass(frozen=True, slots=True)
class Turning:
    """The two routes of the test clock; times without a zone are meant in the policy's."""

    clock: Clock
    works: Works
    zone: ZoneInfo

    async def show(self, _: Request) -> Response:
        """GET /test/clock."""
        await self.works.follow_clock()
        return JSONResponse({"now": self._local()})

    async def turn(self, request: Request) -> Response:
        """POST /test/clock `{"advance": seconds}` or `{"set": ISO-8601}`; `pending` is what waits for a platform."""
        await self.works.follow_clock()
        try:
            target = self._target(json.loads(await body.read(request.scope, request.receive, _LARGEST)))
        except BadCallback as refused:
            return JSONResponse({"error": refused.reason}, 413 if refused.reason == body.TOO_LARGE else 400)
        except Backwards as error:
            return JSONResponse({"error": str(error)}, 409)
        except (ValueError, RecursionError, OverflowError) as error:
            return JSONResponse({"error": str(error)[:200]}, 400)
        pending = await self.works.advance(target, BARRIER_SECONDS)
        return JSONResponse({"now": self._local(), "pending": pending})

    def _target(self, told: object) -> datetime | None:
        """Return the moment to go to, None to stay; raises ValueError or Backwards."""
        given = dict(told) if isinstance(told, dict) else {}
        match list(given.items()):
            case [("advance", int() | float() as seconds)] if not isinstance(seconds, bool):
                return self._forward(seconds)
            case [("set", str() as moment)]:
                return self._moment(moment)
        raise ValueError('must be {"advance": seconds} or {"set": ISO-8601}')

    def _forward(self, seconds: float) -> datetime | None:
        if not math.isfinite(seconds) or abs(seconds) > _FARTHEST.total_seconds():
            raise ValueError("advance: must be a number of seconds, at most a hundred years")
        if seconds < 0:
            raise Backwards("advance: the clock does not go backwards")
        return self.clock.now() + timedelta(seconds=seconds) if seconds else None

    def _moment(self, text: str) -> datetime:
        given = datetime.fromisoformat(text)
        moment = (given if given.tzinfo else given.replace(tzinfo=self.zone)).astimezone(UTC)
        if moment < self.clock.now():
            raise Backwards(f"set: the clock already shows {self._local()}")
        if moment - self.clock.now() > _FARTHEST:
            raise ValueError("set: at most a hundred years ahead")
        return moment

    def _local(self) -> str:
        return self.clock.now().astimezone(self.zone).isoformat()
