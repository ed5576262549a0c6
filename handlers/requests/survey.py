"""The satisfaction survey: a score of 1 to 5 for each question asked, and a remark (process.md A-173, A-174, A-178)."""

import json
from dataclasses import dataclass
from datetime import datetime

from handlers.announcements import announce
from handlers.desk import Desk
from handlers.messages import Button, Reply, Text
from handlers.requests.lifecycle import Happening, allowed, apply
from handlers.requests.restart import fresh_limit
from handlers.requests.scores import BEST, Found, read
from handlers.wording import customer
from storage import events, requests
from storage.database import Store
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
    buttons = tuple(Button(label=f"{n}分", action="score", subject=f"{request.number}:{n}") for n in range(1, BEST + 1))
    example = " ".join(str(5 - n % 2) for n in range(len(desk.policy.survey.questions)))
    return Text(text=words.format(number=request.number, question=left[0], example=example), buttons=buttons)


def heard(request: Request, text: str, desk: Desk) -> Found | None:
    """Read what a customer says as scores by question and a remark; None if it is no answer to this survey."""
    return read(text, open_questions(request, desk), desk.policy.survey.questions)


def open_questions(request: Request, desk: Desk) -> list[str]:
    """Return the questions that have no score yet."""
    given = scores(request)
    return [question for question in desk.policy.survey.questions if question not in given]


def answer(
    request: Request, given: dict[str, int], remark: str, by: str, now: datetime, store: Store, desk: Desk
) -> Answered:
    """Keep scores by question; when all are there the survey is done."""
    known = scores(request) | given
    kept = requests.change(store, request, scores=json.dumps(known, ensure_ascii=False).encode())
    if open_questions(kept, desk):
        return Answered(question(kept, desk), complete=False, reply=_remarked(kept, remark, by, now, store, desk))
    return _complete(kept, known, remark, by, now, store, desk)


def scores(request: Request) -> dict[str, int]:
    """Return the scores given so far by question."""
    return dict(json.loads(request.scores)) if request.scores else {}


def _remarked(request: Request, remark: str, by: str, now: datetime, store: Store, desk: Desk) -> Reply:
    """Pass a remark on at once where scores are still missing."""
    if not remark or not allowed(request, "supplement"):
        return Reply()
    return Reply(outgoing=announce(apply("supplement", request, by, now, store, desk, said=remark), desk))


def _complete(
    request: Request, given: dict[str, int], remark: str, by: str, now: datetime, store: Store, desk: Desk
) -> Answered:
    event = events.add(store, request.id, "score", now, by, {"scores": given, "said": remark})
    if min(given.values()) > desk.policy.survey.low:
        told = Reply(outgoing=announce(Happening(request, request, event), desk))
        closed = apply("close", request, by, now, store, desk) if request.status == "done" else None
        redrawn = Reply(outgoing=announce(closed, desk)) if closed else Reply()
        return Answered(Text(text=customer.SURVEY_DONE), complete=True, reply=told + redrawn)
    told = Reply()
    if request.status in ("done", "closed"):
        again = fresh_limit(request, now, desk.policy)
        reopened = apply("reopen", request, by, now, store, desk, scores=None, **again)
        # The alarm shows the request as it stands now: open again.
        told = Reply(outgoing=announce(Happening(request, reopened.request, event), desk) + announce(reopened, desk))
    return Answered(Text(text=customer.SURVEY_LOW.format(number=request.number)), complete=True, reply=told)
