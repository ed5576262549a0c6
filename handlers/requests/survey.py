"""The satisfaction survey: a score of 1 to 5 for each question asked, and a remark (process.md A-173, A-174, A-178)."""

import json
from dataclasses import dataclass, replace

from handlers.announcements import announce
from handlers.contact import Contact
from handlers.desk import Desk
from handlers.messages import Button, Reply, Text
from handlers.requests.lifecycle import allowed
from handlers.requests.restart import fresh_limit
from handlers.requests.scores import BEST, Found, read
from handlers.wording import customer
from storage import events, requests
from storage.requests import Request


@dataclass(frozen=True, slots=True)
class Answered:
    """What one answer did: the reply to the customer, and whether the survey is complete."""

    say: Text
    complete: bool
    reply: Reply = Reply()  # noqa: RUF009 - frozen and empty


def question(request: Request, desk: Desk) -> Text:
    """Ask the first question that has no score yet."""
    left = open_questions(request, desk)
    words = customer.SURVEY_NEXT if request.scores else customer.SURVEY
    buttons = tuple(
        Button(label=customer.SURVEY_SCORE.format(count=n), action="score", subject=f"{request.number}:{n}")
        for n in range(1, BEST + 1)
    )
    example = " ".join(str(5 - n % 2) for n in range(len(desk.policy.survey.questions)))
    return Text(text=words.format(number=request.number, question=left[0], example=example), buttons=buttons)


def heard(request: Request, text: str, desk: Desk) -> Found | None:
    """Read what a customer says as scores by question and a remark; None if it is no answer to this survey."""
    return read(text, open_questions(request, desk), desk.policy.survey.questions)


def open_questions(request: Request, desk: Desk) -> list[str]:
    """Return the questions that have no score yet."""
    given = scores(request)
    return [question for question in desk.policy.survey.questions if question not in given]


def asked(request: Request, desk: Desk) -> bool:
    """Whether scores may still be given: what was answered in one chat of a customer is over in his others too."""
    return allowed(request, "score") and bool(open_questions(request, desk))


def answer(contact: Contact, request: Request, given: dict[str, int], remark: str) -> Answered:
    """Keep scores by question; nothing has happened until all are there: then the survey is done."""
    known = scores(request) | given
    if any(question not in known for question in contact.desk.policy.survey.questions):
        kept = requests.change(contact.store, request, scores=_encoded(known))
        return Answered(question(kept, contact.desk), complete=False, reply=_remarked(contact, kept, remark))
    return _complete(contact, request, known, remark)


def scores(request: Request) -> dict[str, int]:
    """Return the scores given so far by question."""
    return dict(json.loads(request.scores)) if request.scores else {}


def _encoded(given: dict[str, int]) -> bytes:
    return json.dumps(given, ensure_ascii=False).encode()


def _remarked(contact: Contact, request: Request, remark: str) -> Reply:
    """Pass a remark on at once where scores are still missing."""
    return contact.done("supplement", request, remark) if remark else Reply()


def _complete(contact: Contact, request: Request, given: dict[str, int], remark: str) -> Answered:
    desk = contact.desk
    happened = contact.do("score", request, remark, scores=_encoded(given))
    scored = replace(happened, event=events.mark(contact.store, happened.event, scores=given))
    if min(given.values()) > desk.policy.survey.low:
        closed = contact.done("close", scored.request) if request.status == "done" else Reply()
        told = Reply(outgoing=announce(scored, desk)) + closed
        return Answered(Text(text=customer.SURVEY_DONE), complete=True, reply=told)
    limit = fresh_limit(request, contact.now, desk.policy)
    reopened = contact.do("reopen", scored.request, scores=None, **limit)
    # The alarm shows the request as it stands now: open again.
    told = Reply(outgoing=announce(replace(scored, request=reopened.request), desk) + announce(reopened, desk))
    return Answered(Text(text=customer.SURVEY_LOW.format(number=request.number)), complete=True, reply=told)
