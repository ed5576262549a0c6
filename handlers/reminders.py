"""Reminders: whose open intake is to be brought to his mind by now."""

from datetime import datetime

import msgspec
import structlog

from handlers import window
from handlers.desk import Desk
from handlers.intake import beside, nudges
from handlers.intake.draft import Draft, read
from handlers.messages import Outgoing
from handlers.policy import Policy
from handlers.requests import calendar
from handlers.sweeps import BATCH, Swept
from storage import chats
from storage.chats import Chat
from storage.database import Store

log = structlog.get_logger(__name__)


def sweep(now: datetime, store: Store, desk: Desk) -> Swept:
    """Remind those who have been silent long enough; call again until nobody was due."""
    due = chats.to_remind(store, now, BATCH)
    told = [_remind(chat, now, store, desk) for chat in due]
    return Swept(tuple(one for one in told if one), len(due))


def _remind(chat: Chat, now: datetime, store: Store, desk: Desk) -> Outgoing | None:
    morning = calendar.within(now, desk.policy.push.hours, desk.policy)
    if morning > now:  # it fell due while the bot slept, or the hours were changed since
        chats.change(store, chat.key, remind_at=morning)
        return None
    told = _reminder(chat, now, desk)
    note = msgspec.structs.replace(beside.of_chat(chat), reminded=True, fresh=True)
    changes = {"beside": beside.encoded(note)} if told else {}
    chats.change(store, chat.key, remind_at=None, **changes)
    return told


def _reminder(chat: Chat, now: datetime, desk: Desk) -> Outgoing | None:
    if chat.draft is None:
        return None
    try:
        draft = read(chat.draft)
    except msgspec.DecodeError:
        log.error("draft unreadable")  # noqa: TRY400 - the trace would show what people wrote
        return None
    return reminder(draft, chat, now, desk.policy)


def reminder(draft: Draft, chat: Chat, now: datetime, policy: Policy) -> Outgoing | None:
    """Return the one reminder, or None where it would be wrong: too late, window shut, or a person serves."""
    if nudges.lapsed(draft, chat.last_inbound_at, now, policy) or window.closed(chat, now):
        return None
    return nudges.reminder(draft, chat.key, now, policy)
