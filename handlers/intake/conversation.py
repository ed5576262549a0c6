"""The guided conversation: a draft and a message in, a draft and what to say out. Pure."""

import msgspec

from handlers.intake import questions, repair
from handlers.intake.answers import Refused, is_vague, level, parse, plain, says_nothing
from handlers.intake.draft import PROFILE, Draft, Heard, asking
from handlers.messages import Pressed, Text, Value
from handlers.policy import AskedField, Policy
from handlers.requests.card import Suggestions
from handlers.requests.lifecycle import TYPE
from handlers.wording import customer

PROBES = 1
_DEGREE_LONGEST = 2
_SUBMITS = {"确认", "确定", "提交"}
_TYPES = {label: key for key, label in TYPE.items()}


class Turn(Value, frozen=True, kw_only=True):
    """One step: the draft after it, what to say, and whether the customer has confirmed."""

    draft: Draft
    say: Text
    submitted: bool = False


def begin(draft: Draft, heard: Heard, policy: Policy) -> Turn:
    """Start an intake with the message that states the need: all it says is read at once.

    What a returning customer says of himself now counts more than what was known of him.
    """
    known = draft
    draft = _understood(draft.having(**_profile(heard)), heard)
    if is_vague(heard.text):
        vague = draft.having(description_vague=heard.text)
        return Turn(draft=msgspec.structs.replace(vague, probed=1), say=Text(text=customer.VAGUE))
    draft = draft.having(description=heard.fields.get("description") or heard.text)
    return Turn(draft=draft, say=questions.ask(draft, policy, lead=questions.understood(known, draft)))


def advance(draft: Draft, heard: Heard, policy: Policy) -> Turn:
    """Take one typed message of the customer."""
    field = asking(draft, policy)
    own = tuple((f.label, f.key) for f in policy.fields if f.kind != "customer")
    fixed = repair.correction(heard.text, own, at_summary=field is None)
    if fixed is None and level(heard.text, policy) and (field is None or field.kind != "urgency"):
        fixed = ("urgency", heard.text)  # a level named where none was asked for corrects the level
    if fixed:
        return _corrected(draft, fixed, heard, policy)
    word = plain(heard.text).lower()
    if word in repair.CHANGE:
        return Turn(draft=draft, say=questions.menu(policy))
    if field and word in _SUBMITS:
        return Turn(draft=draft, say=questions.ask(draft, policy, lead=customer.NOT_YET))
    return _answer(draft, field, heard, policy) if field else _at_summary(draft, heard, policy)


def press(draft: Draft, pressed: Pressed, policy: Policy) -> Turn | None:
    """Take one press of a button of the intake; None if it is not the intake's or no longer fits."""
    field = asking(draft, policy)
    match pressed.action:
        case "confirm" if field is None:
            return Turn(draft=draft, say=Text(text=""), submitted=True)
        case "change":
            return Turn(draft=draft, say=questions.menu(policy))
        case "revise" if any(f.key == pressed.subject for f in policy.fields):
            revising = msgspec.structs.replace(draft, revising=pressed.subject)
            return Turn(draft=revising, say=questions.ask(revising, policy))
        case "level" if pressed.subject in customer.LEVELS:
            return _next(draft.having(urgency=pressed.subject, impact=""), policy)
        case "past" if field and field.kind == "history":
            return _next(draft.having(**{field.key: pressed.subject or "无"}), policy)
    return None


def _answer(draft: Draft, field: AskedField, heard: Heard, policy: Policy) -> Turn:
    try:
        found = parse(heard.text, field, draft, heard)
    except Refused as refused:
        kept = msgspec.structs.replace(draft, answers=draft.answers | refused.kept)
        return _refused(kept, str(refused), policy)
    if field.kind == "description" and is_vague(heard.text) and draft.probed < PROBES and not draft.revising:
        vague = draft.having(description_vague=heard.text)
        return Turn(draft=msgspec.structs.replace(vague, probed=draft.probed + 1), say=Text(text=customer.VAGUE))
    before = draft
    draft = _understood(draft.having(**found), heard)
    return Turn(draft=draft, say=questions.ask(draft, policy, lead=questions.still_lacking(before, draft, field)))


def _at_summary(draft: Draft, heard: Heard, policy: Policy) -> Turn:
    word = plain(heard.text).lower()
    if word in repair.CONFIRM:
        return Turn(draft=draft, say=Text(text=""), submitted=True)
    if word in repair.CHANGE:
        return Turn(draft=draft, say=questions.menu(policy))
    if says_nothing(heard.text):
        return _next(draft, policy)
    news = {key: value for key, value in _profile(heard).items() if value != draft.answers.get(key)}
    if news:
        return _next(draft.having(**news), policy, lead=customer.CHANGED.format(label="客户基本信息"))
    more = f"{draft.answers['description']}\n{heard.text}"
    return _next(draft.having(description=more), policy, lead=customer.ADDED)


def _corrected(draft: Draft, fixed: tuple[str, str], heard: Heard, policy: Policy) -> Turn:
    key, value = fixed
    if key == "phone":
        value = heard.fields.get("phone") or ""
        if not value:
            return _refused(draft, customer.BAD_PHONE.format(phone=fixed[1][:40]), policy)
    if key == "urgency":
        guess = heard.suggestions.heads.get("urgency")
        value = level(value, policy) or (guess.value if guess else draft.answers.get("urgency", "routine"))
    if key == "type":
        value = _TYPES.get(plain(value).removesuffix("类"), "")
        if not value:
            return _refused(draft, customer.NOT_UNDERSTOOD, policy)
    said = customer.CHANGED if key in draft.answers else customer.NOTED
    return _next(draft.having(**{key: value}), policy, lead=said.format(label=questions.label(key, policy)))


def _refused(draft: Draft, why: str, policy: Policy) -> Turn:
    """Say what was wrong and how to answer, in one message; a person is offered when it keeps going wrong."""
    draft = msgspec.structs.replace(draft, refusals=draft.refusals + 1)
    return Turn(draft=draft, say=questions.again(draft, why, policy))


def _next(draft: Draft, policy: Policy, lead: str = "") -> Turn:
    return Turn(draft=draft, say=questions.ask(draft, policy, lead=lead))


def _understood(draft: Draft, heard: Heard) -> Draft:
    """Add what a message says besides the answer asked for; it never replaces what was said before."""
    extra = {key: value for key, value in heard.fields.items() if key in (*PROFILE, "background", "history")}
    extra |= _pressing(heard)
    draft = msgspec.structs.replace(draft, answers=extra | draft.answers)
    return (
        draft if heard.suggestions == Suggestions() else msgspec.structs.replace(draft, suggestions=heard.suggestions)
    )


def _profile(heard: Heard) -> dict[str, str]:
    return {key: value for key, value in heard.fields.items() if key in PROFILE}


def _pressing(heard: Heard) -> dict[str, str]:
    """Return the urgency a message speaks of by itself: the level it names, else what its words suggest."""
    said = heard.fields.get("urgency", "")
    named = said if said in customer.LEVELS else level(said)
    guess = heard.suggestions.heads.get("urgency")
    words = heard.fields.get("pressing", "")
    if named:
        return {"urgency": named}
    if not guess or not words or guess.value not in customer.LEVELS:
        return {}
    # 马上 or 很急 gives a level; what it does to the business it does not say.
    return {"urgency": guess.value} | ({"impact": words} if len(words) > _DEGREE_LONGEST else {})
