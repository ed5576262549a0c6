"""Merging by command: /merge 编号 保留编号, and /split 编号 to take it back."""

from handlers.announcements import announce, owner_name
from handlers.commands.asked import Asked, Misused
from handlers.messages import Outgoing, Reply, Text
from handlers.requests import alike, family, merging
from handlers.requests.lifecycle import Happening
from handlers.requests.merging import CannotMerge
from handlers.wording import commands, staff
from storage.requests import Request

WORDS = 2


def merge(asked: Asked) -> Reply:
    """Let one request follow another; whom the first concerns may, and what is proposed on its card may be named."""
    if len(asked.words) != WORDS:
        raise Misused(commands.GIVE_BOTH)
    request = asked.request(asked.words[0])
    other = asked.request(asked.words[1], also=merging.proposed(asked.store, request))
    try:
        done = merging.merge(request, other, asked.person.chat, asked.now, asked.store, asked.desk)
    except CannotMerge as refused:
        raise Misused(f"{refused}。") from None
    around = family.of(asked.store, done[0].request, asked.desk)
    kept = around.root.number if around.root else other.number
    return _told(asked, staff.MERGE_DONE.format(number=request.number, kept=kept, votes=around.votes), done)


def split(asked: Asked) -> Reply:
    """Let a merged request stand by itself again."""
    if len(asked.words) != 1:
        raise Misused(commands.GIVE_ONE)
    request = asked.request(asked.words[0])
    kept = alike.root(asked.store, request)
    try:
        done = merging.split(request, asked.person.chat, asked.now, asked.store, asked.desk)
    except CannotMerge as refused:
        raise Misused(f"{refused}。") from None
    owner = owner_name(done[0].request, asked.desk)
    words = {"number": request.number, "kept": _number(kept), "owner": owner}
    return _told(asked, staff.SPLIT_DONE.format(**words), done)


def _number(request: Request | None) -> str:
    return request.number if request else ""


def _told(asked: Asked, said: str, done: list[Happening]) -> Reply:
    told = Outgoing(to=asked.incoming.chat, message=Text(text=said), key=f"reply:{asked.incoming.id}")
    return Reply(outgoing=(told, *(one for happened in done for one in announce(happened, asked.desk))))
