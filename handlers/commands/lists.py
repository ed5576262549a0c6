"""Lists and single requests: /list and /show."""

import difflib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from handlers import showing
from handlers.commands.asked import Asked, Misused
from handlers.messages import Card, Message, Text
from handlers.privacy import masked
from handlers.requests import card, family
from handlers.wording.terms import FIELDS, STATUS
from storage import events, requests
from storage.events import Event
from storage.requests import Request

LONGEST = 20
EVENTS = {
    "registered": "登记",
    "accept": "接单",
    "assign": "转派",
    "judge": "改判",
    "progress": "更新进度",
    "ask": "请客户补充",
    "answer": "回复客户",
    "supplement": "客户补充",
    "urge": "客户催办",
    "deliver": "提交验收",
    "pass": "验收通过",
    "fail": "未解决",
    "withdraw": "撤销",
    "close": "关闭",
    "reopen": "重新打开",
    "score": "评价",
    "merge": "并入其他需求",
    "split": "拆出",
    "join": "并入一个需求",
    "leave": "拆出一个需求",
}

MACHINES = {"api": "接口", "import": "导入", "silence": "未回复"}


def listed(asked: Asked) -> Message:
    """List requests by conditions; conditions on one column are alternatives."""
    where: dict[str, list[str]] = {}
    since: datetime | None = None
    for word in asked.words:
        column, value = _condition(word, asked)
        if isinstance(value, datetime):
            since = value
        else:
            where.setdefault(column, []).append(value)
    if "status" not in where and not asked.words:
        where["status"] = list(requests.OPEN)
    found = _found(where, since, asked)
    if not found:
        return Text(text="没有符合条件的需求。")
    lines = [card.line(request, asked.desk.policy) for request in found[:LONGEST]]
    more = ["……只列出最近的 20 个，请增加条件"] if len(found) > LONGEST else []
    return Card(title="需求列表", body="\n".join([*lines, *more]))


def show(asked: Asked) -> Message:
    """Show all of one request and what happened to it; phones in full to whom they concern."""
    if len(asked.words) != 1:
        raise Misused("请给出一个编号。")
    request = asked.request(asked.words[0])
    plain = asked.in_full(request)
    told: Callable[[str], str] = str if plain else masked
    history = [told(_happened(event, asked)) for event in events.of_request(asked.store, request.id, LONGEST)]
    whole = {FIELDS[key]: told(getattr(request, key)) for key in ("description", "background", "note")}
    facts = dict(card.facts(request, asked.desk.policy, plain=plain)) | {k: v for k, v in whole.items() if v}
    around = card.standing(family.of(asked.store, request, asked.desk))
    return Card(title=f"需求 {request.number}", body="\n".join(history), facts=(*facts.items(), *around))


def _condition(word: str, asked: Asked) -> tuple[str, str | datetime]:
    """Read one condition as a column and its value, or refuse with the nearest word there is."""
    known = _vocabulary(asked)
    name = word.lstrip("@")
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.3)
    raise Misused(f"不认识条件“{word[:20]}”" + (f"，您要的是“{near[0]}”吗？" if near else "。"))


def _vocabulary(asked: Asked) -> dict[str, tuple[str, str | datetime]]:
    local = asked.now.astimezone(asked.desk.policy.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    types = asked.desk.policy.labels
    words: dict[str, tuple[str, str | datetime]] = {label: ("status", key) for key, label in STATUS.items()}
    words |= {label: ("type", key) for key, label in types.items()}
    words |= {key: ("type", key) for key in types} | {key: ("status", key) for key in STATUS}
    words |= {label: ("urgency", key) for key, label in showing.levels(asked.desk.policy).items()}
    words |= {key: ("urgency", key) for key in ("urgent", "important", "routine")}
    words |= {p: ("priority", p) for p in ("P0", "P1", "P2")} | {p: ("priority", p.upper()) for p in ("p0", "p1", "p2")}
    words |= {person.name: ("owner", person.feishu) for person in asked.desk.policy.people}
    words |= {"本周": ("since", local - timedelta(days=local.weekday())), "本月": ("since", local.replace(day=1))}
    return words


def _found(where: dict[str, list[str]], since: datetime | None, asked: Asked) -> list[Request]:
    """Return what fits, newest first: an agent sees his own requests, a lead those of his department as well."""
    scopes: list[dict[str, list[str]]] = [{}]
    if not asked.manages:
        scopes = [{"owner": [asked.person.feishu]}]
        scopes += [{"department": [asked.person.department]}] if "lead" in asked.person.roles else []
    found: dict[int, Request] = {}
    for scope in scopes:
        columns: dict[str, Sequence[str]] = {**where, **scope}
        if all(set(where.get(key, values)) & set(values) for key, values in scope.items()):
            found |= {request.id: request for request in requests.listed(asked.store, columns, since, LONGEST + 1)}
    return [found[key] for key in sorted(found, reverse=True)]


def _happened(event: Event, asked: Asked) -> str:
    at, what = showing.clock(event.at, asked.desk.policy), EVENTS.get(event.kind, event.kind)
    scores = "，".join(f"{name} {score} 分" for name, score in event.data.get("scores", {}).items())
    words = "。".join(filter(None, (scores, event.data.get("said", ""))))
    return f"{at} {what}（{_actor(event.actor, asked)}）{words}"


def _actor(key: str, asked: Asked) -> str:
    person = asked.desk.policy.person(key.removeprefix("fs:"))
    return person.name if person else MACHINES.get(key, "客户")
