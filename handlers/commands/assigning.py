"""Assigning by command: /assign 编号 姓名."""

from handlers.announcements import announce
from handlers.commands.asked import Asked, Misused
from handlers.messages import Outgoing, Reply, Text
from handlers.requests import alike
from handlers.requests.lifecycle import allowed, apply
from handlers.wording import staff
from handlers.wording.terms import STATUS

WORDS = 2


def assign(asked: Asked) -> Reply:
    """Give a request to a person; an agent may give away his own, a manager any."""
    if len(asked.words) != WORDS:
        raise Misused("请给出编号和姓名。")
    request = asked.request(asked.words[0])
    person = asked.named(asked.words[1])
    if not allowed(request, "assign"):
        raise Misused(f"需求 {request.number} 当前是“{STATUS[request.status]}”，不能指派。")
    kept = alike.root(asked.store, request)
    if kept:
        raise Misused(f"{staff.FOLLOWS.format(number=request.number, kept=kept.number)}。")
    if person.feishu == request.owner:
        raise Misused(f"需求 {request.number} 已经由{person.name}负责。")
    by = asked.person.chat
    to = {"owner": person.feishu, "department": person.department}
    happened = apply("assign", request, by, asked.now, asked.store, asked.desk, **to)
    said = Text(text=f"已将需求 {request.number} 指派给{person.name}。")
    told = Outgoing(to=asked.incoming.chat, message=said, key=f"reply:{asked.incoming.id}")
    return Reply(outgoing=(told, *announce(happened, asked.desk)))
