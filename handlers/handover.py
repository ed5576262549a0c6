"""Handing over: what a person who takes a customer over gets to know, and who of 微信客服 takes the session."""

from collections import Counter
from datetime import datetime

import msgspec

from handlers.announcements import to_thread
from handlers.contact import Contact
from handlers.intake import beside, nudges
from handlers.intake.draft import Draft
from handlers.messages import Outgoing, Reply, Text
from handlers.policy import Policy
from handlers.privacy import masked
from handlers.wording import customer, staff
from storage import attachments, chats, requests
from storage.database import Store
from storage.requests import Request

_BACK = "back:"


def called(contact: Contact, request: Request, draft: Draft | None) -> Reply:
    """Tell the assignee what his card does not show, and hand the session over where the policy says so."""
    told = _known(contact, request, draft)
    thread = (to_thread(request, f"called:{contact.incoming.id}", Text(text=told)),) if told else ()
    return Reply(outgoing=(*thread, *_transfer(contact, request)))


def servicers(request: Request, policy: Policy) -> tuple[str, ...]:
    """Return the UserIDs to try: who is on duty, the assignee, his department, then everybody there is."""
    duty = [person for name in policy.human.duty if (person := policy.named(name))]
    owner = [person for person in policy.people if person.feishu == request.owner]
    colleagues = [person for person in policy.people if person.department == request.department]
    desk = policy.human.servicer
    order = (
        *(person.kf for person in (*duty, *owner, *colleagues)),
        desk.get(request.department, ""),
        *(person.kf for person in policy.people),
        *desk.values(),
    )
    return tuple(dict.fromkeys(filter(None, order)))


def delivered(outgoing: Outgoing, store: Store, now: datetime) -> tuple[Outgoing, ...]:
    """Note that a person serves the session now: our own call raises no event (wecom.md section 1a)."""
    if not outgoing.servicers:
        return ()
    chats.change(store, outgoing.to, serving=True)
    request = requests.get(store, outgoing.request)
    words = staff.TRANSFERRED.format(number=request.number)
    return (to_thread(request, f"transferred:{outgoing.key}:{now.isoformat()}", Text(text=words)),)


def ended(contact: Contact, code: str) -> Reply:
    """Take the chat back with one sentence: by the code of the end (20 seconds), else with the next answer.

    What was being registered rests: the talk with a person has gone on from there, and so his next words may be new.
    """
    if contact.chat.draft:
        beside.keep(contact, rests=True, answering=False)
        contact.keep(remind_at=None)
    if not code:
        beside.keep(contact, back=True)
        return Reply()
    said = customer.BACK_DRAFT if contact.chat.draft else customer.BACK
    key = f"{_BACK}{contact.incoming.id}"
    return Reply(outgoing=(Outgoing(to=contact.chat.key, message=Text(text=said), key=key, code=code),))


def unsaid(outgoing: Outgoing, store: Store) -> None:
    """Owe the sentence to the customer if its code was too old."""
    chat = chats.get(store, outgoing.to) if outgoing.key.startswith(_BACK) else None
    if chat:
        owed = msgspec.structs.replace(beside.of_chat(chat), back=True)
        chats.settle(store, chat.key, {"beside": chat.beside}, beside=beside.encoded(owed))


def taken_back(contact: Contact, reply: Reply) -> Reply:
    """Begin the first answer after a person has served with the sentence that is still owed."""
    note = beside.of(contact)
    answers = [n for n, one in enumerate(reply.outgoing) if one.to == contact.chat.key and not one.servicers]
    place = next((n for n in answers if isinstance(reply.outgoing[n].message, Text)), None)
    if not note.back or place is None:
        return reply
    beside.keep(contact, back=False)
    told = list(reply.outgoing)
    text = told[place].message
    assert isinstance(text, Text)  # noqa: S101 - looked for above
    rests = contact.kept.get("draft", contact.chat.draft) is not None and beside.of(contact).rests
    words = customer.BACK_DRAFT if rests else customer.BACK_NOW
    said = msgspec.structs.replace(text, text=f"{words}\n{text.text}")
    told[place] = msgspec.structs.replace(told[place], message=said)
    return msgspec.structs.replace(reply, outgoing=tuple(told))


def _known(contact: Contact, request: Request, draft: Draft | None) -> str:
    """List what is missing, what was said last, and what was sent."""
    sent = Counter(one.kind for one in attachments.of_request(contact.store, request.id) if one.chat == request.chat)
    said = beside.of(contact).lately
    rows = (
        (staff.MISSING, nudges.missing(draft, contact.desk.policy) if draft and draft.answers else ""),
        (staff.LATELY, " ".join(f"“{masked(words)}”" for words in said)),
        (staff.SENT, "、".join(f"{customer.KINDS.get(kind, kind)} {count}" for kind, count in sent.items())),
    )
    return "\n".join(f"{label}：{value}" for label, value in rows if value)


def _transfer(contact: Contact, request: Request) -> tuple[Outgoing, ...]:
    policy = contact.desk.policy
    willing = servicers(request, policy) if policy.human.mode == "transfer" else ()
    if not willing or not contact.chat.key.startswith("kf:"):
        return ()
    return (
        Outgoing(
            to=contact.chat.key,
            message=Text(text=customer.TRANSFERRED),
            key=f"transfer:{contact.incoming.id}",
            supersedes="transfer",
            request=request.id,
            servicers=willing,
        ),
    )
