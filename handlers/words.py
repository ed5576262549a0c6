"""Words a customer may type at any time, matched whole: free text is never an action (contract.md, section 6)."""

import re
from collections.abc import Callable
from functools import lru_cache

from handlers import erasing, numbering
from handlers.announcements import owner_name
from handlers.contact import Contact
from handlers.exporting import export
from handlers.intake import beside
from handlers.intake.registration import human
from handlers.messages import Button, Reply
from handlers.numbering import TYPED as NUMBER
from handlers.phrases import HOW_IT_IS, MORE, PERSON, TEXT, WHOSE
from handlers.requests import acceptance, card
from handlers.requests.lifecycle import allowed
from handlers.width import narrow
from handlers.wording import customer
from handlers.wording.terms import STATUS
from storage import erasures
from storage.requests import OPEN, Request

_LONGEST, _MOST_CHOICES = 10, 9
_ERASE, _KEEP, _KEEP_REQUEST = "erase", "keep_data", "keep_request"


def spoken(text: str, contact: Contact) -> Reply | None:
    """Do what a word of the table asks; None if the text is none of them."""
    typed = text.strip()
    found = asked(typed)
    if found is None:
        return None
    match, action = found
    groups = match.groupdict()
    # The text stands last in every pattern: it is kept as typed, to its very end.
    words = typed[match.start("text") :] if groups.get("text") else ""
    return action(contact, numbering.read(groups.get("number")), words.strip())


@lru_cache(maxsize=16)
def asked(typed: str) -> tuple[re.Match[str], "_Action"] | None:
    """Find the word of the table that a text is; remembered, because one turn asks twice."""
    said = narrow(typed.rstrip("。.!！~？?"))
    return next(((match, action) for pattern, action in WORDS if (match := pattern.fullmatch(said))), None)


def pressed(action: str, subject: str, contact: Contact) -> Reply | None:
    """Do what a button outside the intake asks; the same functions as the words."""
    found = BUTTONS.get(action)
    return found(contact, subject, "") if found else None


def help_(contact: Contact, _: str, __: str) -> Reply:
    """Tell what can be said."""
    return contact.say(customer.HELP)


def mine(contact: Contact, _: str, __: str) -> Reply:
    """List the customer's requests."""
    own = contact.own()
    shown = own[:_LONGEST]
    lines = [customer.LISTED.format(number=r.number, title=card.short(r), status=STATUS[r.status]) for r in shown]
    if not lines:
        return contact.say(customer.MINE_NONE)
    more = len(own) > len(shown)
    opening = customer.MINE_OF.format(count=contact.count(), most=len(shown)) if more else customer.MINE
    return contact.say("\n".join([opening, *lines]))


def progress(contact: Contact, wanted: str, _: str) -> Reply:
    """Tell the state of one request."""
    return _on_one(contact, wanted, "status", lambda r: contact.say(state(r, contact)))


def urge(contact: Contact, wanted: str, _: str) -> Reply:
    """Pass a reminder to the assignee."""

    def do(request: Request) -> Reply:
        said = customer.URGED.format(owner=owner_name(request, contact.desk), number=request.number)
        return contact.say(said) + contact.done("urge", request)

    return _on_one(contact, wanted, "urge", do)


def supplement(contact: Contact, wanted: str, text: str) -> Reply | None:
    """Add words to a request; a number is needed only when several could be meant, and an intake comes first."""
    if text and not wanted:
        meant = contact.own(only_open=True)
        if _in_intake(contact) or not meant:
            return None
        wanted = meant[0].number if len(meant) == 1 else ""
    if not wanted or not text:
        return contact.say(customer.SUPPLEMENT_USAGE)
    request = contact.find(wanted)
    if request is None:
        return contact.say(customer.NO_SUCH.format(number=wanted))
    if not allowed(request, "supplement"):
        return contact.say(customer.NOT_NOW.format(number=request.number, status=STATUS[request.status]))
    said = customer.SUPPLEMENTED.format(number=request.number, owner=owner_name(request, contact.desk))
    return contact.say(said) + contact.done("supplement", request, text)


def more(contact: Contact, _: str, text: str) -> Reply | None:
    """Add to the request that was just submitted: 「再加一条：…」; within an intake it is an answer like others."""
    own = contact.own(only_open=True)
    if _in_intake(contact) or not own:
        return None
    if text:
        return supplement(contact, own[0].number, text)
    contact.focus(own[0].id, "ask")
    return contact.say(customer.MORE_WHAT.format(number=own[0].number))


def _in_intake(contact: Contact) -> bool:
    """Whether an intake asks something; a draft that rests asks nothing."""
    return bool(contact.chat.draft) and not beside.of(contact).rests


def withdraw(contact: Contact, wanted: str, _: str) -> Reply:
    """Withdraw an open request; asked about first where no number was given.

    Said to the question whether all of his data is to be deleted, it takes that back and nothing else.
    """
    if wanted:
        return _withdraw(contact, wanted)
    if asked_to_erase(contact):
        return contact.say(customer.NOT_ERASED)
    own = contact.own(only_open=True)
    if not own:
        return contact.say(customer.NOTHING_TO_CANCEL)
    if len(own) == 1:
        yes = Button(label=customer.CONFIRM, action="withdraw", subject=own[0].number)
        no = Button(label=customer.NO_WITHDRAW, action=_KEEP_REQUEST)
        return contact.say(customer.ASK_WITHDRAW.format(number=own[0].number), yes, no)
    return _which(contact, own, "withdraw", OPEN)


def accept(contact: Contact, wanted: str, _: str) -> Reply:
    """Confirm a delivery."""
    return _on_one(contact, wanted, "pass", lambda r: acceptance.passed(contact, r), status="testing")


def reject(contact: Contact, wanted: str, text: str) -> Reply:
    """Say that a delivery did not solve it."""
    return _on_one(contact, wanted, "fail", lambda r: acceptance.failed(contact, r, text), status="testing")


def state(request: Request, contact: Contact) -> str:
    """Describe one request to its customer."""
    return customer.STATE.format(
        number=request.number,
        title=card.short(request),
        status=STATUS[request.status],
        owner=owner_name(request, contact.desk),
        latest=customer.PUSH_LATEST.format(note=request.note) if request.note else "",
    ).strip()


def _withdraw(contact: Contact, wanted: str) -> Reply:
    def do(request: Request) -> Reply:
        return contact.say(customer.WITHDRAWN.format(number=request.number)) + contact.done("withdraw", request)

    return _on_one(contact, wanted, "withdraw", do)


def _on_one(contact: Contact, wanted: str, action: str, do: Callable[[Request], Reply], *, status: str = "") -> Reply:
    """Do something to the request meant: the one named, else the only one it could be, else ask which."""
    if wanted:
        found = contact.find(wanted)
        if found is None:
            return contact.say(customer.NO_SUCH.format(number=wanted))
        if action != "status" and not allowed(found, action):
            return contact.say(customer.NOT_NOW.format(number=found.number, status=STATUS[found.status]))
        return do(found)
    meant = contact.own(only_open=True)
    ready = [r for r in meant if r.status == status]
    meant, standing = (ready, (status,)) if ready else (meant, OPEN)
    if not meant and action == "status":
        meant = contact.own()[:1]
    if not meant:
        return contact.say(customer.NONE_OPEN)
    if len(meant) > 1:
        return _which(contact, meant, action, standing)
    # By its number: that holds it until the transaction ends, whatever an agent does to it meanwhile.
    return _on_one(contact, meant[0].number, action, do)


def _which(contact: Contact, meant: list[Request], action: str, standing: tuple[str, ...]) -> Reply:
    """Let him choose among what is meant, and say how many more stand like that."""
    shown = meant[:_MOST_CHOICES]
    buttons = [Button(label=f"{r.number} {card.short(r)}"[:40], action=action, subject=r.number) for r in shown]
    more = len(meant) > len(shown)
    asks = customer.WHICH_OF.format(count=contact.count(*standing), most=len(shown)) if more else customer.WHICH
    return contact.say(asks, *buttons)


def _keep_request(contact: Contact, _: str, __: str) -> Reply:
    return contact.say(customer.NOT_WITHDRAWN)


def _ask_erase(contact: Contact, _: str, __: str) -> Reply:
    choices = (Button(label=customer.CONFIRM, action=_ERASE), Button(label=customer.NO_ERASE, action=_KEEP))
    return contact.say(customer.ASK_ERASE, *choices)


def _keep_data(contact: Contact, _: str, __: str) -> Reply | None:
    """Leave everything as it is; only where that was asked."""
    return contact.say(customer.NOT_ERASED) if asked_to_erase(contact) else None


def asked_to_erase(contact: Contact) -> bool:
    """Whether that was asked last: an old menu can still be tapped after months."""
    return f'"{_ERASE}"'.encode() in (contact.chat.menu or b"")


def _erase(contact: Contact, _: str, __: str) -> Reply:
    """Delete, and tell what stays."""
    if not asked_to_erase(contact):
        return contact.say(customer.EXPIRED_MENU)
    his = erasing.of_chat(contact.chat.key, contact.store)
    erased = erasing.erase(his, "customer", contact.now, contact.store, contact.desk)
    erasures.drop_word(contact.store, contact.incoming.id)
    # What is noted of this message besides would bring back some of it. Of his consent he is told when he comes again.
    blank = {name: value for name, value in erasures.blank_chat().items() if not name.startswith("consent")}
    contact.kept.clear()
    contact.seen.update({name: value for name, value in blank.items() if name in contact.seen})
    contact.keep(**blank, last_inbound_at=contact.now, sent=0)
    told = customer.ERASED.format(code=erased.proof.code, **erased.proof.numbers)
    return contact.say(told) + Reply(outgoing=erased.outgoing, fetches=erased.discards)


def _export(contact: Contact, _: str, __: str) -> Reply:
    return export(contact)


def _human(contact: Contact, _: str, __: str) -> Reply:
    return human(contact)


_Action = Callable[[Contact, str, str], Reply | None]
WORDS: tuple[tuple[re.Pattern[str], _Action], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), action)
    for pattern, action in (
        (rf"{PERSON}(吧|谢谢|吗|可以吗|行吗|好吗)?", _human),
        (rf"取消(需求)?\s*{NUMBER}?", withdraw),
        (rf"(我?要|我?想|请|请?帮我)?撤销(需求)?\s*{NUMBER}", withdraw),
        (rf"(查询?|查看|看)?(一下)?(进度|状态)\s*{NUMBER}?", progress),
        (rf"{NUMBER}\s*的?(进度|状态|怎么样了|到哪了)+", progress),
        (rf"{WHOSE}{HOW_IT_IS}\s*{NUMBER}?", progress),
        (r"我的(需求|工单)|需求列表", mine),
        (rf"(?:补充|回答)\s*{NUMBER}\s*[:：,，]?\s*{TEXT}", supplement),
        (rf"补充\s*{NUMBER}?", supplement),
        (rf"补充[\s:：,，]+{TEXT}", supplement),
        (rf"{MORE}([\s:：,，]+|(?=是)){TEXT}", more),
        (MORE, more),
        (rf"(催办|催一下|催)\s*{NUMBER}?", urge),
        (rf"验收通过\s*{NUMBER}?", accept),
        (rf"未解决(\s*{NUMBER})?([\s:：,，]+{TEXT})?", reject),
        (r"帮助|help|菜单", help_),
        (r"删除我的(全部|所有)?(个人)?(数据|资料|信息)", _ask_erase),
        (r"导出我的(全部|所有)?(个人)?(数据|资料|信息)", _export),
        (r"(先|还是)?(算了|不删(除)?)(了|吧)*|不用了", _keep_data),
    )
)
BUTTONS: dict[str, _Action] = {
    "status": progress,
    "urge": urge,
    "withdraw": withdraw,
    "pass": accept,
    "fail": reject,
    "mine": mine,
    "help": help_,
    "person": _human,
    _ERASE: _erase,
    _KEEP: _keep_data,
    _KEEP_REQUEST: _keep_request,
}
