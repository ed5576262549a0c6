"""Registration: a confirmed draft, or a call for a person, becomes a request (process.md A-050, A-053)."""

from datetime import timedelta
from typing import Any

import msgspec

from handlers import attachments
from handlers.announcements import announce, owner_name
from handlers.contact import Contact
from handlers.intake.draft import PROFILE, Draft
from handlers.messages import Reply
from handlers.policy import Policy
from handlers.requests import assignment
from handlers.requests.card import Suggestions
from handlers.requests.lifecycle import TYPE, Happening, apply, register
from handlers.wording import customer, staff
from storage import customers, requests

# Which nature a type has when nothing in the words says otherwise (process.md A-C2).
_NATURE = {"bug": "product", "improve": "product", "custom": "product", "consult": "service"}
# A picture sent this long before the need was put into words belongs to it: the customer was told that it is kept.
_JUST_BEFORE = timedelta(days=1)
_SOURCES = {"kf": "微信客服", "app": "企业微信"}


def open_draft(contact: Contact) -> Draft | None:
    """Return the intake this chat is in, if any."""
    return msgspec.json.decode(contact.chat.draft, type=Draft) if contact.chat.draft else None


def submit(contact: Contact, draft: Draft, *, human: bool = False) -> Reply:
    """Register what a draft says; the announcement carries the number to the customer and the card to one person."""
    happened = register(_values(contact, draft), contact.now, contact.store, contact.desk, human=human)
    request = happened.request
    contact.keep(draft=None)
    contact.focus(request.id if human else None, "talk" if human else "")
    kept = attachments.adopt(contact, request, draft.started - _JUST_BEFORE)
    return Reply(outgoing=announce(happened, contact.desk)) + kept


def human(contact: Contact) -> Reply:
    """Bring a person: what is known is registered early, or the person already on it is reminded."""
    draft = open_draft(contact)
    own = contact.own(only_open=True)
    if draft is None and own:
        request = requests.get(contact.store, own[0].id)
        wanted = staff.WANTED.format(number=request.number)
        happened = apply("urge", request, contact.chat.key, contact.now, contact.store, contact.desk, said=wanted)
        return _remind(contact, happened)
    return submit(contact, draft or Draft(started=contact.now, answers=known(contact)), human=True)


def erase(contact: Contact) -> Reply:
    """Bring a person who deletes what is kept of this customer (contract.md 6); asked about before."""
    return submit(
        contact, Draft(started=contact.now, answers=known(contact) | {"description": customer.ERASE_NEED}), human=True
    )


def known(contact: Contact) -> dict[str, str]:
    """Return what is known of a returning customer."""
    return customers.get(contact.store, contact.chat.customer_id).profile if contact.chat.customer_id else {}


def _remind(contact: Contact, happened: Happening) -> Reply:
    request = happened.request
    contact.focus(request.id, "talk")
    said = customer.HUMAN_AGAIN.format(owner=owner_name(request, contact.desk), number=request.number)
    return contact.say(said) + Reply(outgoing=announce(happened, contact.desk))


def _member(contact: Contact) -> str:
    """Name a member of the WeCom app: by the policy, else by his UserID."""
    channel, _, userid = contact.chat.key.partition(":")
    person = contact.desk.policy.member(userid)
    return "" if channel != "app" else person.name if person else userid


def _values(contact: Contact, draft: Draft) -> dict[str, Any]:
    answers, policy = draft.answers, contact.desk.policy
    heads = {head: guess for head, guess in draft.suggestions.heads.items() if head not in answers}
    type_ = answers.get("type") or (
        heads["type"].value if "type" in heads and heads["type"].value in TYPE else "consult"
    )
    nature = heads["nature"].value if "nature" in heads and heads["nature"].value != "none" else _NATURE[type_]
    guessed = heads["urgency"].value if "urgency" in heads and heads["urgency"].value != "none" else "routine"
    owner = assignment.choose(type_, nature, contact.store, policy)
    profile = {key: answers.get(key, "") for key in PROFILE}
    if not profile["company"] and not profile["contact"]:
        profile["contact"] = contact.incoming.nickname or contact.chat.nickname or _member(contact)
    return profile | {
        "chat": contact.chat.key,
        "customer_id": _customer_id(contact, profile),
        "source": _SOURCES[contact.chat.key.split(":", 1)[0]],
        "background": "\n".join(filter(None, (answers.get("background", ""), *_more(draft, policy)))),
        "description": answers.get("description") or answers.get("description_vague") or customer.HUMAN_NEED,
        "impact": answers.get("impact", ""),
        "history": answers.get("history", ""),
        "suggestion": msgspec.json.encode(Suggestions(heads=heads, degraded=draft.suggestions.degraded)),
        "type": type_,
        "nature": nature,
        "urgency": answers.get("urgency", guessed),
        "department": assignment.route(type_, nature, policy).department,
        "owner": owner.feishu,
    }


def _more(draft: Draft, policy: Policy) -> list[str]:
    """Return the answers to fields of the house's own: the agent reads them with the background."""
    own = [f for f in policy.fields if f.kind == "text" and f.key != "background" and draft.answers.get(f.key)]
    return [f"{field.label}：{draft.answers[field.key]}" for field in own]


def _customer_id(contact: Contact, profile: dict[str, str]) -> int:
    """Return the customer of this chat, learning what he said of himself."""
    if contact.chat.customer_id:
        customers.learn(contact.store, customers.get(contact.store, contact.chat.customer_id), profile, contact.now)
        return contact.chat.customer_id
    added = customers.add(contact.store, profile, contact.now)
    contact.keep(customer_id=added.id)
    return added.id
