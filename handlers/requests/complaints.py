"""Complaints: who looks after them gets a copy of what may be one, whatever it is taken for (classifier.md 4)."""

from collections.abc import Iterator

from handlers.messages import Outgoing
from handlers.policy import Policy
from handlers.requests import assignment, card
from handlers.sections import Person
from handlers.wording import staff, terms
from storage.requests import Request


def suspected(request: Request, policy: Policy) -> Iterator[Outgoing]:
    """Promise a copy of a new request that is likely enough a complaint: one for each person, once."""
    likely = card.suggestions(request).complaint
    if likely < policy.complaint.copied_from:
        return
    owner = policy.person(request.owner)
    title, words = staff.SUSPECTED, staff.SUSPECTED_HOW
    if request.nature == "complaint":
        title, words = staff.COMPLAINT, staff.COMPLAINT_HOW
    said = words.format(share=f"{likely:.0%}", owner=owner.name if owner else terms.SOMEBODY)
    message = card.notice(request, policy, title.format(number=request.number), body=said, tone="warning")
    for person in _told(request, policy):
        key = f"complaint:{request.id}:{person.feishu}"
        yield Outgoing(to=person.chat, message=message, key=key, request=request.id)


def _told(request: Request, policy: Policy) -> list[Person]:
    """Name who looks after complaints, or the managers; who works on the request or is told of it anyway is not."""
    post = policy.complaint.to
    there = [p for p in policy.people if p.department == post.department and post.role in p.roles]
    known = {request.owner, *(p.feishu for p in assignment.informed(request, policy))}
    return [p for p in there or assignment.in_charge(policy) if p.feishu not in known]
