"""The two reasons the bot speaks: somebody did something, or a moment has come."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from handlers import agents, consent, customers, handover, menus, purging, reminders, showing, sweeps, window
from handlers.announcements import to_thread
from handlers.commands import table as commands
from handlers.desk import Desk
from handlers.messages import Card, Happened, Incoming, Outgoing, Pressed, Reply, Said, Text, reachable
from handlers.privacy import masked
from handlers.renewal import renewed
from handlers.requests import assignment, card
from handlers.sweeps import Swept
from handlers.wording import staff
from storage import chats, dues, requests
from storage.database import Store
from storage.requests import Request


def handle(incoming: Incoming, store: Store, desk: Desk) -> Reply:
    """Answer one deed: an agent's or manager's, or a customer's. Runs inside the transaction that finishes its job."""
    reply = _staff(incoming, store, desk) if incoming.platform == "feishu" else _wecom(incoming, store, desk)
    return msgspec.structs.replace(reply, outgoing=renewed(_sayable(reply.outgoing), store, desk, incoming.at))


def sweep(now: datetime, store: Store, desk: Desk) -> Swept:
    """Act on what is due by now; call again until `worked` is 0."""
    desk.confirming.refresh(store)
    swept = sweeps.sweep(now, store, desk)
    reminded = reminders.sweep(now, store, desk)
    told = renewed(_sayable(swept.outgoing + reminded.outgoing), store, desk, now)
    menus.remember(told, store)
    if swept.worked or reminded.worked:
        return Swept(told, swept.worked + reminded.worked)
    purged = purging.purge(now, store, desk)  # what people wait for comes first
    return Swept(told, purged.worked, purged.discards)


def next_moment(store: Store) -> datetime | None:
    """Return when something falls due next."""
    moments = (dues.next_moment(store), chats.next_reminder(store))
    return min((moment for moment in moments if moment), default=None)


def undeliverable(outgoing: Outgoing, reason: str, store: Store, desk: Desk, now: datetime) -> tuple[Outgoing, ...]:
    """Tell somebody who can act that a promise was held or given up: it is never only logged."""
    if reason == "window":
        window.close(outgoing.to, store)  # the platform knows better than our count
    if reason not in staff.REASONS:
        consent.unsaid(outgoing, store, desk.policy)
        handover.unsaid(outgoing, store)
    if not outgoing.request:
        return ()
    request = requests.get(store, outgoing.request)
    if outgoing.platform == "feishu":
        return tuple(_unreached(outgoing, request, reason, desk))
    if reason not in staff.REASONS:
        said = showing.excerpt(masked(outgoing.message.as_text()), 200)
        words = staff.NOT_TRANSFERRED if outgoing.servicers else staff.UNSENT
        words = words.format(number=request.number, reason=staff.LOST.get(reason, reason), said=said)
    elif not outgoing.key.startswith("event:") and chats.open_chat(store, outgoing.to).unreachable:
        return ()  # said once already, and his next word clears it; but of what he just did himself the agent is told
    else:
        chats.change(store, outgoing.to, unreachable=True)
        words = staff.UNREACHABLE.format(number=request.number, reason=staff.REASONS[reason])
    return (to_thread(request, f"unsent:{outgoing.key}:{now.isoformat()}", Text(text=words)),)


def _unreached(outgoing: Outgoing, request: Request, reason: str, desk: Desk) -> Iterator[Outgoing]:
    """Tell the superiors whom the bot cannot reach in Feishu; of request 0, so that this is never told of itself."""
    person = desk.policy.person(outgoing.to.removeprefix("fs:"))
    title = staff.UNREACHED.format(name=person.name if person else outgoing.to, number=request.number)
    alarm = Card(
        title=title, body=staff.LOST.get(reason, reason), facts=card.brief(request, desk.policy), tone="urgent"
    )
    for superior in assignment.superiors(request, desk.policy):
        if superior.chat != outgoing.to:
            yield Outgoing(to=superior.chat, message=alarm, key=f"unreached:{outgoing.key}:{superior.feishu}")


def poison(incoming: Incoming, store: Store, desk: Desk) -> tuple[Outgoing, ...]:
    """Give the words of a message no handler could take to who is in charge: nobody disappears (reliability.md F78)."""
    said = incoming.content.text if isinstance(incoming.content, Said) else ""
    alarm = Card(
        title=staff.POISON_TITLE, body=staff.POISON.format(said=masked(said) or staff.POISON_NO_WORDS), tone="urgent"
    )
    return tuple(
        Outgoing(to=person.chat, message=alarm, key=f"poison:{incoming.id}:{person.feishu}")
        for person in assignment.in_charge(desk.policy)
    )


def _sayable(outgoing: tuple[Outgoing, ...]) -> tuple[Outgoing, ...]:
    """Leave out what nobody could be told: a customer for whom others brought a request may have no chat."""
    return tuple(one for one in outgoing if reachable(one.to))


def _staff(incoming: Incoming, store: Store, desk: Desk) -> Reply:
    reply = _of_staff(incoming, store, desk)
    menus.remember(reply.outgoing, store)
    return reply


def _of_staff(incoming: Incoming, store: Store, desk: Desk) -> Reply:
    match incoming.content:
        case Happened():
            return Reply()
        case Pressed() as press:
            return agents.press(incoming, press, store, desk)
        case Said(text=text) if commands.is_command(text):
            return commands.run(incoming, text, desk.policy.person(incoming.sender.removeprefix("fs:")), store, desk)
        case _ if incoming.group and not incoming.thread:
            return Reply()
        case _:
            return agents.reply(incoming, store, desk)


def _wecom(incoming: Incoming, store: Store, desk: Desk) -> Reply:
    """Let a member of the policy command; everybody is a customer otherwise (contract.md 6)."""
    if incoming.chat.startswith("app:") and isinstance(incoming.content, Said):
        person = desk.policy.member(incoming.chat.removeprefix("app:"))
        if person and commands.is_command(incoming.content.text):
            reply = commands.run(incoming, incoming.content.text, person, store, desk)
            menus.remember(reply.outgoing, store)
            return reply
    return customers.handle(incoming, store, desk)
