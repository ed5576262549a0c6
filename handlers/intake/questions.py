"""Questions: what the bot says to a draft. The next question is derived from what is missing."""

from handlers.intake.draft import PROFILE, PROFILE_LABELS, Draft, asking, lacking, profile_line, wanting
from handlers.messages import Button, Text
from handlers.policy import AskedField, Policy
from handlers.requests.card import EXCERPT, excerpt, levels
from handlers.requests.lifecycle import TYPE
from handlers.wording import customer


def ask(draft: Draft, policy: Policy, lead: str = "") -> Text:
    """Ask the next open question, or show the summary when nothing is open."""
    field = asking(draft, policy)
    if field is None:
        return summary(draft, policy, lead)
    question = customer.LACKING_CUSTOMER.format(missing="、".join(wanting(draft.answers)))
    partly = field.kind == "customer" and not draft.revising and len(lacking(draft.answers)) == 1
    return Text(text=_lines(lead, question if partly else field.ask), buttons=_choices(field, draft, policy))


def again(draft: Draft, why: str, policy: Policy) -> Text:
    """Say why an answer did not fit and how it could look; offer a person when it keeps going wrong."""
    field = asking(draft, policy)
    if field is None:
        return summary(draft, policy, why)
    offer = customer.OFFER_HUMAN if draft.refusals >= policy.intake.refusals else ""
    buttons = _choices(field, draft, policy)
    if offer:
        buttons = (*buttons, Button(label=customer.PERSON, action="person"))
    return Text(text=_lines(why, field.hint or field.ask, offer), buttons=buttons)


def summary(draft: Draft, policy: Policy, lead: str = "") -> Text:
    """Show all that was collected, and what the classifier suggests, for confirmation."""
    rows = [(field.label, shown(field, draft, policy)) for field in policy.fields]
    rows.append(("需求类型", _suggested_type(draft)))
    body = "\n".join(f"{name}：{value}" for name, value in rows if value)
    buttons = (
        Button(label=customer.CONFIRM, action="confirm", primary=True),
        Button(label=customer.CHANGE, action="change"),
    )
    return Text(text=_lines(lead, f"【{customer.SUMMARY}】", body, customer.SUMMARY_BODY), buttons=buttons)


def menu(policy: Policy) -> Text:
    """Offer the fields to change."""
    buttons = tuple(Button(label=field.label, action="revise", subject=field.key) for field in policy.fields)
    return Text(text=customer.CHOOSE_FIELD, buttons=buttons)


def understood(known: Draft, draft: Draft) -> str:
    """Show what is known already, or was read from the first message beyond the need, so that a mistake is seen."""
    if known.answers.get("contact") or known.answers.get("company"):
        name = known.answers.get("contact") or known.answers["company"]
        return customer.WELCOME_BACK.format(name=name, profile=profile_line(draft.answers))
    facts = [f"{PROFILE_LABELS[key]} {draft.answers[key]}" for key in PROFILE if draft.answers.get(key)]
    return customer.UNDERSTOOD.format(facts="，".join(facts)) if facts else ""


def still_lacking(before: Draft, after: Draft, field: AskedField) -> str:
    """Lead into the next question with what an answer to the profile said."""
    if field.kind != "customer" or before.answers == after.answers:
        return ""
    if profile_line(before.answers) == profile_line(after.answers):
        return customer.ADDED
    return customer.UNDERSTOOD.format(facts=profile_line(after.answers))


def shown(field: AskedField, draft: Draft, policy: Policy) -> str:
    """Show the value of one field as the summary does."""
    if field.kind == "customer":
        return profile_line(draft.answers)
    value = draft.answers.get(field.key, "")
    if field.kind == "urgency":
        impact = draft.answers.get("impact", "")
        return levels(policy).get(value, value) + (f"（{excerpt(impact, 60)}）" if impact else "")
    return excerpt(value, EXCERPT)


def label(key: str, policy: Policy) -> str:
    """Return what people call an answer."""
    fields = {field.key: field.label for field in policy.fields}
    return fields.get(key) or PROFILE_LABELS.get(key) or "需求类型"


def _suggested_type(draft: Draft) -> str:
    """Show the suggested type as the suggestion it is; what the customer chose himself needs no remark."""
    if "type" in draft.answers:
        return TYPE[draft.answers["type"]]
    guess = draft.suggestions.heads.get("type")
    if guess is None or guess.value not in TYPE:
        return ""
    return (customer.SUGGESTED if guess.sure else customer.PERHAPS).format(value=TYPE[guess.value])


def _choices(field: AskedField, draft: Draft, policy: Policy) -> tuple[Button, ...]:
    """Return the menu of a question."""
    if field.kind == "urgency":
        own = levels(policy)
        return tuple(
            Button(label=f"{own[key]}：{impact}", action="level", subject=key)
            for key, impact in customer.LEVELS.items()
        )
    if field.kind == "history" and draft.past:
        past = [Button(label=f"{number} {title}"[:40], action="past", subject=number) for number, title in draft.past]
        return (*past, Button(label=customer.NO_HISTORY, action="past"))
    return ()


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)
