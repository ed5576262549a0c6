"""Acceptance: whether a delivery solved it (process.md A-171), and the survey that follows (A-173)."""

import re

from handlers.announcements import announce, owner_name, verdicts
from handlers.contact import Contact
from handlers.messages import Reply, Text
from handlers.requests import calendar, silence, survey
from handlers.requests.restart import fresh_limit
from handlers.wording import customer
from storage import dues
from storage.requests import Request

_VERDICT = re.compile(
    r".*(?:可以了|好了|行了|解决|没问题|通过|正常了|恢复了|能用了|搞定|没修好|没好|老样子).*"
    r"|(?:我?试了一?下?[,， ]*)?(?:(?:还是|还|仍然?|依然|依旧|又)[^,，]{0,4}(?:不|没|报错|失败|一样|有问题).*"
    r"|(?:不行|不对|没用|没变化?|一样|打不开|不能用|用不了|有问题)[了啊呀的呢]*)"
)
"""Who names a thing of his own (首页打不开了) may mean another one."""
_LONGEST = 20
"""Characters: who writes more explains something, and the assignee reads it."""


def sounds_like(text: str, request: Request) -> bool:
    """Whether free words about a delivery sound like a verdict: they never are one (contract.md 6), but ask for it."""
    return request.status == "testing" and len(text) <= _LONGEST and _VERDICT.fullmatch(text.strip()) is not None


def which(contact: Contact, request: Request) -> Reply:
    """Offer both verdicts after words that sounded like one of them."""
    words = {"owner": owner_name(request, contact.desk), "number": request.number}
    return contact.say(customer.WHICH_VERDICT.format(**words), *verdicts(request))


def passed(contact: Contact, request: Request) -> Reply:
    """Close the loop of one delivery; the survey follows at once, or when customers may be written to again."""
    happened = contact.do("pass", request)
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
    limit = fresh_limit(request, contact.now, contact.desk.policy)
    words = {"number": request.number, "owner": owner_name(request, contact.desk)}
    said = customer.FAILED.format(**words)
    if not why:
        contact.focus(request.id, "ask")
        said = f"{said}\n{customer.FAILED_WHY.format(**words)}"
    return contact.say(said) + contact.done("fail", request, why, **limit)
