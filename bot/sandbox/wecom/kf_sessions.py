"""Who serves a 微信客服 chat: `kf/service_state/get|trans`, the state machine and the codes for events."""

import secrets
from datetime import timedelta

from bot.sandbox.wecom.kf_log import account_named
from bot.sandbox.wecom.refusals import OK, Refused, require
from bot.sandbox.wecom.request import Request
from bot.sandbox.wecom.state import (
    KF_SESSION_LIFE,
    STATE_BOT,
    STATE_ENDED,
    STATE_NEW,
    STATE_PERSON,
    STATE_POOL,
    Json,
    KfAccount,
    KfCode,
    KfSession,
    Platform,
)

MOVES: dict[int, set[int]] = {
    STATE_NEW: {STATE_BOT, STATE_POOL, STATE_PERSON, STATE_ENDED},
    STATE_BOT: {STATE_BOT, STATE_POOL, STATE_PERSON, STATE_ENDED},
    STATE_POOL: {STATE_POOL, STATE_PERSON, STATE_ENDED},
    STATE_PERSON: {STATE_PERSON, STATE_ENDED},
    STATE_ENDED: set(),
}
SHORT_CODE = timedelta(seconds=20)
LONG_CODE = timedelta(hours=48)
CODES: dict[int | None, tuple[timedelta, tuple[str, ...]]] = {
    # state the code is bound to (None = a welcome) -> life, message types it allows
    None: (SHORT_CODE, ("text", "msgmenu")),
    STATE_POOL: (LONG_CODE, ("text",)),
    STATE_PERSON: (LONG_CODE, ("text",)),
    STATE_ENDED: (SHORT_CODE, ("text", "msgmenu")),
}


def service_state_get(platform: Platform, request: Request) -> Json:
    """Answer the state, and who serves when it is a person."""
    body = request.json()
    session = session_of(platform, account_named(platform, body), body.get("external_userid"))
    state = real_state(platform, session)
    servicer = {"servicer_userid": session.servicer} if state == STATE_PERSON else {}
    return {**OK, "service_state": state, **servicer}


def service_state_trans(platform: Platform, request: Request) -> Json:
    """Move a session along the table of moves. No event follows: only people's actions raise one."""
    body = request.json()
    account = account_named(platform, body)
    session = session_of(platform, account, body.get("external_userid"))
    target = body.get("service_state")
    if not isinstance(target, int) or target not in MOVES[real_state(platform, session)]:
        raise Refused(95016)
    servicer = str(body.get("servicer_userid", "")) if target == STATE_PERSON else ""
    if target == STATE_PERSON:
        require(servicer, 40058, "servicer_userid")
        require(servicer in account.servicers, 95014)
        require(account.servicers[servicer], 95019)
    code = enter_state(platform, session, target, servicer)
    return {**OK, **({"msg_code": code} if code else {})}


def enter_state(platform: Platform, session: KfSession, state: int, servicer: str = "") -> str:
    """Put the session into `state`; return a msg_code, "" when none goes with it (2 and 3 give one the first time)."""
    if state == STATE_ENDED:
        session.coded_states.clear()
    coded = state in CODES and state not in session.coded_states
    session.state, session.servicer = state, servicer
    if not coded:
        return ""
    if state != STATE_ENDED:
        session.coded_states.add(state)
    return new_code(platform, session, state)


def new_code(platform: Platform, session: KfSession, state: int | None) -> str:
    """Return a code for one message on an event; None stands for the welcome."""
    life, kinds = CODES[state]
    code = secrets.token_urlsafe(32)
    platform.kf_codes[code] = KfCode(session, state, platform.now() + life, kinds)
    return code


def session_of(platform: Platform, account: KfAccount, external_userid: object) -> KfSession:
    """Return the customer's session with the account; refuse with 40096 when there is no such customer."""
    if not isinstance(external_userid, str) or external_userid not in platform.customers:
        raise Refused(40096)
    return platform.session(account.open_kfid, external_userid)


def real_state(platform: Platform, session: KfSession) -> int:
    """Return the state at this time: a session ends by itself 48 h after the customer last wrote."""
    written = session.last_inbound
    over = written is not None and platform.now() - written > KF_SESSION_LIFE
    return STATE_ENDED if over else session.state


def customer_wrote(platform: Platform, session: KfSession) -> None:
    """Open or refill the session: an ended one becomes new, and five messages may be sent again."""
    if real_state(platform, session) == STATE_ENDED:
        enter_state(platform, session, STATE_NEW)
        session.coded_states.clear()
    session.last_inbound = platform.now()
    session.sent_since = 0


def welcome_code(platform: Platform, session: KfSession) -> str:
    """Return a welcome_code, "" when the customer was welcomed within 48 h or has written to this account."""
    welcomed = session.welcomed_at
    recent = welcomed is not None and platform.now() - welcomed <= KF_SESSION_LIFE
    return "" if recent or session.last_inbound is not None else new_code(platform, session, None)
