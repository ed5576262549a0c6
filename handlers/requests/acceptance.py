"""Acceptance: whether a delivery solved it (process.md A-171), and the survey that follows (A-173)."""

from handlers.announcements import announce, owner_name
from handlers.contact import Contact
from handlers.messages import Reply, Text
from handlers.requests import calendar, silence, survey
from handlers.requests.lifecycle import STATUS, allowed, apply
from handlers.requests.restart import fresh_limit
from handlers.wording import customer
from storage import dues
from storage.requests import Request


def passed(contact: Contact, request: Request) -> Reply:
    """Close the loop of one delivery; the survey follows at once, or when customers may be written to again."""
    if not allowed(request, "pass"):
        return contact.say(customer.NOT_NOW.format(number=request.number, status=STATUS[request.status]))
    happened = apply("pass", request, contact.chat.key, contact.now, contact.store, contact.desk)
    policy = contact.desk.policy
    moment = calendar.within(contact.now, policy.push.hours, policy)
    followed = silence.begin(happened, contact.now, contact.store, contact.desk)
    told = Reply(outgoing=tuple(one for each in (happened, *followed) for one in announce(each, contact.desk)))
    thanks = customer.PASSED.format(number=request.number)
    if moment > contact.now:
        dues.put(contact.store, request.id, "survey", moment)
        return contact.say(thanks) + told
    contact.focus(request.id, "survey")
    question = survey.question(happened.request, contact.desk)
    return contact.say(Text(text=f"{thanks}\n{question.text}", buttons=question.buttons)) + told


def failed(contact: Contact, request: Request, why: str) -> Reply:
    """Reopen: back to work under the same number; without a reason the customer is asked for it."""
    if not allowed(request, "fail"):
        return contact.say(customer.NOT_NOW.format(number=request.number, status=STATUS[request.status]))
    limit = fresh_limit(request, contact.now, contact.desk.policy)
    by, now = contact.chat.key, contact.now
    happened = apply("fail", request, by, now, contact.store, contact.desk, said=why, **limit)
    words = {"number": request.number, "owner": owner_name(request, contact.desk)}
    said = customer.FAILED.format(**words)
    if not why:
        contact.focus(request.id, "ask")
        said = f"{said}\n{customer.FAILED_WHY.format(**words)}"
    return contact.say(said) + Reply(outgoing=announce(happened, contact.desk))
