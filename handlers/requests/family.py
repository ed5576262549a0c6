"""Family: a request with those merged into it, and how many customers asked for it (process.md A-068, A-069)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers.desk import Desk
from handlers.requests import alike
from handlers.requests.alike import Found
from storage import events, links, requests
from storage.database import Store
from storage.requests import Request


@dataclass(frozen=True, slots=True)
class Family:
    """What stands around one request, as it was when this was read."""

    root: Request | None = None
    """The request kept, if this one was merged into it."""
    members: tuple[Request, ...] = ()
    """The requests merged into this one."""
    votes: int = 1
    """Distinct customers who asked for it; who withdrew counts no more."""
    found: tuple[Found, ...] = ()
    """Requests of others that may ask for the same: nobody has decided yet."""


ALONE = Family()


def of(store: Store, request: Request, desk: Desk) -> Family:
    """Return what stands around a request."""
    ties = links.of(store, request.id)
    if not ties:
        return ALONE
    kept = alike.root(store, request)
    members = tuple(_merged_into(store, request.id))
    voters = [kept, *_merged_into(store, kept.id)] if kept else [request, *members]
    votes = len({one.customer_id for one in voters if one.status != "withdrawn"})
    proposed = [tie.other_id for tie in ties if tie.kind == "like" and tie.request_id == request.id]
    undecided = request.open and kept is None and bool(proposed)
    known = {member.id for member in members}
    found = [one for one in alike.compared(store, request, proposed, desk) if undecided and one.request.id not in known]
    return Family(kept, members, max(votes, 1), tuple(found))


def tie(store: Store, request: Request, kept: Request, now: datetime, by: str) -> None:
    """Let a request follow another."""
    links.add(store, request.id, kept.id, "same", now, by)


def untie(store: Store, request: Request, kept: Request) -> None:
    """Let a request follow another no more."""
    links.remove(store, request.id, kept.id, "same")


def before_merge(store: Store, request: Request) -> dict[str, Any]:
    """Return the columns a merge took from a request, as they were: its time limits and who worked on it."""
    merges = events.data_of(store, request.id, "merge")
    kept = merges[-1] if merges else {}
    limits = {name: datetime.fromisoformat(kept[name]) for name in ("respond_by", "resolve_by") if kept.get(name)}
    return limits | {name: kept[f"old_{name}"] for name in ("owner", "department") if kept.get(f"old_{name}")}


def _merged_into(store: Store, request_id: int) -> list[Request]:
    ties = links.of(store, request_id)
    return requests.seen(store, [tie.request_id for tie in ties if tie.kind == "same" and tie.other_id == request_id])
