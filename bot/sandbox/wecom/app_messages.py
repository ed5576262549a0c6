"""Messages of the self-built app to members: `message/send`, `message/recall`, `message/update_template_card`."""

import json
import secrets
from collections.abc import Callable
from datetime import timedelta

from bot.sandbox.wecom.app_payloads import APP_READERS
from bot.sandbox.wecom.cards import UPDATABLE, buttons_of, check_card, text_of
from bot.sandbox.wecom.refusals import OK, Refused, object_field, require
from bot.sandbox.wecom.request import Request
from bot.sandbox.wecom.state import CardCode, Json, Person, Platform, SeenMessage, SentApp

MOST_USERS = 1000
PER_MINUTE = 30
PER_HOUR = 1000
RECALL_WINDOW = timedelta(hours=24)
CARD_CODE_LIFE = timedelta(hours=72)
DUPLICATE_SECONDS = 1800
MOST_DUPLICATE_SECONDS = 4 * 3600


def send(platform: Platform, request: Request) -> Json:
    """Send to members; those unknown come back as `invaliduser`, too many per minute vanish without an error."""
    body = request.json()
    _check_agent(platform, body)
    receivers, invalid = _receivers(platform, body)
    msgtype = str(body.get("msgtype"))
    reader = APP_READERS.get(msgtype)
    if reader is None:
        raise Refused(40008, msgtype)
    payload = object_field(body, msgtype)
    shown = reader(platform, msgtype, payload).fields()
    _claim_task_id(platform, shown["card"] if msgtype == "template_card" else None)
    msgid = secrets.token_urlsafe(32)
    keep = _duplicate_filter(platform, body, json.dumps([msgtype, payload], sort_keys=True))
    copies = {
        one.userid: platform.show(one, "bot", msgtype, channel="app", msgid=msgid, **shown).id
        for one in receivers
        if keep(one) and _within_rate(platform, one)
    }
    platform.sent_app[msgid] = SentApp(platform.now(), copies)
    code = new_card_code(platform, msgid) if msgtype == "template_card" and buttons_of(payload) else ""
    parties = {"invaliduser": "|".join(invalid), "invalidparty": "", "invalidtag": "", "unlicenseduser": ""}
    return {**OK, **parties, "msgid": msgid, **({"response_code": code} if code else {})}


def recall(platform: Platform, request: Request) -> Json:
    """Take a message back within 24 hours."""
    msgid = str(request.json().get("msgid", ""))
    sent = platform.sent_app.get(msgid)
    if sent is None:
        raise Refused(40058, "msgid")
    require(platform.now() - sent.at <= RECALL_WINDOW, 42052)
    for userid, seen_id in sent.copies.items():
        platform.change(platform.members[userid], seen_id, kind="recalled", text="", menu=(), card=None, media=None)
    return dict(OK)


def update_template_card(platform: Platform, request: Request) -> Json:
    """Grey the button of a card, or replace the card, with a response_code: once, within 72 hours."""
    body = request.json()
    _check_agent(platform, body)
    code = platform.card_codes.get(str(body.get("response_code", "")))
    if code is None or platform.now() > code.until:
        raise Refused(platform.quirks.code_unknown_errcode, "response_code")
    require(not code.used, 42022)
    new_card = _new_card(body)
    copies = platform.sent_app[code.msgid].copies
    asked = list(copies) if body.get("atall") else body.get("userids") or []
    require(isinstance(asked, list) and len(asked) <= MOST_USERS, 40031)
    found = [one for one in asked if one in copies]
    require(found, 81013)
    changed = [(one, new_card(_card_of(platform, one, copies[one]))) for one in found]
    for userid, card in changed:
        shown = {"card": card, "text": text_of(card), "menu": buttons_of(card)}
        platform.change(platform.members[userid], copies[userid], **shown)
    code.used = True
    return {**OK, "invaliduser": [one for one in asked if one not in copies]}


def new_card_code(platform: Platform, msgid: str) -> str:
    """Return a response_code for the card sent as `msgid`."""
    code = secrets.token_urlsafe(32)
    platform.card_codes[code] = CardCode(msgid, platform.now() + CARD_CODE_LIFE)
    return code


def _check_agent(platform: Platform, body: Json) -> None:
    require(str(body.get("agentid", "")) == str(platform.agent_id), 301002)


def _receivers(platform: Platform, body: Json) -> tuple[list[Person], list[str]]:
    touser = body.get("touser", "")
    require(isinstance(touser, str), 40031)
    if touser == "@all":
        return list(platform.members.values()), []
    asked = list(dict.fromkeys(one for one in touser.split("|") if one))
    require(len(asked) <= MOST_USERS, 40031)
    # User ids are compared without case, and unknown ones come back in lower case.
    by_lower = {userid.lower(): person for userid, person in platform.members.items()}
    found = [by_lower[one.lower()] for one in asked if one.lower() in by_lower]
    require(found, 81013)
    return found, [one.lower() for one in asked if one.lower() not in by_lower]


def _claim_task_id(platform: Platform, card: Json | None) -> None:
    task_id = (card or {}).get("task_id")
    if task_id:
        require(task_id not in platform.task_ids, 42014)
        platform.task_ids.add(task_id)


def _duplicate_filter(platform: Platform, body: Json, content: str) -> Callable[[Person], bool]:
    now = platform.now()
    window = min(int(body.get("duplicate_check_interval") or DUPLICATE_SECONDS), MOST_DUPLICATE_SECONDS)

    def fresh(person: Person) -> bool:
        last = person.last_contents.get(content)
        if body.get("enable_duplicate_check") and last is not None and now - last <= timedelta(seconds=window):
            return False
        person.last_contents[content] = now
        return True

    return fresh


def _within_rate(platform: Platform, person: Person) -> bool:
    now, received = platform.now(), person.received_at
    minute = sum(now - one < timedelta(minutes=1) for one in list(received)[-PER_MINUTE:])
    hour = len(received) == PER_HOUR and now - received[0] < timedelta(hours=1)
    if minute >= PER_MINUTE or hour:
        return False
    received.append(now)
    return True


def _new_card(body: Json) -> Callable[[Json], Json]:
    if "template_card" in body:
        replacement = object_field(body, "template_card")
        check_card(replacement, replaces=True)
        return lambda old: {**replacement, "task_id": replacement.get("task_id", old.get("task_id", ""))}
    name = object_field(body, "button").get("replace_name")
    require(isinstance(name, str) and name, 40058, "button.replace_name")

    def grey(old: Json) -> Json:
        require(old.get("card_type") in UPDATABLE, 42031)
        return {**old, "replace_name": name}

    return grey


def _card_of(platform: Platform, userid: str, seen_id: int) -> Json:
    card = seen_message(platform.members[userid], seen_id).card
    if card is None:
        raise Refused(40058, "the message was recalled")
    return card


def seen_message(person: Person, seen_id: int) -> SeenMessage:
    """Return one message that `person` sees; LookupError when there is none with this id."""
    for message in person.seen:
        if message.id == seen_id:
            return message
    raise LookupError(seen_id)
