"""The send window of 微信客服: 5 messages within 48 hours of the customer's last word (process.md P1)."""

from datetime import datetime, timedelta

from handlers.messages import Outgoing
from storage import chats
from storage.chats import Chat
from storage.database import Store

MESSAGES = 5
LASTS = timedelta(hours=48)


def shut(outgoing: Outgoing, store: Store, now: datetime) -> str:
    """Return why a customer cannot be written to now: `window`, `serving` (a person serves him), or nothing."""
    if not outgoing.to.startswith("kf:") or outgoing.code:
        return ""
    chat = chats.get(store, outgoing.to)
    if chat is None:
        return "window"
    if expired(chat, now):
        return "window"
    return "serving" if chat.serving else "window" if chat.sent >= MESSAGES else ""


def expired(chat: Chat, now: datetime) -> bool:
    """Whether a session has ended by itself: it lasts 48 hours, and the word of its end may have been lost."""
    return chat.last_inbound_at is None or now - chat.last_inbound_at > LASTS


def count(outgoing: Outgoing, messages: int, store: Store) -> None:
    """Count platform messages that one promise took."""
    if outgoing.to.startswith("kf:") and not outgoing.code:
        chats.count_sent(store, outgoing.to, messages)


def close(chat: str, store: Store) -> None:
    """Believe the platform that the window is shut, whatever was counted."""
    chats.change(store, chat, sent=MESSAGES)
