"""The satisfaction survey: three scores of 1 to 5 and a remark (process.md A-173, A-174, A-178)."""

import json
import re
from dataclasses import dataclass
from datetime import datetime

from handlers.announcements import announce
from handlers.desk import Desk
from handlers.messages import Button, Reply, Text
from handlers.requests.lifecycle import Happening, allowed, apply
from handlers.requests.restart import fresh_limit
from handlers.width import narrow
from handlers.wording import customer
from storage import events, requests
from storage.database import Store
from storage.requests import Request

BEST = 5
_SEVERAL = re.compile(r"([1-5]\s*分?(?:(?:[\s,，、;；/]+|(?<=分))[1-5]\s*分?)+)(?![0-9])[\s,，、;；。]*(.*)", re.DOTALL)
_ONE = re.compile(r"([1-5])\s*分?(?:[\s,，、;；。]+(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answered:
    """What one answer did: the reply to the customer, and whether the survey is complete."""

    say: Text
    complete: bool
    reply: Reply = Reply()  # noqa: RUF009 - frozen and empty


def question(request: Request, desk: Desk) -> Text:
    """Ask the first question that has no score yet."""
    given = scores(request)
    left = [q for q in desk.policy.survey.questions if q not in given]
    words = customer.SURVEY_NEXT if given else customer.SURVEY
    buttons = tuple(Button(label=f"{n}分", action="score", subject=f"{request.number}:{n}") for n in range(1, BEST + 1))
    example = " ".join(str(5 - n % 2) for n in range(len(desk.policy.survey.questions)))
    return Text(text=words.format(number=request.number, question=left[0], example=example), buttons=buttons)


def read(text: str) -> tuple[list[int], str] | None:
    """Read `5 4 5 很专业` as scores and a remark; None if it is no answer to a survey."""
    typed = text.strip()
    said = narrow(typed)
    if re.fullmatch("[1-5]{3}", said):
        return [int(digit) for digit in said], ""
    match = _SEVERAL.fullmatch(said) or _ONE.fullmatch(said)
    if match is None:
        return None
    remark = typed[match.start(2) : match.end(2)] if match[2] else ""
    return [int(digit) for digit in re.findall(r"[1-5]", match[1])], remark.strip()


def is_number(text: str) -> bool:
    """Whether an answer is numbers only, and so meant as scores even where they are none."""
    return re.fullmatch(r"[-+]?[0-9][-+0-9\s,，、;；/分.]*", narrow(text.strip())) is not None


def answer(
    request: Request, given: list[int], remark: str, by: str, now: datetime, store: Store, desk: Desk
) -> Answered:
    """Keep scores in the order of the questions; when all are there the survey is done."""
    known = scores(request)
    left = [q for q in desk.policy.survey.questions if q not in known]
    known |= dict(zip(left, given, strict=False))
    kept = requests.change(store, request, scores=json.dumps(known, ensure_ascii=False).encode())
    if len(known) < len(desk.policy.survey.questions):
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
