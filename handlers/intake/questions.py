"""Questions: what the bot says to a draft. The next question is derived from what is missing."""

from handlers import privacy
from handlers.intake.draft import Draft, asking, lacking, profile_line, wanting
from handlers.messages import Button, Text
from handlers.policy import Policy
from handlers.sections import AskedField
from handlers.showing import EXCERPT, excerpt, levels
from handlers.wording import customer, terms
from storage.profile import PROFILE


def ask(draft: Draft, policy: Policy, lead: str = "") -> Text:
    """Ask the next open question, or show the summary when nothing is open."""
    field = asking(draft, policy)
    if field is None:
        return summary(draft, policy, lead)
    return Text(text=_lines(lead, _question(field, draft)), buttons=_choices(field, draft, policy))


def again(draft: Draft, why: str, policy: Policy) -> Text:
    """Say why an answer did not fit and how it could look; offer a person when it keeps going wrong."""
    field = asking(draft, policy)
    if field is None:
        return summary(draft, policy, why)
    offer = customer.OFFER_HUMAN if draft.refusals >= policy.intake.refusals else ""
    explained = field.hint if draft.refusals <= 1 else field.another or field.hint
    buttons = _choices(field, draft, policy)
    if offer:
        buttons = (*buttons, Button(label=customer.PERSON, action="person"))
    return Text(text=_lines(why, explained or field.ask, offer), buttons=buttons)


def probe(text: str, times: int) -> Text:
    """Ask a vague need for something concrete, with an example that fits its words; differently the second time."""
    if times:
        return Text(text=customer.VAGUE_AGAIN, buttons=(Button(label=customer.PERSON, action="person"),))
    about = next((said for word, said in customer.VAGUE_ABOUT.items() if word in text), customer.VAGUE)
    return Text(text=about)


def standing(draft: Draft, policy: Policy, lead: str) -> Text:
    """Ask again what stood open when the draft was as it is: a menu, a field to say anew, a need to make concrete."""
    said = ask(draft, policy)
    if draft.choosing:
        said = menu(draft, policy)
    elif draft.revising in PROFILE:
        said = Text(text=customer.SAY_AGAIN.format(label=label(draft.revising, policy)))
    elif draft.probed and "description" not in draft.answers:
        said = probe(draft.answers.get("description_vague", ""), draft.probed - 1)
    return Text(text=_lines(lead, said.text), buttons=said.buttons)


def summary(draft: Draft, policy: Policy, lead: str = "") -> Text:
    """Show all that was collected, and what the classifier suggests, for confirmation."""
    rows = [(field.label, shown(field, draft, policy)) for field in policy.fields]
    rows.append((terms.FIELDS["type"], _suggested_type(draft, policy)))
    body = "\n".join(f"{name}：{value}" for name, value in rows if value)
    buttons = (
        Button(label=customer.CONFIRM, action="confirm", primary=True),
        Button(label=customer.CHANGE, action="change"),
    )
    return Text(text=_lines(lead, f"【{customer.SUMMARY}】", body, customer.SUMMARY_BODY), buttons=buttons)


def menu(draft: Draft, policy: Policy) -> Text:
    """Offer the fields to change."""
    labels = {field.key: field.label for field in policy.fields}
    keys = revisable(draft, policy)
    buttons = tuple(Button(label=labels[key], action="revise", subject=key) for key in keys)
    return Text(text=customer.CHOOSE_FIELD, buttons=buttons)


def revisable(draft: Draft, policy: Policy) -> list[str]:
    """Return the keys of the fields that can be changed, as the menu counts them; parts only once they were said."""
    return [field.key for field in policy.fields if field.kind != "part" or draft.answers.get(field.key)]


def understood(known: Draft, draft: Draft) -> str:
    """Show what was read from the first message beyond the need, so that a mistake is seen; greet whom we know."""
    name = known.answers.get("contact") or known.answers.get("company")
    facts = _facts(draft.answers, {} if not name else known.answers)
    heard = customer.UNDERSTOOD.format(facts=facts) if facts else ""
    return _lines(customer.WELCOME_BACK.format(name=name) if name and draft.recalled else "", several(draft), heard)


def several(draft: Draft) -> str:
    """Show the needs that one message held, if there is more than one."""
    return customer.SEVERAL.format(needs=_needs(draft)) if draft.rest else ""


def noted(before: Draft, after: Draft, field: AskedField) -> str:
    """Lead into the next question with what an answer said beyond what was asked."""
    if field.kind == "customer":
        if before.answers == after.answers:
            return ""
        if profile_line(before.answers) == profile_line(after.answers):
            return customer.ADDED
        return customer.UNDERSTOOD.format(facts=privacy.masked(profile_line(after.answers)))
    facts = _facts(after.answers, before.answers | {field.key: ""})
    return customer.UNDERSTOOD.format(facts=facts) if facts else ""


def bad_phone(typed: str) -> str:
    """Say that a phone cannot be one."""
    return customer.BAD_PHONE.format(phone=privacy.hinted(typed))


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
    return fields.get(key) or terms.FIELDS[key]


def _question(field: AskedField, draft: Draft) -> str:
    """Put the question as it fits the case: the type of the need, what is known of the customer, his earlier needs."""
    if field.kind == "customer" and not draft.revising:
        if draft.recalled:
            return customer.STILL_YOU.format(profile=privacy.masked(profile_line(draft.answers)))
        if len(lacking(draft.answers)) == 1:
            return customer.LACKING_CUSTOMER.format(missing="、".join(wanting(draft.answers)))
    if field.kind == "history" and draft.past:
        return customer.ONE_OF_THESE
    return next((ask for type_, ask in field.asks.items() if type_ == draft.type), field.ask)


def _facts(answers: dict[str, str], known: dict[str, str]) -> str:
    """List what was understood and was not known: the profile as it is, longer things by an excerpt."""
    new = {key: value for key, value in answers.items() if value and known.get(key) is None}
    profile = [f"{terms.FIELDS[key]} {privacy.masked(new[key])}" for key in PROFILE if key in new]
    longer = [f"{name}“{excerpt(new[key], 30)}”" for key, name in customer.PARTS.items() if key in new]
    return "，".join((*profile, *longer))


def _needs(draft: Draft) -> str:
    first = draft.answers.get("description", "")
    return "\n".join(f"{n}. {excerpt(need, 40)}" for n, need in enumerate((first, *draft.rest), 1))


def _suggested_type(draft: Draft, policy: Policy) -> str:
    """Show the suggested type as the suggestion it is; what the customer chose himself needs no remark."""
    if "type" in draft.answers:
        return policy.label(draft.answers["type"])
    guess = draft.suggestions.heads.get("type")
    if (
        guess is None or guess.value not in policy.labels or guess.held
    ):  # held: an agent is asked, nobody is told
        return ""
    value = terms.OR.join(map(policy.label, guess.among or (guess.value,)))
    return (customer.SUGGESTED if guess.sure else customer.PERHAPS).format(value=value)


def _choices(field: AskedField, draft: Draft, policy: Policy) -> tuple[Button, ...]:
    """Return the menu of a question."""
    joins = (Button(label=customer.JOIN, action="as_one"),) if draft.rest and not draft.last else ()
    if field.kind == "customer" and draft.recalled and not draft.revising:
        change = Button(label=customer.CHANGE, action="revise", subject=field.key)
        return (Button(label=customer.YES, action="same_profile", primary=True), change, *joins)
    if field.kind == "urgency":
        own = levels(policy)
        return (
            tuple(
                Button(label=f"{own[key]}：{impact}", action="level", subject=key)
                for key, impact in customer.LEVELS.items()
            )
            + joins
        )
    if field.kind == "history" and draft.past:
        past = [Button(label=f"{number} {title}"[:40], action="past", subject=number) for number, title in draft.past]
        return (*past, Button(label=customer.NO_HISTORY, action="past"))
    return joins


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)
