"""The life of a request: which verb is allowed when, and what each changes (process.md A-150).

A verb changes one row, records one event and sets or takes back what is due, all in the caller's transaction. What is
said about it follows from the event alone (handlers/announcements.py).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers.desk import Desk
from handlers.policy import Policy
from handlers.requests import clocks
from storage import events, requests
from storage.database import Store
from storage.events import Event
from storage.requests import Request

# (status, verb) -> the status it leads to. What is not here is refused.
TRANSITIONS = {
    ("waiting", "accept"): "working",
    ("working", "deliver"): "testing",
    ("testing", "pass"): "done",
    ("testing", "fail"): "working",
    ("done", "reopen"): "working",
    ("closed", "reopen"): "working",
    **{(status, "withdraw"): "withdrawn" for status in ("waiting", "working", "testing")},
    **{(status, "close"): "closed" for status in ("waiting", "working", "testing", "done")},
    **{(status, "assign"): status for status in ("waiting", "working", "testing")},
    **{(status, "judge"): status for status in ("waiting", "working", "testing")},
    **{(status, "progress"): status for status in ("working", "testing")},
    **{(status, "ask"): status for status in ("waiting", "working", "testing")},
    **{(status, "answer"): status for status in ("waiting", "working", "testing", "done")},
    **{(status, "supplement"): status for status in ("waiting", "working", "testing", "done", "closed")},
    **{(status, "urge"): status for status in ("waiting", "working", "testing")},
    **{(status, "score"): status for status in ("done", "closed")},
}
STATUS = {
    "waiting": "待处理",
    "working": "处理中",
    "testing": "测试验证",
    "done": "已完成",
    "closed": "已关闭",
    "withdrawn": "已撤销",
}
TYPE = {"bug": "问题修复", "improve": "功能优化", "custom": "定制开发", "consult": "咨询服务"}
NATURE = {"product": "产品类", "service": "服务类", "complaint": "投诉类", "suggestion": "建议类"}

# Verbs after which the customer has had an answer of substance (contract.md 7): `respond` stops.
_ANSWERS = {"progress", "ask", "answer", "deliver"}


class NotNow(Exception):  # noqa: N818 - a refusal, not a fault
    """The request is not in a state that allows this verb."""

    def __init__(self, request: Request, verb: str) -> None:
        super().__init__(f"{verb} while {request.status}")
        self.request = request
        self.verb = verb


@dataclass(frozen=True, slots=True)
class Happening:
    """What a verb did: the event, and the request before and after."""

    before: Request
    request: Request
    event: Event


def register(
    values: dict[str, Any],
    now: datetime,
    store: Store,
    desk: Desk,
    *,
    human: bool = False,
    by: str = "",
    quiet: bool = False,
) -> Happening:
    """Open a request under the next number of the month and start its clocks (A-050, A-051).

    `by` is who brought it, if not the customer in his chat; `quiet`: the customer is not told.
    """
    level = desk.policy.level(values["urgency"])
    opened = requests.add(
        store,
        values
        | clocks.limits(now, values["urgency"], desk.policy)
        | {"number": next_number(now, store, desk.policy), "status": "waiting", "priority": level.priority}
        | {"created_at": now},
    )
    clocks.start(opened, store, desk.policy)
    data = {"owner": opened.owner, "human": human} | ({"quiet": True} if quiet else {})
    return Happening(opened, opened, events.add(store, opened.id, "registered", now, by or opened.chat, data))


def apply(
    verb: str, request: Request, by: str, now: datetime, store: Store, desk: Desk, *, said: str = "", **columns: Any
) -> Happening:
    """Do one verb: raises NotNow if the status does not allow it.

    `by` is a chat key; `said` is what the person wrote with it; `columns` are further changes of the row.
    """
    if not allowed(request, verb):
        raise NotNow(request, verb)
    status = TRANSITIONS[request.status, verb]
    columns |= {"status": status} if status != request.status else {}
    columns |= _stamps(verb, request, now)
    changed = requests.change(store, request, **columns) if columns else request
    clocks.move(verb, request, changed, now, store, desk.policy)
    data = {"said": said} if said else {}
    data |= {key: value for key, value in columns.items() if isinstance(value, str) and key != "note"}
    return Happening(request, changed, events.add(store, request.id, verb, now, by, data))


def allowed(request: Request, verb: str) -> bool:
    """Whether the verb may be done now."""
    return (request.status, verb) in TRANSITIONS


def next_number(now: datetime, store: Store, policy: Policy) -> str:
    """Take the next request number; the month is the one of the policy's time zone."""
    local = now.astimezone(policy.zone)
    serial = requests.next_serial(store, f"{local:%Y%m}")
    return policy.number.format(year=local.year, month=local.month, serial=serial)


def _stamps(verb: str, request: Request, now: datetime) -> dict[str, Any]:
    """Return the times a verb leaves on the row."""
    by_verb: dict[str, dict[str, Any]] = {
        "accept": {"accepted_at": now},
        "deliver": {"delivered_at": now},
        "pass": {"done_at": now},
        "close": {"closed_at": now},
        "withdraw": {"closed_at": now},
        "reopen": {"reopened": request.reopened + 1, "done_at": None, "closed_at": None, "delivered_at": None},
        "fail": {"reopened": request.reopened + 1, "delivered_at": None},
    }
    stamps = by_verb.get(verb, {})
    if verb in _ANSWERS and request.responded_at is None:
        stamps["responded_at"] = now
    return stamps
