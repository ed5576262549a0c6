"""Attachments: what customers and agents send besides words is kept, and shown to the other side."""

from datetime import datetime, timedelta

from handlers.announcements import slot, to_customer, to_thread
from handlers.contact import Contact
from handlers.desk import Desk
from handlers.messages import FULL, Attached, Fetch, File, Image, Incoming, Message, Outgoing, Reply, Text, reachable
from handlers.privacy import masked
from handlers.wording import customer, staff
from storage import attachments, requests
from storage.attachments import Attachment
from storage.database import Store
from storage.requests import Request

JUST_BEFORE = timedelta(days=1)
"""A picture or file sent at most this long before an intake began is attached to the request that comes of it."""
TITLES_ONLY = frozenset({"record", "miniprogram", "card", "channels", "product", "order"})
"""Kinds of which little more than a title can be read: kept, and the customer is asked to say it in words."""
ANY_SIZE = 1 << 62


def full(contact: Contact, request: Request | None, since: datetime) -> str:
    """Return the sentence that tells a customer that no more is kept with this request; empty while there is room."""
    rules = contact.desk.policy.attachments
    count, size = attachments.amount(contact.store, contact.chat.key, request.id if request else None, since)
    if count >= rules.most:
        return customer.TOO_MANY.format(most=rules.most)
    return _why(FULL, "", contact.desk) if size >= rules.total << 20 else ""


def room(attachment_id: int, store: Store, desk: Desk) -> int:
    """Return how many bytes a thing may have; what agents send is bounded by the platforms alone."""
    kept = attachments.find(store, attachment_id)
    if kept is None:
        return 0
    if kept.chat.startswith("fs:"):
        return ANY_SIZE
    rules = desk.policy.attachments
    _, size = attachments.amount(store, kept.chat, kept.request_id, kept.at - JUST_BEFORE)
    return min(rules.megabytes << 20, (rules.total << 20) - size)


def receive(contact: Contact, sent: Attached, request: Request | None) -> Reply:
    """Keep what a customer sent, with the request it belongs to if there is one; its bytes are fetched by a job."""
    kept = _keep(contact.store, contact.incoming, sent, request.id if request else None)
    fetches = (Fetch(chat=contact.chat.key, media=sent.media, attachment=kept.id),) if sent.media else ()
    shown = _to_thread(kept, request) if request and not sent.media else ()
    return Reply(fetches=fetches, outgoing=shown)


def relay(incoming: Incoming, sent: Attached, request: Request, store: Store) -> Reply:
    """Keep what an agent sent in the thread; once fetched it goes to the customer."""
    kept = _keep(store, incoming, sent, request.id)
    if not sent.media:
        return Reply(outgoing=_to_customer(kept, request, Text(text=sent.note)))
    return Reply(fetches=(Fetch(chat=incoming.chat, media=sent.media, attachment=kept.id),))


def adopt(contact: Contact, request: Request, since: datetime) -> Reply:
    """Give what was sent during an intake to the request it became, and show it to the assignee."""
    adopted = attachments.adopt(contact.store, contact.chat.key, request.id, since)
    return Reply(outgoing=tuple(out for kept in adopted for out in _to_thread(kept, request)))


def fetched(attachment_id: int, path: str, name: str, size: int, store: Store, desk: Desk) -> tuple[Outgoing, ...]:
    """Note where the bytes are kept, and show them to the other side of the request."""
    attachments.change(store, attachment_id, path=path, name=name, size=size)
    kept = attachments.get(store, attachment_id)
    if kept.request_id is None:
        return ()
    request = requests.get(store, kept.request_id)
    if kept.chat == request.chat:
        return _to_thread(kept, request)
    return _to_customer(kept, request, _message(kept))


def lost(attachment_id: int, reason: str, store: Store, desk: Desk) -> tuple[Outgoing, ...]:
    """Tell whoever sent it why it was not kept, and the assignee that something is missing."""
    kept = attachments.find(store, attachment_id)
    if kept is None:
        return ()
    request = requests.get(store, kept.request_id) if kept.request_id else None
    kind = customer.KINDS.get(kept.kind, customer.SOME_FILE)
    key, known = f"attachment:{kept.id}:lost", staff.LOST.get(reason, reason)
    if kept.chat.startswith("fs:"):
        words = staff.NOT_PASSED_ON.format(kind=kind, name=kept.name, reason=known).strip()
        return (to_thread(request, key, Text(text=words)),) if request else ()
    told = Outgoing(
        to=kept.chat,
        message=Text(text=_why(reason, kind, desk)),
        key=f"{key}:customer",
        unasked=True,
        request=kept.request_id or 0,
    )
    words = staff.CUSTOMER_LOST.format(kind=kind, name=kept.name, reason=known)
    return (told, to_thread(request, key, Text(text=words))) if request else (told,)


def _why(reason: str, kind: str, desk: Desk) -> str:
    rules = desk.policy.attachments
    return customer.NOT_KEPT.get(reason, customer.NOT_FETCHED).format(
        kind=kind, megabytes=rules.megabytes, total=rules.total
    )


def _keep(store: Store, incoming: Incoming, sent: Attached, request_id: int | None) -> Attachment:
    return attachments.add(
        store,
        chat=incoming.chat,
        request_id=request_id,
        kind=sent.kind,
        media=sent.media,
        name=sent.name,
        note=sent.note,
        path="",
        at=incoming.at,
    )


def _to_customer(kept: Attachment, request: Request, message: Message) -> tuple[Outgoing, ...]:
    told = to_customer(request, f"attachment:{kept.id}", message, state=False)
    return (told,) if reachable(request.chat) else ()


def _to_thread(kept: Attachment, request: Request) -> tuple[Outgoing, ...]:
    """Show one attachment under the assignee's card: the picture itself, or what can be said of it."""
    if kept.media and not kept.path:
        return ()
    return (
        Outgoing(
            to=f"fs:{request.owner}",
            message=_message(kept),
            key=f"attachment:{kept.id}:{request.owner}",
            thread=slot(request, request.owner),
            request=request.id,
        ),
    )


def _message(kept: Attachment) -> Message:
    if not kept.path:
        kind = customer.KINDS.get(kept.kind, kept.kind)
        return Text(text=staff.CUSTOMER_SENT.format(kind=kind, name=masked(kept.note or kept.name)))
    return Image(path=kept.path, name=kept.name) if kept.kind == "image" else File(path=kept.path, name=kept.name)
