"""The guided conversation: a draft and a message in, a draft and what to say out. Pure."""

from collections.abc import Callable
from typing import Literal

import msgspec

from handlers.intake import questions, repair, steps
from handlers.intake.answers import Refused, is_vague, level, parse, plain, says_nothing, tells_nothing
from handlers.intake.draft import Draft, Heard, asking
from handlers.messages import Pressed, Text, Value
from handlers.policy import Policy
from handlers.requests.suggested import Suggestions
from handlers.sections import AskedField
from handlers.wording import customer, terms
from storage.profile import PROFILE

_DEGREE_LONGEST = 2
_SUBMITS = {"确认", "确定", "提交"}
# What a message may say besides the answer asked for.
_ASIDES = (*PROFILE, "background", "expected", "pain", "affected", "wanted_by", "history")


class Turn(Value, frozen=True, kw_only=True):
    """One step: the draft after it, what to say, and what it led to."""

    draft: Draft
    say: Text
    end: Literal["", "submit", "person", "same"] = ""
    """`submit`: the customer has confirmed. `person`: nothing more can be learnt here, somebody takes over. `same`: it
    is said again what the request `number` says already."""
    number: str = ""


def begin(draft: Draft, heard: Heard, policy: Policy) -> Turn:
    """Start an intake with the message that states the need: all it says is read at once.

    What a returning customer says of himself now counts more than what was known of him.
    """
    known = draft
    said = _profile(heard)
    draft = _understood(draft.having(**said), heard)
    if is_vague(heard.text):
        return _probe(draft, heard.text, policy)
    draft = draft.having(description=heard.fields.get("description") or heard.text)
    return Turn(draft=draft, say=questions.ask(draft, policy, lead=questions.understood(known, draft)))


def advance(draft: Draft, heard: Heard, policy: Policy) -> Turn:
    """Take one typed message of the customer."""
    if repair.takes_back(heard.text):
        return _taken_back(draft, policy)
    return _stepped(draft, _advance(steps.unoffered(draft), heard, policy))


def _advance(draft: Draft, heard: Heard, policy: Policy) -> Turn:
    field = asking(draft, policy)
    repaired = _repaired(draft, field, heard, policy)
    if repaired:
        return repaired
    word = plain(heard.text).lower()
    if field and word in _SUBMITS and not _recalls(field, draft):
        return Turn(draft=draft, say=questions.ask(draft, policy, lead=customer.NOT_YET))
    if field is None:
        return _at_summary(draft, heard, policy)
    if _recalls(field, draft):
        return _recalled(draft, heard, policy)
    return _answer(draft, field, heard, policy)


def press(draft: Draft, pressed: Pressed, policy: Policy) -> Turn | None:
    """Take one press of a button of the intake; None if it is not the intake's or no longer fits."""
    taken = _PRESSES.get(pressed.action)
    turn = taken(steps.unoffered(draft), pressed.subject, policy) if taken else None
    return _stepped(draft, turn) if turn else None


def _stepped(before: Draft, turn: Turn) -> Turn:
    return msgspec.structs.replace(turn, draft=steps.taken(before, turn.draft))


def _confirm(draft: Draft, _: str, policy: Policy) -> Turn | None:
    return None if asking(draft, policy) else Turn(draft=draft, say=Text(text=""), end="submit")


def _change(draft: Draft, _: str, policy: Policy) -> Turn:
    return Turn(draft=msgspec.structs.replace(draft, choosing=True), say=questions.menu(draft, policy))


def _same_profile(draft: Draft, _: str, policy: Policy) -> Turn | None:
    same = msgspec.structs.replace(draft, recalled=False)
    return _next(same, policy) if _recalls(asking(draft, policy), draft) else None


def _chosen(draft: Draft, key: str, policy: Policy) -> Turn | None:
    return _revise(draft, key, policy) if any(field.key == key for field in policy.fields) else None


def _level(draft: Draft, key: str, policy: Policy) -> Turn | None:
    chosen = _answered(draft, {"urgency": key, "impact": ""}, "urgency")
    return _next(chosen, policy) if key in customer.LEVELS else None


def _of_past(draft: Draft, number: str, policy: Policy) -> Turn | None:
    field = asking(draft, policy)
    if field is None or field.kind != "history":
        return None
    return _next(_answered(draft, {field.key: number or terms.NOTHING}, field.key), policy)


def _join(draft: Draft, _: str, policy: Policy) -> Turn | None:
    """Make one request of the needs that one message held."""
    if not draft.rest:
        return None
    whole = "\n".join((draft.answers.get("description", ""), *draft.rest)).strip()
    one = msgspec.structs.replace(draft.having(description=whole), rest=(), last="")
    return _next(one, policy, lead=customer.JOINED)


def _same_need(draft: Draft, number: str, _: Policy) -> Turn | None:
    return Turn(draft=draft, say=Text(text=""), end="same", number=number) if draft.settled else None


def _new_need(draft: Draft, _: str, policy: Policy) -> Turn | None:
    return _next(draft, policy, lead=customer.GO_ON) if draft.settled else None


# --- repair -----------------------------------------------------------------------------------------------------------


def _repaired(draft: Draft, field: AskedField | None, heard: Heard, policy: Policy) -> Turn | None:
    """Take a message that puts something right; None if it is an answer (peers.md B5.2)."""
    text = heard.text
    own = tuple((f.label, f.key) for f in policy.fields if f.kind != "customer")
    fixed = repair.correction(text, own, at_summary=field is None)
    fixed = fixed or repair.instead(text, draft.answers) or repair.slip(text, draft.last)
    if fixed is None and field is None and policy.typed(plain(text)):
        fixed = ("type", text)
    if fixed is None and level(text, policy) and (field is None or field.kind != "urgency"):
        fixed = ("urgency", text)  # a level named where none was asked for corrects the level
    if fixed:
        return _corrected(draft, fixed, heard, policy)
    if wrong := repair.doubted(text, own, at_summary=field is None):
        return _again(draft, wrong, policy)
    if plain(text).lower() in repair.CHANGE:
        return _change(draft, "", policy)
    if chosen := repair.chosen(text, questions.revisable(draft, policy)):
        return _revise(draft, chosen, policy)
    return None


def _corrected(draft: Draft, fixed: tuple[str, str], heard: Heard, policy: Policy) -> Turn:
    key, value = fixed
    if key == "phone":
        value = heard.fields.get("phone") or ""
        if not value:
            return _refused(draft, questions.bad_phone(fixed[1][:40]), policy)
    if key == "email":
        value = heard.fields.get("email") or ""
        if not value:
            return _refused(draft, customer.BAD_EMAIL, policy)
    if key == "urgency":
        guess = heard.suggestions.heads.get("urgency")
        value = level(value, policy) or (guess.value if guess else draft.answers.get("urgency", "routine"))
    if key == "type":
        value = policy.typed(plain(value))
        if not value:
            return _refused(draft, _which_type(policy), policy)
    said = customer.CHANGED if key in draft.answers else customer.NOTED
    lead = said.format(label=questions.label(key, policy))
    also = {name: at for name, at in _profile(heard).items() if name not in draft.answers and name != key}
    return _next(_answered(draft, also | {key: value}, key), policy, lead=lead)


def _which_type(policy: Policy) -> str:
    labels = list(policy.labels.values())
    return customer.SAY_TYPE.format(value="、".join(labels), other=labels[:2][-1])


def _again(draft: Draft, key: str, policy: Policy) -> Turn:
    """Ask once more for what the customer calls wrong without saying what is right."""
    lead = customer.SAY_AGAIN.format(label=questions.label(key, policy))
    if key == "type":
        return Turn(draft=draft, say=Text(text=_which_type(policy)))
    if key in PROFILE:
        left = msgspec.structs.replace(draft.without(key), revising=key, recalled=False)
        return Turn(draft=left, say=Text(text=lead))
    return _revise(draft, key, policy)


def _revise(draft: Draft, key: str, policy: Policy) -> Turn:
    revising = msgspec.structs.replace(draft, revising=key, recalled=draft.recalled and key != "customer")
    return Turn(draft=revising, say=questions.ask(revising, policy))


def _taken_back(draft: Draft, policy: Policy) -> Turn:
    """Undo the last step and ask again what was asked then."""
    back = steps.back(draft)
    said = customer.NOTHING_TO_TAKE_BACK if back is None else customer.TAKEN_BACK
    there = back or draft
    return Turn(draft=there, say=questions.standing(there, policy, said))


# --- answers ----------------------------------------------------------------------------------------------------------


def _answer(draft: Draft, field: AskedField, heard: Heard, policy: Policy) -> Turn:
    if field.kind == "description" and tells_nothing(heard.text) and not draft.revising:
        return _probe(draft, heard.text, policy)
    try:
        found = parse(heard.text, field, draft, heard)
    except Refused as refused:
        kept = _understood(msgspec.structs.replace(draft, answers=draft.answers | refused.kept), heard)
        return _refused(kept, str(refused), policy)
    before = draft
    draft = _understood(_answered(draft, found, field.key), heard)
    if field.kind == "part":
        draft = msgspec.structs.replace(draft, asked=(*draft.asked, field.key))
    return Turn(draft=draft, say=questions.ask(draft, policy, lead=questions.noted(before, draft, field)))


def _answered(draft: Draft, found: dict[str, str], key: str) -> Draft:
    """Add an answer, and note which it was: a slip of the pen is corrected by the next words."""
    return msgspec.structs.replace(draft.having(**found), last=key)


def _recalls(field: AskedField | None, draft: Draft) -> bool:
    """Whether the customer is being asked if the profile of last time still holds."""
    return field is not None and field.kind == "customer" and draft.recalled and not draft.revising


def _recalled(draft: Draft, heard: Heard, policy: Policy) -> Turn:
    """Take the word about the profile of last time; who answers something else lets it stand."""
    draft = msgspec.structs.replace(draft, recalled=False)
    word = plain(heard.text).lower()
    if word in repair.UNCHANGED or repair.agrees(heard.text):
        return _next(draft, policy)
    if word in repair.DENY:
        return _revise(draft, "customer", policy)
    if _profile(heard):
        news = _news(draft, heard)
        lead = customer.CHANGED.format(label=questions.label("customer", policy)) if news else ""
        return _next(_understood(_answered(draft, news, "customer"), heard), policy, lead=lead)
    return _advance(draft, heard, policy)


def _at_summary(draft: Draft, heard: Heard, policy: Policy) -> Turn:
    word = plain(heard.text).lower()
    if repair.agrees(heard.text):
        return Turn(draft=draft, say=Text(text=""), end="submit")
    if says_nothing(heard.text):
        return _next(draft, policy)
    if word in repair.DENY:
        return _change(draft, "", policy)
    news = _news(draft, heard)
    if news:
        lead = customer.CHANGED.format(label=questions.label("customer", policy))
        return _next(_answered(draft, news, "customer"), policy, lead=lead)
    more = {"description": f"{draft.answers['description']}\n{heard.text}"}
    more |= {key: heard.fields[key] for key in ("wanted_by",) if key in heard.fields}
    return _next(_answered(draft, more, "description"), policy, lead=customer.ADDED)


def _probe(draft: Draft, text: str, policy: Policy) -> Turn:
    """Ask a need too vague to work on for something concrete, a little differently each time; then a person (A-047)."""
    said = draft.answers.get("description_vague", "")
    vague = draft.having(description_vague=f"{said}\n{text}".strip())
    vague = msgspec.structs.replace(vague, probed=draft.probed + 1)
    if draft.probed >= policy.intake.probes:
        return Turn(draft=vague, say=Text(text=""), end="person")
    return Turn(draft=vague, say=questions.probe(text, draft.probed))


def _refused(draft: Draft, why: str, policy: Policy) -> Turn:
    """Say what was wrong and how to answer, in one message; a person is offered when it keeps going wrong."""
    draft = msgspec.structs.replace(draft, refusals=draft.refusals + 1)
    return Turn(draft=draft, say=questions.again(draft, why, policy))


def _next(draft: Draft, policy: Policy, lead: str = "") -> Turn:
    return Turn(draft=draft, say=questions.ask(draft, policy, lead=lead))


# --- what else a message says -----------------------------------------------------------------------------------------


def _understood(draft: Draft, heard: Heard) -> Draft:
    """Add what a message says besides the answer asked for; it never replaces what was said before."""
    extra = {key: value for key, value in heard.fields.items() if key in _ASIDES}
    extra |= _pressing(heard)
    draft = msgspec.structs.replace(draft, answers=extra | draft.answers)
    return (
        draft if heard.suggestions == Suggestions() else msgspec.structs.replace(draft, suggestions=heard.suggestions)
    )


def _profile(heard: Heard) -> dict[str, str]:
    return {key: value for key, value in heard.fields.items() if key in PROFILE}


def _news(draft: Draft, heard: Heard) -> dict[str, str]:
    """Return what a message says of the customer that was not known or is different."""
    return {key: value for key, value in _profile(heard).items() if value != draft.answers.get(key)}


def _pressing(heard: Heard) -> dict[str, str]:
    """Return the urgency a message speaks of by itself: the level it names, else what its words surely suggest."""
    said = heard.fields.get("urgency", "")
    named = said if said in customer.LEVELS else level(said)
    guess = heard.suggestions.heads.get("urgency")
    words = heard.fields.get("pressing", "")
    if named:
        return {"urgency": named}
    if not guess or not guess.sure or not words or guess.value not in customer.LEVELS:
        return {}
    # 马上 or 很急 gives a level; what it does to the business it does not say.
    return {"urgency": guess.value} | ({"impact": words} if len(words) > _DEGREE_LONGEST else {})


_PRESSES: dict[str, Callable[[Draft, str, Policy], Turn | None]] = {
    "confirm": _confirm,
    "change": _change,
    "same_profile": _same_profile,
    "revise": _chosen,
    "level": _level,
    "past": _of_past,
    "as_one": _join,
    "same_need": _same_need,
    "new_need": _new_need,
}
