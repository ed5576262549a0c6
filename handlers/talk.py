"""Talk with no intake open: an answer to the agent, scores, chatter, or a new need."""

from datetime import timedelta

from handlers import numbering, phrases, words
from handlers.announcements import owner_name, verdicts
from handlers.contact import Contact
from handlers.intake.answers import plain, says_nothing
from handlers.intake.hearing import fields
from handlers.intake.session import begin, greeting, menu
from handlers.messages import Reply
from handlers.requests import acceptance, scores, survey
from handlers.requests.lifecycle import allowed
from handlers.wording import customer
from handlers.wording.terms import STATUS
from storage import customers, requests
from storage.profile import PROFILE
from storage.requests import Request


def outside(contact: Contact, text: str) -> Reply:
    """Take words with no intake open: a score, an answer to the agent, chatter, or a need."""
    request, focus = focused(contact)
    number = numbering.alone(text)
    if number and focus != "ask":
        return words.progress(contact, number, "")
    if request and (focus == "survey" or request.status == "done"):
        scored = survey.heard(request, text, contact.desk)
        if scored:
            return _score(contact, request, *scored)
        if focus == "survey" and scores.meant(text):
            again = survey.question(request, contact.desk)
            return contact.say(f"{customer.SURVEY_AGAIN}\n{again.text}", *again.buttons)
    if request and focus != "survey" and (focus == "ask" or not phrases.is_chatter(text)):
        return _to_agent(contact, request, text)
    if phrases.is_chatter(text) or says_nothing(text):
        return _chatter(contact, text)
    delivered = next((own for own in contact.own(only_open=True) if acceptance.sounds_like(text, own)), None)
    return _to_agent(contact, delivered, text) if delivered else begin(contact, text)


def _chatter(contact: Contact, text: str) -> Reply:
    """Answer a greeting or thanks briefly; it never starts an intake (contract.md 7)."""
    own = contact.own(only_open=True)
    greeted = phrases.GREETINGS.fullmatch(plain(text)) is not None
    if own:
        if own[0].status == "testing" and not greeted:
            return contact.say(customer.SMALL_TALK_TESTING.format(number=own[0].number), *verdicts(own[0]))
        told = customer.SMALL_TALK_TESTING if own[0].status == "testing" else customer.SMALL_TALK_OPEN
        said = told.format(number=own[0].number, status=STATUS[own[0].status])
        return contact.say(said, *(menu(has_requests=True) if greeted else ()))
    return contact.say(greeting(contact), *menu(has_requests=False)) if greeted else contact.say(customer.SMALL_TALK)


def _to_agent(contact: Contact, request: Request, text: str) -> Reply:
    """Pass the customer's words to the thread of the assignee's card."""
    if not allowed(request, "supplement"):
        contact.focus(None, "")
        return begin(contact, text)
    told = contact.done("supplement", request, text, **_news(contact, request, text))
    if contact.chat.focus == "ask":
        contact.focus(request.id, "talk")
        return told + contact.say(
            customer.ANSWERED.format(owner=owner_name(request, contact.desk), number=request.number)
        )
    return told + acceptance.which(contact, request) if acceptance.sounds_like(text, request) else told


def _news(contact: Contact, request: Request, text: str) -> dict[str, str]:
    """Return what the words say of a customer of whom little is known yet: he called for a person at once."""
    said = {key: value for key, value in fields(text, contact.now).items() if key in PROFILE}
    news = {key: value for key, value in said.items() if getattr(request, key) in ("", contact.chat.nickname)}
    customers.learn(contact.store, customers.get(contact.store, request.customer_id), news, contact.now)
    return news | ({"description": text} if plain(text) and request.description == customer.HUMAN_NEED else {})


def score_pressed(contact: Contact, subject: str) -> Reply:
    """Take a score tapped in the menu of a survey that is still open."""
    number, _, score = subject.partition(":")
    request = contact.find(number)
    valid = score.isdecimal() and 1 <= int(score) <= scores.BEST
    if request is None or not valid or not _surveyed(contact, request):
        return contact.say(customer.EXPIRED_MENU)
    left = survey.open_questions(request, contact.desk)
    return _score(contact, request, {question: int(score) for question in left[:1]}, "")


def _surveyed(contact: Contact, request: Request) -> bool:
    """Whether the customer has been asked for the scores of this request; a word of the agent ends no survey."""
    chat = contact.chat
    meant = chat.focus_id == request.id and (chat.focus == "survey" or (bool(chat.focus) and request.status == "done"))
    return meant and survey.asked(request, contact.desk)


def _score(contact: Contact, request: Request, given: dict[str, int], remark: str) -> Reply:
    done = survey.answer(contact, request, given, remark)
    if done.complete:
        contact.focus(None, "")
    return contact.say(done.say) + done.reply


def focused(contact: Contact) -> tuple[Request | None, str]:
    """Return the request the customer is talking about, and why: an open question stays open, a talk fades."""
    chat = contact.chat
    if not chat.focus_id or not chat.focus or not chat.focus_at:
        return None, ""
    request = requests.get(contact.store, chat.focus_id)
    if chat.focus == "survey" and not survey.asked(request, contact.desk):
        return None, ""
    window: timedelta = contact.desk.policy.relay.window.wall
    if chat.focus != "talk" or (contact.now - chat.focus_at <= window and allowed(request, "answer")):
        return request, chat.focus
    return (request, "survey") if request.status == "done" else (None, "")
