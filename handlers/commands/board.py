"""The board: how many requests stand where, and which are late."""

from handlers import showing
from handlers.commands import model
from handlers.commands.asked import Asked
from handlers.messages import Card, Message, Text
from handlers.privacy import masked
from handlers.requests import card
from handlers.wording import terms
from handlers.wording.terms import STATUS
from storage import requests
from storage.requests import Request

LONGEST = 20


def board(asked: Asked) -> Message:
    """Show the state of one request, or the board: an agent sees his own, a manager everything."""
    if asked.words:
        return _one(asked, asked.request(asked.words[0]))
    if not asked.manages:
        mine = {"owner": [asked.person.feishu], "status": requests.OPEN}
        own = requests.listed(asked.store, mine, None, LONGEST)
        return _lines("我的需求", own, requests.count(asked.store, mine), asked, model.banner(asked))
    by_status = requests.tally(asked.store, "status", only_open=False)
    facts = [(label, f"{by_status[key]} 个") for key, label in STATUS.items() if by_status.get(key)]
    facts += _counts(asked, "priority", {p: p for p in ("P0", "P1", "P2")})
    facts += _counts(asked, "type", asked.desk.policy.labels)
    load = requests.load(asked.store)
    facts += [(p.name, f"{load[p.feishu]}/{p.capacity}") for p in asked.desk.policy.people if load.get(p.feishu)]
    late = requests.count_overdue(asked.store, asked.now)
    return Card(
        title="需求看板",
        body="\n".join(filter(None, (_counted(by_status, late), model.banner(asked)))),
        facts=tuple(facts),
        tone="warning" if late else "plain",
    )


def overdue(asked: Asked) -> Message:
    """List what is past a time limit."""
    whose = asked.scope
    late = requests.overdue(asked.store, asked.now, LONGEST, whose)
    count = requests.count_overdue(asked.store, asked.now, whose)
    return _lines("已超时的需求", late, count, asked) if late else Text(text="没有超时的需求。")


def _counted(by_status: dict[str, int], late: int) -> str:
    return f"未完成 {sum(by_status.get(status, 0) for status in requests.OPEN)} 个，已超时 {late} 个"


def _one(asked: Asked, request: Request) -> Message:
    person = asked.desk.policy.person(request.owner)
    facts = (
        ("状态", STATUS[request.status]),
        ("优先级", request.priority),
        ("负责人", person.name if person else "未分配"),
        ("最新进展", masked(request.note)),
        ("最迟解决", showing.clock(request.resolve_by, asked.desk.policy) if request.open else ""),
    )
    shown = tuple((name, value) for name, value in facts if value)
    return Card(title=f"需求 {request.number}", body=card.short(request), facts=shown)


def _counts(asked: Asked, column: str, labels: dict[str, str]) -> list[tuple[str, str]]:
    counted = requests.tally(asked.store, column)
    before = {key: terms.KINDS.get(key, key) for key in counted if key not in labels}  # types the policy names no more
    return [(label, f"{counted[key]} 个未完成") for key, label in (labels | before).items() if counted.get(key)]


def _lines(title: str, found: list[Request], count: int, asked: Asked, banner: str = "") -> Message:
    """Show the first of `count` requests, one a line, and how many there are."""
    if not found:
        return Text(text="\n".join(filter(None, (f"{title}：暂无。", banner))))
    lines = [card.line(request, asked.desk.policy) for request in found]
    more = [f"……共 {count} 个"] if count > len(found) else []
    return Card(title=f"{title}（{count}）", body="\n".join(filter(None, [*lines, *more, banner])))
