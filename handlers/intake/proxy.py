"""Proxy intake: a request that somebody else than the customer's chat brings (process.md A-020, A-021, A-027, A-031).

An agent by /代录, another system by POST /api/intake, a file by `yingxu import`: one form, one check, one number range.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from itertools import permutations

import msgspec

from handlers.announcements import announce, draw_card, to_thread
from handlers.contact import Contact
from handlers.desk import Desk
from handlers.intake import origins, record
from handlers.intake.form import Form, checked
from handlers.intake.hearing import hear_first
from handlers.messages import Outgoing, Reply, Text, reachable
from handlers.requests import card
from handlers.requests.lifecycle import register
from handlers.requests.suggested import Suggestions
from handlers.width import narrow
from handlers.wording import customer, staff
from handlers.wording.terms import STATUS
from storage import chats, customers, requests
from storage.customers import Customer
from storage.database import Store
from storage.requests import Request

_LEGAL = re.compile(r"(?:股份|集团|责任|有限)*公司$|\s+")
_SHORTEST_COMPANY = 4
_ADDRESSED = re.compile(r"(?:先生|女士|小姐|经理|总|工|老师|主任)$")


class NotHis(Exception):  # noqa: N818 - an answer, not a fault
    """What was brought cannot be given to this customer; the exception's text says why, and nothing has changed."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A form that can be registered, and what the classifier makes of it."""

    form: Form
    suggestions: Suggestions
    origin: str
    body: str = ""
    """What the content was, where the same name must not bring another (`origins.digest`)."""


@dataclass(frozen=True, slots=True)
class Entered:
    """The request of a form, what has to be said about it, and whether it is new."""

    request: Request
    outgoing: tuple[Outgoing, ...]
    new: bool


def read(form: Form, now: datetime, desk: Desk, *, source: str, origin: str, body: str = "") -> Fit:
    """Check a form and judge what it asks for; raises Unfit. Needs no transaction, and takes some milliseconds.

    `source` counts where the form names none; `origin` makes the form known again where it names none, with `body`.
    """
    fit = checked(form, now, desk.policy)
    fit = msgspec.structs.replace(fit, source=fit.source or source)
    words = "\n".join(filter(None, (fit.description, fit.expected, fit.pain, fit.impact)))
    suggestions = hear_first(words, now, desk).heard.suggestions
    if fit.origin:
        return Fit(fit, suggestions, f"{fit.source}:{fit.origin}")
    return Fit(fit, suggestions, origin, body)


def claim(store: Store, fits: Sequence[Fit]) -> None:
    """Let nobody else register these forms, or look for their customers, until the transaction ends.

    All at once, before anything else is held: two files that name the same people would wait for each other.
    """
    requests.claim_origins(store, [fit.origin for fit in fits])
    customers.claim_phones(store, filter(None, (fit.form.phone for fit in fits)))


def enter(fit: Fit, now: datetime, store: Store, desk: Desk, *, by: str, quiet: bool = False) -> Entered:
    """Register a form under the next number; one with a known origin is the request it became before (A-023).

    Raises Spent if another content came under its origin, or if what came under it was deleted.
    `by` is who brought it (a chat key, or a word for a machine); `quiet`: a customer who can be reached is not told.
    """
    claim(store, [fit])
    known = requests.by_origin(store, fit.origin)
    if known:
        origins.compare(store, known, fit.body)
        return Entered(known, (), new=False)
    origins.refuse_erased(store, fit.origin)
    him, chat = _customer(fit, now, store)
    answers = him.profile | fit.form.answers
    values = record.columns(answers, fit.suggestions, store, desk.policy) | {
        "chat": chat,
        "customer_id": him.id,
        "source": desk.policy.sources[fit.form.source],
        "reporter": fit.form.reporter,
        "origin": fit.origin,
        "reported_at": datetime.fromisoformat(fit.form.at) if fit.form.at else None,
    }
    happened = register(
        values, now, store, desk, by=by, quiet=quiet, suggested=fit.suggestions, answers=fit.form.answers
    )
    origins.note(store, happened.event, fit.body)
    told = announce(happened, desk) + _perhaps(fit, him, happened.request, store)
    return Entered(happened.request, told, new=True)


def join(contact: Contact, request: Request) -> Reply:
    """Give a customer what was brought for him before he was seen here (process.md A-021); the assignees are told.

    He must have said phone, name and company himself. A phone and a name alone stand on every list: whoever writes them
    learns nothing; the assignees hear that he may be the one, and somebody who knows him gives it to him (`give`).
    """
    if not request.phone or request.proxied:
        return Reply()
    mine = {key: getattr(request, key) for key in ("company", "contact")}
    told: list[Outgoing] = []
    for other in customers.brought(contact.store, request.phone):
        keys = chats.of_customer(contact.store, other.id)
        if other.id != request.customer_id and not any(map(reachable, keys)) and _agrees(other, mine):
            for brought in requests.of_chats(contact.store, keys)[:1]:
                if _is_he(other, mine):
                    told += give(brought, request, contact.now, contact.store, contact.desk)
                else:
                    told.append(_may_be_his(brought, request))
    return Reply(outgoing=tuple(told))


def give(request: Request, other: Request, now: datetime, store: Store, desk: Desk) -> tuple[Outgoing, ...]:
    """Give a customer all that others brought for him: he gets a copy; raises NotHis.

    `request` is one that was brought, `other` one of his own; both name the same phone, and the same name or company.
    """
    customers.claim_phones(store, [request.phone])
    him = customers.get(store, request.customer_id)
    mine = {key: getattr(other, key) for key in ("company", "contact")}
    if reachable(request.chat) or not reachable(other.chat):
        raise NotHis(staff.GIVE_CHATS.format(number=request.number, other=other.number))
    if not request.phone or request.phone != other.phone or not _agrees(him, mine):
        raise NotHis(staff.GIVE_DIFFERS.format(number=request.number, other=other.number))
    his = chats.of_customer(store, him.id)
    keys = [key for key in his if not reachable(key)]
    brought = requests.of_chats(store, keys)
    for key in keys:
        requests.move(store, key, other.chat, other.customer_id)
        chats.drop(store, key)
    if len(keys) == len(his):  # else he is met in other chats too
        customers.drop(store, him.id)
    return _copies([requests.get(store, one.id) for one in brought], other.chat, now, desk)


def _may_be_his(brought: Request, own: Request) -> Outgoing:
    words = staff.MAY_BE_HIS.format(number=brought.number, other=own.number)
    return to_thread(brought, f"may_be:{brought.id}:{own.id}", Text(text=words))


def _customer(fit: Fit, now: datetime, store: Store) -> tuple[Customer, str]:
    """Return whose request it is and where he can be told: the one customer with this phone and name, else a new one.

    Who has only said in a chat that they are his, and has not been met by anybody, is another one until he is (`give`).
    What somebody else says of him changes nothing of what he said of himself.
    """
    answers = fit.form.answers
    phone = answers.get("phone", "")
    known = [him for him in (customers.by_phone(store, phone) if phone else ()) if _agrees(him, answers)]
    known = [him for him in known if _is_met(him, store) or _is_he(him, answers)]
    him = known[0] if len(known) == 1 else customers.add(store, answers, now)
    keys = chats.of_customer(store, him.id) if known else []
    spoken = [key for key in keys if reachable(key)]
    if len(spoken) == 1:
        return him, spoken[0]
    chat = f"proxy:{blake2b(fit.origin.encode(), digest_size=16).hexdigest()}"
    chats.open_chat(store, chat)
    chats.change(store, chat, customer_id=him.id)
    return him, chat


def _is_met(him: Customer, store: Store) -> bool:
    """Whether staff have dealt with him in his chat, or he has none."""
    spoken = [key for key in chats.of_customer(store, him.id) if reachable(key)]
    return not spoken or any(one.accepted_at or one.proxied for one in requests.of_chats(store, spoken))


def _perhaps(fit: Fit, him: Customer, request: Request, store: Store) -> tuple[Outgoing, ...]:
    """Let the assignee know of chats whose customer may be the one meant."""
    answers, told = fit.form.answers, []
    for other in customers.by_phone(store, fit.form.phone) if fit.form.phone else ():
        spoken = [key for key in chats.of_customer(store, other.id) if reachable(key)]
        if other.id != him.id and spoken and _agrees(other, answers):
            told += [_may_be_his(request, own) for own in requests.of_chats(store, spoken)[:1]]
    return tuple(told)


def _agrees(him: Customer, said: Mapping[str, str]) -> bool:
    """Whether the name is the same; where one is not known, whether the company is, perhaps in its short form.

    The company alone does not do where both names are known: colleagues share a switchboard.
    """
    names = sorted((plain(him.contact), plain(said.get("contact", ""))), key=len)
    if all(names):
        return names[0] == names[1] or any(_ADDRESSED.sub("", one) == other[:1] for one, other in permutations(names))
    one, other = sorted((plain(him.company), plain(said.get("company", ""))), key=len)
    return bool(one) and (one == other or (len(one) >= _SHORTEST_COMPANY and other.startswith(one)))


def _is_he(him: Customer, said: Mapping[str, str]) -> bool:
    """Whether name and company are both known and both the same."""
    pairs = [(plain(getattr(him, key)), plain(said.get(key, ""))) for key in ("company", "contact")]
    return all(one and one == other for one, other in pairs)


def plain(name: str) -> str:
    """Return a name as it is compared: narrow, without blanks and without what the law adds to a company."""
    return _LEGAL.sub("", narrow(name).lower().strip())


def _copies(brought: list[Request], chat: str, now: datetime, desk: Desk) -> tuple[Outgoing, ...]:
    listed = [customer.LISTED.format(number=r.number, title=card.short(r), status=STATUS[r.status]) for r in brought]
    copy = Text(text="\n".join([customer.COPY, *listed]))
    told = [Outgoing(to=chat, message=copy, key=f"copy:{chat}:{now.isoformat()}", unasked=True)]
    for one in brought:
        key = f"joined:{one.id}"
        if one.open:
            told += [draw_card(one, key, desk), to_thread(one, key, Text(text=staff.JOINED))]
    return tuple(told)
