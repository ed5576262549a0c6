"""The form: the fields by which somebody brings a request for a customer, and what is wrong with them.

One template for all channels (process.md A-029), checked by the rules of the chat: a phone that can be called, an
e-mail that can be written to, a need that can be worked on.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NoReturn

from classifier.extract import find_phone
from classifier.extract.mail import find_email
from handlers import showing
from handlers.intake.answers import LONGEST, is_vague, level, plain, says_nothing
from handlers.messages import Value
from handlers.policy import Policy
from handlers.wording import staff, terms

_SHORT = 200
_MOST = {"reporter": 100, "origin": 120} | dict.fromkeys(
    ("background", "description", "expected", "pain", "impact", "history"), LONGEST
)
_LEAST = 2
_YEARS = range(2000, 2100)
_AHEAD = timedelta(minutes=5)
"""The clock of another system may be so much ahead of ours."""
# A database keeps no NUL, and nobody reads the others.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\u2028\u2029\ufeff\ufffe\uffff]")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]+(\d{1,2}:\d{2}.*))?")


class Form(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody brings for a customer, as written; empty where nothing is known.

    `urgency`, `type` and `source` may be keys or labels; `origin` is the name of it in the system it comes from;
    `reporter` is who took it down; `at` is when the customer said it (A-049).
    """

    company: str = ""
    contact: str = ""
    title: str = ""
    phone: str = ""
    email: str = ""
    industry: str = ""
    background: str = ""
    description: str = ""
    expected: str = ""
    pain: str = ""
    impact: str = ""
    wanted_by: str = ""
    urgency: str = ""
    type: str = ""
    history: str = ""
    source: str = ""
    origin: str = ""
    reporter: str = ""
    at: str = ""

    @property
    def filled(self) -> dict[str, str]:
        """What is filled in, by key."""
        return {key: value for key in LABELS if (value := getattr(self, key))}

    @property
    def answers(self) -> dict[str, str]:
        """What an intake would have been answered, by key."""
        return {key: value for key, value in self.filled.items() if key not in ("source", "origin", "reporter", "at")}


LABELS = {key: terms.FIELDS[key] for key in Form.__struct_fields__}


class Unfit(Exception):  # noqa: N818 - an answer, not a fault
    """The form cannot be registered; `problems` says of each field what is wrong, in Chinese."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(list(problems))  # never what people wrote
        self.problems = problems


class _Wrong(Exception):  # noqa: N818 - as above
    """One value does not fit; the exception's text says why."""


def checked(form: Form, now: datetime, policy: Policy) -> Form:
    """Return the form with its values as they are kept: numbers normalised, choices as keys; raises Unfit."""
    problems: dict[str, str] = {}
    values: dict[str, str] = {}
    for key in LABELS:
        try:
            values[key] = _value(key, _cleaned(getattr(form, key)), now, policy)
        except _Wrong as wrong:
            problems[key] = str(wrong)
    problems = _missing(values, problems) | problems
    if problems:
        raise Unfit({key: problems[key] for key in LABELS if key in problems})
    return Form(**values)


def lines(problems: dict[str, str]) -> str:
    """Say what is wrong, a line for each field."""
    return "\n".join(f"{LABELS.get(key, key)}：{why}" for key, why in problems.items())


def _value(key: str, value: str, now: datetime, policy: Policy) -> str:
    if not value:
        return ""
    most = _MOST.get(key, _SHORT)
    if len(value) > most:
        raise _Wrong(staff.UNFIT["long"].format(most=most, length=len(value)))
    return _READERS[key](value, now, policy) if key in _READERS else value


def _missing(values: dict[str, str], problems: dict[str, str]) -> dict[str, str]:
    """Say what a request cannot be without, where nothing worse is wrong."""
    missing: dict[str, str] = {}
    for keys, why in ((("company", "contact"), "who"), (("phone", "email"), "reach"), (("description",), "need")):
        if not any(values.get(key) or key in problems for key in keys):
            missing[keys[0]] = staff.UNFIT[why]
    return missing


def only_phone(text: str) -> str:
    """Return the number a text holds, normalised; empty if it holds none, or digits besides that would be lost."""
    found = find_phone(f"{LABELS['phone']}：{text}") or ""
    digits, kept = (re.sub(r"\D", "", unicodedata.normalize("NFKC", one)) for one in (text, found))
    return found if digits.removeprefix("00").removeprefix("86") in (kept, kept.removeprefix("86")) else ""


def _phone(value: str, _: datetime, __: Policy) -> str:
    found = only_phone(value)
    if not found:
        raise _Wrong(staff.UNFIT["phone"].format(value=showing.excerpt(value, 30)))
    return found


def _email(value: str, _: datetime, __: Policy) -> str:
    folded = unicodedata.normalize("NFKC", value).strip().lower()
    if find_email(folded) != folded:
        raise _Wrong(staff.UNFIT["email"].format(value=showing.excerpt(value, 60)))
    return folded


def _description(value: str, _: datetime, __: Policy) -> str:
    if len(plain(value)) < _LEAST:
        raise _Wrong(staff.UNFIT["short"])
    if is_vague(value):
        raise _Wrong(staff.UNFIT["vague"])
    return value


def _history(value: str, _: datetime, __: Policy) -> str:
    return terms.NOTHING if says_nothing(value) else value


def _urgency(value: str, _: datetime, policy: Policy) -> str:
    own = showing.levels(policy)
    return value if value in own else level(value, policy) or _none_of(value, own.values())


def _type(value: str, _: datetime, policy: Policy) -> str:
    return policy.typed(value) or _none_of(value, policy.labels.values())


def _source(value: str, _: datetime, policy: Policy) -> str:
    return policy.source(value) or _none_of(value, policy.sources.values())


def _none_of(value: str, options: Iterable[str]) -> NoReturn:
    raise _Wrong(staff.UNFIT["choice"].format(value=showing.excerpt(value, 20), options="、".join(options)))


def _moment(value: str, _: datetime, policy: Policy) -> str:
    """Read a date or moment as ISO 8601 with its zone; one without a zone is meant in the policy's."""
    moment = _read_moment(unicodedata.normalize("NFKC", value))
    if moment is None or moment.year not in _YEARS:
        raise _Wrong(staff.UNFIT["time"].format(value=showing.excerpt(value, 30)))
    return (moment if moment.tzinfo else moment.replace(tzinfo=policy.zone)).isoformat()


def _read_moment(text: str) -> datetime | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    hour = found[4] or "00:00"
    day = f"{int(found[1]):04}-{int(found[2]):02}-{int(found[3]):02}"
    try:
        return datetime.fromisoformat(f"{day}T{hour if hour[2] == ':' else f'0{hour}'}")
    except ValueError:
        return None


def _past(value: str, now: datetime, policy: Policy) -> str:
    moment = datetime.fromisoformat(_moment(value, now, policy))
    if moment > now + _AHEAD:
        raise _Wrong(staff.UNFIT["future"])
    return min(moment, now).isoformat()


def _cleaned(value: str) -> str:
    """Return the text without what cannot be kept or seen; half a surrogate pair becomes a question mark."""
    return _UNSEEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()).strip()


_READERS: dict[str, Callable[[str, datetime, Policy], str]] = {
    "phone": _phone,
    "email": _email,
    "description": _description,
    "history": _history,
    "urgency": _urgency,
    "type": _type,
    "source": _source,
    "wanted_by": _moment,
    "at": _past,
}
