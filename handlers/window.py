"""The send window of 微信客服: 5 messages within 48 hours of the customer's last word (process.md P1)."""

from datetime import datetime, timedelta

from handlers.desk import Desk
from handlers.messages import Outgoing
from handlers.requests import calendar
from storage import chats
from storage.chats import Chat
from storage.database import Store

MESSAGES = 5
LASTS = timedelta(hours=48)
AWAKE = timedelta(minutes=10)
"""So long after his last word a customer is taken to be in the chat, whatever the hour."""


def shut(outgoing: Outgoing, store: Store, now: datetime) -> str:
    """Return why a customer cannot be written to now: `window`, `serving` (a person serves him), or nothing."""
    if not outgoing.to.startswith("kf:") or outgoing.code or outgoing.servicers:
        return ""
    chat = chats.get(store, outgoing.to)
    if chat is None:
        return "window"
    return closed(chat, now)


def closed(chat: Chat, now: datetime) -> str:
    """Return why a chat takes no message now, as `shut` does; members of the app always do."""
    if not chat.key.startswith("kf:"):
        return ""
    if expired(chat, now):
        return "window"
    return "serving" if chat.serving else "window" if chat.sent >= MESSAGES else ""


def expired(chat: Chat, now: datetime) -> bool:
    """Whether a session has ended by itself: it lasts 48 hours, and the word of its end may have been lost."""
    return chat.last_inbound_at is None or now - chat.last_inbound_at > LASTS


def postponed(outgoing: Outgoing, store: Store, desk: Desk, now: datetime) -> datetime | None:
    """Return until when something unasked has to wait: nobody is woken at night, but who is just writing is awake."""
    if not outgoing.unasked:
        return None
    chat = chats.get(store, outgoing.to)
    if chat and chat.last_inbound_at and now - chat.last_inbound_at <= AWAKE:
        return None
    moment = calendar.within(now, desk.policy.push.hours, desk.policy)
    return moment if moment > now else None


def count(outgoing: Outgoing, messages: int, store: Store) -> None:
    """Count platform messages that one promise took."""
    if outgoing.to.startswith("kf:") and not outgoing.code:
        chats.count_sent(store, outgoing.to, messages)


def close(chat: str, store: Store) -> None:
    """Believe the platform that the window is shut, whatever was counted."""
    chats.change(store, chat, sent=MESSAGES)
