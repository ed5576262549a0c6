"""Sending to customers: `kf/send_msg` with its windows, and `kf/send_msg_on_event` with its codes."""

import re
import secrets

from bot.sandbox.wecom.kf_log import account_named, log_event
from bot.sandbox.wecom.kf_payloads import Shown, shown_message
from bot.sandbox.wecom.kf_sessions import real_state, session_of
from bot.sandbox.wecom.refusals import OK, Refused, require
from bot.sandbox.wecom.request import Request
from bot.sandbox.wecom.state import KF_SESSION_LIFE, STATE_BOT, STATE_NEW, Json, KfAccount, KfSession, Platform

MSGID = re.compile(r"[0-9a-zA-Z_-]{1,32}")
MOST_SENT = 5
FAIL_TOO_LATE, FAIL_TOO_MANY = 4, 6


def send_msg(platform: Platform, request: Request) -> Json:
    """Send one message: at most five after each of the customer's, within 48 h, and not while a person serves."""
    body = request.json()
    account = account_named(platform, body)
    session = session_of(platform, account, body.get("touser"))
    shown = shown_message(platform, body.get("msgtype"), body)
    msgid = _new_msgid(platform, account, body)
    failure = _window(platform, session)
    account.msgids.add(msgid)
    if platform.late_failures and failure is None:
        failure = platform.late_failures.popleft()
    if failure is not None:
        _fail_late(platform, session, msgid, failure)
    else:
        _show(platform, session, str(body["msgtype"]), shown, msgid)
    if failure not in {FAIL_TOO_LATE, FAIL_TOO_MANY}:
        session.state = STATE_BOT
        session.sent_since += 1
    return {**OK, "msgid": msgid}


def send_msg_on_event(platform: Platform, request: Request) -> Json:
    """Send the one message that an event's code allows; it does not count among the five."""
    body = request.json()
    code = platform.kf_codes.get(str(body.get("code", "")))
    if code is None or platform.now() > code.until:
        raise Refused(platform.quirks.code_unknown_errcode, "code")
    require(not code.used, platform.quirks.code_used_errcode, "code")
    require(body.get("msgtype") in code.kinds, 40008)
    account = platform.accounts[code.session.open_kfid]
    shown = shown_message(platform, body["msgtype"], body)
    require(code.state is None or real_state(platform, code.session) == code.state, 95018)
    msgid = _new_msgid(platform, account, body)
    account.msgids.add(msgid)
    code.used = True
    if code.state is None:
        code.session.welcomed_at = platform.now()
    _show(platform, code.session, body["msgtype"], shown, msgid)
    return {**OK, "msgid": msgid}


def _new_msgid(platform: Platform, account: KfAccount, body: Json) -> str:
    if "msgid" not in body:
        return secrets.token_hex(16)
    msgid = body["msgid"]
    require(isinstance(msgid, str) and MSGID.fullmatch(msgid), 40058, "msgid")
    # The platform says that a repeat is an error, not a silent success; its number is not published.
    require(msgid not in account.msgids, platform.quirks.duplicate_msgid_errcode, "msgid exists")
    return str(msgid)


def _window(platform: Platform, session: KfSession) -> int | None:
    """Return None when the session takes a message, else the fail_type to report later; refuse at once otherwise."""
    late = session.last_inbound is not None and platform.now() - session.last_inbound > KF_SESSION_LIFE
    if late and platform.quirks.limit_fails_late:
        return FAIL_TOO_LATE
    require(not late, 95002)
    require(session.state in {STATE_NEW, STATE_BOT}, 95018)
    many = session.sent_since >= MOST_SENT
    if many and platform.quirks.limit_fails_late:
        return FAIL_TOO_MANY
    require(not many, 95001)
    return None


def _fail_late(platform: Platform, session: KfSession, msgid: str, fail_type: int) -> None:
    event = {
        "event_type": "msg_send_fail",
        "open_kfid": session.open_kfid,
        "external_userid": session.external_userid,
        "fail_msgid": msgid,
        "fail_type": fail_type,
    }
    log_event(platform, session.open_kfid, event)
    platform.signal(session.open_kfid)


def _show(platform: Platform, session: KfSession, kind: str, shown: Shown, msgid: str) -> None:
    person = platform.customers[session.external_userid]
    platform.show(person, "bot", kind, channel=session.open_kfid, msgid=msgid, **shown.fields())
