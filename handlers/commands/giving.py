"""Giving by command: /give 编号 客户编号 hands what was brought for a customer to him, once somebody knows him."""

from handlers import numbering
from handlers.commands.asked import Asked, Misused
from handlers.intake import proxy
from handlers.messages import Outgoing, Reply, Text
from handlers.wording import commands, staff
from storage import requests

WORDS = 2


def give(asked: Asked) -> Reply:
    """Give a customer all that was brought for him; whom the brought request concerns may."""
    if len(asked.words) != WORDS:
        raise Misused(commands.GIVE_HIS)
    request = asked.request(asked.words[0])
    other = requests.by_number(asked.store, numbering.read(asked.words[1]))
    if other is None:  # what is his was named to whoever may ask; another number is answered like none
        raise Misused(staff.GIVE_DIFFERS.format(number=request.number, other=asked.words[1][:40]) + "。")
    try:
        told = proxy.give(request, other, asked.now, asked.store, asked.desk)
    except proxy.NotHis as refused:
        raise Misused(f"{refused}。") from None
    said = Text(text=staff.GIVEN.format(number=request.number, other=other.number))
    return Reply(outgoing=(Outgoing(to=asked.incoming.chat, message=said, key=f"reply:{asked.incoming.id}"), *told))
