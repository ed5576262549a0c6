"""Attachments: what customers and agents send besides words is kept, and shown to the other side."""

from datetime import datetime

from handlers.announcements import slot, to_customer, to_thread
from handlers.contact import Contact
from handlers.desk import Desk
from handlers.messages import Attached, Fetch, File, Image, Incoming, Message, Outgoing, Reply, Text, reachable
from handlers.privacy import masked
from handlers.wording import customer, staff
from storage import attachments, requests
from storage.attachments import Attachment
from storage.database import Store
from storage.requests import Request


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


def fetched(attachment_id: int, path: str, name: str, store: Store, desk: Desk) -> tuple[Outgoing, ...]:
    """Note where the bytes are kept, and show them to the other side of the request."""
    attachments.change(store, attachment_id, path=path, name=name)
    kept = attachments.get(store, attachment_id)
    if kept.request_id is None:
        return ()
    request = requests.get(store, kept.request_id)
    if kept.chat == request.chat:
        return _to_thread(kept, request)
    return _to_customer(kept, request, _message(kept))


def lost(attachment_id: int, store: Store, desk: Desk) -> tuple[Outgoing, ...]:
    """Tell the assignee that something the customer sent could not be fetched."""
    kept = attachments.get(store, attachment_id)
    if kept.request_id is None:
        return ()
    request = requests.get(store, kept.request_id)
    words = staff.CUSTOMER_LOST.format(kind=customer.KINDS.get(kept.kind, kept.kind), name=kept.name)
    return (to_thread(request, f"attachment:{kept.id}:lost", Text(text=words)),)


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
