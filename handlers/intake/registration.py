"""Registration: a confirmed draft, or a call for a person, becomes a request (process.md A-050, A-053)."""

from dataclasses import dataclass
from typing import Any

from handlers import attachments, handover, showing
from handlers.announcements import announce, owner_name
from handlers.contact import Contact
from handlers.intake import proxy, record
from handlers.intake.draft import Draft, read
from handlers.messages import Reply
from handlers.requests import assignment
from handlers.requests.lifecycle import register
from handlers.wording import customer, staff
from storage import customers, requests
from storage.profile import PROFILE
from storage.requests import Request


@dataclass(frozen=True, slots=True)
class Submitted:
    """The request a draft became, and what has to be said about it."""

    request: Request
    reply: Reply


def open_draft(contact: Contact) -> Draft | None:
    """Return the intake this chat is in, if any."""
    return read(contact.chat.draft) if contact.chat.draft else None


def submit(contact: Contact, draft: Draft, *, human: bool = False) -> Submitted:
    """Register what a draft says; the announcement carries the number to the customer and the card to one person."""
    draft = _whole(draft) if human else _mentioning(draft)
    values = _values(contact, draft)
    if human and values["nature"] != "complaint":  # a complaint has a line of its own
        values |= assignment.on_duty(contact.store, contact.desk.policy)
    happened = register(
        values,
        contact.now,
        contact.store,
        contact.desk,
        human=human,
        suggested=draft.suggestions,
        answers=draft.answers,
    )
    request = happened.request
    contact.keep(draft=None)
    contact.focus(request.id if human else None, "talk" if human else "")
    kept = attachments.adopt(contact, request, draft.started - attachments.JUST_BEFORE)
    called = handover.called(contact, request, draft) if human else Reply()
    told = Reply(outgoing=announce(happened, contact.desk)) + kept + called + proxy.join(contact, request)
    return Submitted(request, told)


def human(contact: Contact) -> Reply:
    """Bring a person: what is known is registered early, or the person already on it is reminded."""
    draft = open_draft(contact)
    own = contact.own(only_open=True)
    if draft is None and own:
        request = requests.get(contact.store, own[0].id)
        return _remind(contact, request)
    return submit(contact, draft or Draft(started=contact.now, answers=known(contact)), human=True).reply


def _mentioning(draft: Draft) -> Draft:
    """Let a request name the other needs of its message: whoever works on it knows them, even if he never goes on."""
    if not draft.rest:
        return draft
    others = staff.ALSO_MENTIONED.format(needs="；".join(showing.excerpt(need, 100) for need in draft.rest))
    return draft.having(background="\n".join(filter(None, (draft.answers.get("background", ""), others))))


def _whole(draft: Draft) -> Draft:
    """Give all needs of a message to the person who takes over: nobody will ask for the others."""
    need = draft.answers.get("description", "")
    return draft.having(description="\n".join(filter(None, (need, *draft.rest)))) if draft.rest else draft


def known(contact: Contact) -> dict[str, str]:
    """Return what is known of a returning customer."""
    return customers.get(contact.store, contact.chat.customer_id).profile if contact.chat.customer_id else {}


def _remind(contact: Contact, request: Request) -> Reply:
    contact.focus(request.id, "talk")
    said = customer.HUMAN_AGAIN.format(owner=owner_name(request, contact.desk), number=request.number)
    told = contact.done("urge", request, staff.WANTED.format(number=request.number))
    return contact.say(said) + told + handover.called(contact, request, None)


def _member(contact: Contact) -> str:
    """Name a member of the WeCom app: by the policy, else by his UserID."""
    channel, _, userid = contact.chat.key.partition(":")
    person = contact.desk.policy.member(userid)
    return "" if channel != "app" else person.name if person else userid


def _values(contact: Contact, draft: Draft) -> dict[str, Any]:
    values = record.columns(draft.answers, draft.suggestions, contact.store, contact.desk.policy)
    if not values["company"] and not values["contact"]:
        values["contact"] = contact.incoming.nickname or contact.chat.nickname or _member(contact)
    return values | {
        "chat": contact.chat.key,
        "customer_id": _customer_id(contact, {key: values[key] for key in PROFILE}),
        "source": contact.desk.policy.sources[contact.chat.key.partition(":")[0]],
        "description": values["description"] or draft.answers.get("description_vague") or customer.HUMAN_NEED,
    }


def _customer_id(contact: Contact, profile: dict[str, str]) -> int:
    """Return the customer of this chat, learning what he said of himself."""
    if contact.chat.customer_id:
        customers.learn(contact.store, customers.get(contact.store, contact.chat.customer_id), profile, contact.now)
        return contact.chat.customer_id
    added = customers.add(contact.store, profile, contact.now)
    contact.keep(customer_id=added.id)
    return added.id
