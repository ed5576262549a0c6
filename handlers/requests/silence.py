"""Silence: what becomes of a merged request whose customer does not answer the delivery (process.md A-068, A-171).

A customer accepts for himself alone. But nobody works on a merged request any more once the one kept was accepted, and
no clock of its own runs: so from that moment its customer has a while to object, then it counts as accepted too. Where
nobody can be asked it does so at once.
"""

from datetime import datetime

from handlers.desk import Desk
from handlers.messages import reachable
from handlers.requests import alike, calendar
from handlers.requests.lifecycle import Happening, apply
from storage import dues, requests
from storage.database import Store
from storage.requests import Request

DUE = "follow"
BY = "silence"
"""Who accepted: nobody said so."""


def begin(accepted: Happening, now: datetime, store: Store, desk: Desk) -> list[Happening]:
    """Let the delivered requests that follow one just accepted follow that too, each when its time has come."""
    followed: list[Happening] = []
    for member in accepted.family.members:
        request = requests.get(store, member.id)
        if request.status != "testing":
            continue
        if reachable(request.chat):
            moment = calendar.after(now, desk.policy.alike.silent, desk.policy)
            dues.put(store, request.id, DUE, calendar.within(moment, desk.policy.push.hours, desk.policy))
        else:
            followed.append(_passed(request, now, store, desk))
    return followed


def end(request: Request, now: datetime, store: Store, desk: Desk) -> list[Happening]:
    """Accept a request nobody answered, if what it follows is still over."""
    kept = alike.root(store, request)
    if request.status != "testing" or kept is None or kept.open:
        return []
    return [_passed(request, now, store, desk)]


def _passed(request: Request, now: datetime, store: Store, desk: Desk) -> Happening:
    return apply("pass", request, BY, now, store, desk)
