"""Assigning by command: /assign 编号 姓名."""

from handlers.announcements import announce
from handlers.commands.asked import Asked, Misused
from handlers.messages import Outgoing, Reply, Text
from handlers.requests import alike
from handlers.requests.lifecycle import allowed, apply
from handlers.wording import commands, staff
from handlers.wording.terms import STATUS

WORDS = 2


def assign(asked: Asked) -> Reply:
    """Give a request to a person; an agent may give away his own, a manager any."""
    if len(asked.words) != WORDS:
        raise Misused(commands.GIVE_PERSON)
    request = asked.request(asked.words[0])
    person = asked.named(asked.words[1])
    if not allowed(request, "assign"):
        raise Misused(commands.NOT_ASSIGNED.format(number=request.number, status=STATUS[request.status]))
    kept = alike.root(asked.store, request)
    if kept:
        raise Misused(commands.REFUSED.format(problem=staff.FOLLOWS.format(number=request.number, kept=kept.number)))
    if person.feishu == request.owner:
        raise Misused(commands.ALREADY_HIS.format(number=request.number, name=person.name))
    by = asked.person.chat
    to = {"owner": person.feishu, "department": person.department}
    happened = apply("assign", request, by, asked.now, asked.store, asked.desk, **to)
    said = Text(text=commands.ASSIGNED.format(number=request.number, name=person.name))
    told = Outgoing(to=asked.incoming.chat, message=said, key=f"reply:{asked.incoming.id}")
    return Reply(outgoing=(told, *announce(happened, asked.desk)))
