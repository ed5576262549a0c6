"""Requests with suggestions of one's own choice, so that tests need not look for words that make a model say them."""

from datetime import datetime
from typing import Any

from handlers.announcements import announce
from handlers.desk import Desk
from handlers.intake import record
from handlers.messages import Outgoing
from handlers.requests.confirming import Confirming
from handlers.requests.judging import judged
from handlers.requests.lifecycle import Happening, apply, register
from handlers.requests.suggested import Suggested, Suggestions, cautious
from storage import chats, customers, labels
from storage.database import Store
from storage.labels import Label
from storage.requests import Request
from tests.factories import LI, WANG, ZHOU, Room, a_desk

SMALL: dict[str, Any] = {"learning": {"last": 10, "within": "30d", "least": 4}}
"""Few decisions decide."""
GUESSED = {"type": "bug", "urgency": "important", "nature": "product"}
RIVAL = {"type": "improve", "urgency": "urgent", "nature": "service"}


def guesses(*, unsure: tuple[str, ...] = (), **own: str) -> Suggestions:
    """Return what a classifier might say: sure of all but `unsure`."""
    heads = {
        head: Suggested(
            value=value,
            confidence=0.5 if head in unsure else 0.9,
            because=("故障词: 报错",),
            sure=head not in unsure,
            runner_up=RIVAL[head],
        )
        for head, value in (GUESSED | own).items()
    }
    return Suggestions(heads=heads)


def opens(
    store: Store,
    desk: Desk,
    now: datetime,
    suggested: Suggestions | None = None,
    *,
    chat: str = WANG,
    by: str = "",
    human: bool = False,
    **answers: str,
) -> Happening:
    """Register a request of which this was suggested, and this said by whoever brought it."""
    customers_chat = chats.open_chat(store, chat)
    him = customers_chat.customer_id or customers.add(store, {"contact": "王芳"}, now).id
    chats.change(store, chat, customer_id=him)
    made = cautious(suggested or guesses(), desk.confirming.heads)
    said = {"description": "导出报表报错", "contact": "王芳", "phone": "13800001234"} | answers
    values: dict[str, Any] = record.columns(said, made, store, desk.policy) | {"owner": LI}
    values |= {"chat": chat, "customer_id": him, "source": "微信客服"}
    return register(values, now, store, desk, human=human, by=by, suggested=made, answers=said)


def decides(
    store: Store, desk: Desk, now: datetime, who: str = ZHOU, chat: str = WANG, **values: str
) -> tuple[Outgoing, ...]:
    """Open a request and let somebody accept it, or judge it as `values` say; return what is told of that."""
    request = opens(store, desk, now, chat=chat).request
    columns = judged(request, values, desk.policy) if values else {}
    happened = apply("judge" if values else "accept", request, f"fs:{who}", now, store, desk, **columns)
    return announce(happened, desk)


def alarms(told: tuple[Outgoing, ...] | list[Outgoing]) -> list[Outgoing]:
    """Return the messages about confirmation mode."""
    return [one for one in told if one.key.startswith("confirm:")]


def decided(room: Room, request: Request | int) -> dict[str, Label]:
    """Return what is known about the questions of a request."""
    number = request if isinstance(request, int) else request.id
    return {one.head: one for one in room.run(lambda store: labels.of(store, number))}


def in_mode(*heads: str, **own: Any) -> Desk:
    """Return a desk where these questions are confirmed one by one; until the next sweep looks."""
    desk = a_desk(**own)
    return Desk(desk.policy, desk.classifier, confirming=Confirming(frozenset(heads)))
