"""Assignment: who takes a request, who may act on it, who is told (process.md A-120..A-126)."""

from handlers.policy import Policy
from handlers.sections import Person
from storage import requests
from storage.database import Store
from storage.requests import Request


def choose(type_: str, nature: str, store: Store, policy: Policy) -> Person:
    """Choose one person: of the department and role, taking this type first, free, with the least open requests.

    Nobody free: the department's lead, else a manager, else the first person there is.
    """
    line = policy.route(type_, nature)
    load = requests.load(store)
    room = [p for p in policy.people if load.get(p.feishu, 0) < p.capacity]
    candidates = (
        [p for p in room if p.department == line.department and line.role in p.roles],
        leads(line.department, policy.people),
        [p for p in policy.people if "manager" in p.roles],
        list(policy.people),
    )
    some = next(group for group in candidates if group)
    order = {p.feishu: n for n, p in enumerate(policy.people)}
    return min(
        some, key=lambda p: (type_ not in p.types, load.get(p.feishu, 0) / p.capacity, bool(p.types), order[p.feishu])
    )


def on_duty(store: Store, policy: Policy) -> dict[str, str]:
    """Return owner and department of a call for a person: the first on duty who has room; nothing if nobody has."""
    load = requests.load(store) if policy.human.duty else {}
    duty = [person for name in policy.human.duty if (person := policy.named(name))]
    room = next((person for person in duty if load.get(person.feishu, 0) < person.capacity), None)
    return {"owner": room.feishu, "department": room.department} if room else {}


def may_act(person: Person, request: Request) -> bool:
    """Whether this person may press the buttons: the assignee, a lead of the department, a manager."""
    if person.feishu == request.owner or "manager" in person.roles:
        return True
    return "lead" in person.roles and person.department == request.department


def leads(department: str, people: "list[Person] | tuple[Person, ...]") -> list[Person]:
    """Return the leads of a department."""
    return [p for p in people if p.department == department and "lead" in p.roles]


def superiors(request: Request, policy: Policy) -> list[Person]:
    """Return who is told when the assignee is late: the leads of the department, else the managers; never himself."""
    others = [p for p in policy.people if p.feishu != request.owner]
    return (
        leads(request.department, others)
        or [p for p in others if "manager" in p.roles]
        or [p for p in others if "lead" in p.roles]
        or others[:1]
    )


def in_charge(policy: Policy) -> list[Person]:
    """Return the managers, or who is there in their place: told what concerns the house and no single request."""
    by_role = ([p for p in policy.people if role in p.roles] for role in ("manager", "lead", "agent"))
    return next(filter(None, by_role))


def informed(request: Request, policy: Policy) -> list[Person]:
    """Return who gets a notice without buttons: leads of the cc'd and approving departments, or all of them."""
    line = policy.route(request.type, request.nature)
    told: list[Person] = []
    for department in (*line.cc, *([line.approval] if line.approval else [])):
        told += leads(department, policy.people) or [p for p in policy.people if p.department == department]
    return [p for n, p in enumerate(told) if p.feishu != request.owner and p not in told[:n]]
