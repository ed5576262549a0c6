"""Exporting: all that is kept of one customer as a text he can read (PIPL, article 45)."""

from collections.abc import Iterator
from datetime import datetime

from handlers import showing
from handlers.contact import Contact
from handlers.desk import Desk
from handlers.erasing import Whole, of_chat
from handlers.intake.draft import read
from handlers.messages import File, Outgoing, Reply
from handlers.policy import Policy
from handlers.wording import customer
from handlers.wording.terms import FIELDS, STATUS
from storage import attachments, chats, customers, events, requests
from storage.database import Store
from storage.profile import PROFILE
from storage.requests import Request

_MOST_EVENTS = 500
# What is kept of a request, in the order of the file.
_KEPT = (*PROFILE, "description", "expected", "pain", "background", "impact", "history", "note")
# Whose words stand in an event. Of any other kind they were meant for colleagues, or name another customer's request.
_SPEAKERS = {
    **dict.fromkeys(("supplement", "fail", "score"), customer.EXPORT_BY["customer"]),
    **dict.fromkeys(("progress", "ask", "answer", "deliver", "close"), customer.EXPORT_BY["staff"]),
}


def export(contact: Contact) -> Reply:
    """Send a customer his own data as a file, made for this message and kept nowhere."""
    body = text(of_chat(contact.chat.key, contact.store), contact.now, contact.store, contact.desk)
    file = File(name=customer.EXPORT_FILE, content=body.encode())
    key = f"reply:{contact.incoming.id}:file"
    return contact.say(customer.EXPORTED) + Reply(outgoing=(Outgoing(to=contact.chat.key, message=file, key=key),))


def text(his: Whole, now: datetime, store: Store, desk: Desk) -> str:
    """Write down all that is kept of one customer: who he is, what he was told, his requests and what was said."""
    heads, policy = customer.EXPORT_PARTS, desk.policy
    parts = {
        heads["profile"]: list(_profile(his, store)),
        heads["consent"]: list(_consent(his, store, policy)),
        heads["draft"]: list(_drafts(his, store)),
        heads["requests"]: [line for one in his.requests for line in _request(requests.get(store, one), store, policy)],
        heads["files"]: list(_files(his, store, policy)),
    }
    lines = [customer.EXPORT_HEAD.format(at=showing.clock(now, policy))]
    for head, rows in parts.items():
        lines += ["", f"【{head}】", *(rows or [customer.EXPORT_NOTHING])]
    return "\n".join(lines) + "\n"


def _profile(his: Whole, store: Store) -> Iterator[str]:
    for key in his.chats:
        known = chats.get(store, key)
        if known and known.nickname:
            yield customer.EXPORT_NICKNAME.format(name=known.nickname)
    if his.customer_id:
        for field, value in customers.get(store, his.customer_id).profile.items():
            yield f"{FIELDS[field]}：{value}"


def _consent(his: Whole, store: Store, policy: Policy) -> Iterator[str]:
    for key in his.chats:
        known = chats.get(store, key)
        if known and known.consent:
            yield customer.EXPORT_CONSENT.format(version=known.consent, at=showing.clock(known.consent_at, policy))


def _drafts(his: Whole, store: Store) -> Iterator[str]:
    for key in his.chats:
        known = chats.get(store, key)
        if known and known.draft:
            for field, value in read(known.draft).answers.items():
                yield f"{FIELDS.get(field, field)}：{value}"


def _request(request: Request, store: Store, policy: Policy) -> Iterator[str]:
    kind = f"{policy.label(request.type)} {STATUS[request.status]}"
    yield f"{request.number} {kind}（{showing.clock(request.created_at, policy)}）"
    for field in _KEPT:
        if value := getattr(request, field):
            yield f"  {FIELDS[field]}：{value}"
    for event in events.of_request(store, request.id, _MOST_EVENTS):
        said, speaker = event.data.get("said"), _SPEAKERS.get(event.kind)
        if said and speaker:
            yield f"  {showing.clock(event.at, policy)} {speaker}：{said}"


def _files(his: Whole, store: Store, policy: Policy) -> Iterator[str]:
    for kept in attachments.of_chats(store, his.chats):
        what = customer.KINDS.get(kept.kind, kept.kind)
        yield f"{showing.clock(kept.at, policy)} {what} {kept.name or kept.note}".rstrip()
