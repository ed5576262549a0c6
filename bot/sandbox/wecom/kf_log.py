"""The log of a 微信客服 account: entries, opaque cursors, sync tokens and `kf/sync_msg`."""

import hashlib
import secrets
from bisect import bisect_left
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.wecom.refusals import OK, Refused, require
from bot.sandbox.wecom.request import Request
from bot.sandbox.wecom.state import Json, KfAccount, KfItem, Platform

HISTORY = timedelta(days=3)
SYNC_TOKEN_LIFE = timedelta(minutes=10)
MOST_ITEMS = 1000
CURSOR_BYTES = 64
ORIGIN_CUSTOMER, ORIGIN_SYSTEM, ORIGIN_SERVICER = 3, 4, 5


def sync_msg(platform: Platform, request: Request) -> Json:
    """Answer a page of the log from the cursor on; loop on has_more, never on emptiness."""
    body = request.json()
    account = account_named(platform, body)
    _check_token(platform, account, body.get("token"))
    limit = min(_limit(body), platform.quirks.page_limit)
    start = _position(platform, account, body.get("cursor"))
    account.pulls += 1
    every = platform.quirks.empty_page_every
    end = start if every and account.pulls % every == 0 else min(start + limit, len(account.items))
    return {
        **OK,
        "next_cursor": _cursor(platform, account, end),
        "has_more": int(end < len(account.items) or bool(every and account.pulls % every == 0)),
        "msg_list": [item.body for item in account.items[start:end]],
    }


def account_named(platform: Platform, body: Json) -> KfAccount:
    """Return the account of `open_kfid`; refuse with 40058 (missing or empty), 95000 (no string) or 95004 (unknown)."""
    open_kfid = body.get("open_kfid", "")
    require(open_kfid != "", 40058, "field `open_kfid` unexpected empty string.")
    require(isinstance(open_kfid, str), 95000)
    account = platform.accounts.get(open_kfid)
    if account is None:
        raise Refused(95004)
    return account


def _check_token(platform: Platform, account: KfAccount, token: object) -> None:
    now = platform.now()
    if token is None or token == "":
        _check_tokenless(platform, account, now)
        return
    issued = account.sync_tokens.get(token) if isinstance(token, str) else None
    require(issued is not None and now - issued <= SYNC_TOKEN_LIFE, 95007)


def _check_tokenless(platform: Platform, account: KfAccount, now: datetime) -> None:
    limit = platform.quirks.tokenless_per_minute
    recent = account.tokenless_at
    while recent and now - recent[0] >= timedelta(minutes=1):
        recent.popleft()
    require(not limit or len(recent) < limit, 45009)
    recent.append(now)


def _limit(body: Json) -> int:
    limit = body.get("limit") or MOST_ITEMS
    require(isinstance(limit, int) and 0 < limit <= MOST_ITEMS, 40058, "limit")
    return int(limit)


def _position(platform: Platform, account: KfAccount, cursor: object) -> int:
    horizon = platform.now() - HISTORY
    earliest = bisect_left(account.items, horizon, key=lambda item: item.at)
    if cursor is None or cursor == "":
        return earliest
    require(isinstance(cursor, str) and len(cursor.encode()) <= CURSOR_BYTES, 40058, "cursor")
    run, nonce, index, mark = [*str(cursor).split("."), "", "", ""][:4]
    require(mark == _mark(account, run, nonce, index), 40058, "cursor")
    # A bot that outlived the simulator comes with the cursor of an earlier run: all that is kept is new to it.
    return max(earliest, int(index)) if run == platform.run else earliest


def _cursor(platform: Platform, account: KfAccount, index: int) -> str:
    nonce = secrets.token_hex(4)
    return ".".join([platform.run, nonce, str(index), _mark(account, platform.run, nonce, str(index))])


def _mark(account: KfAccount, run: str, nonce: str, index: str) -> str:
    text = f"{account.open_kfid}.{run}.{nonce}.{index}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def new_sync_token(platform: Platform, account: KfAccount) -> str:
    """Return a token as a callback carries it; good for ten minutes."""
    now = platform.now()
    for old in [one for one, issued in account.sync_tokens.items() if now - issued > SYNC_TOKEN_LIFE]:
        del account.sync_tokens[old]
    token = f"ENC{secrets.token_urlsafe(32)}"
    account.sync_tokens[token] = now
    return token


def log_message(
    platform: Platform, open_kfid: str, external_userid: str, msgtype: str, payload: Any, servicer: str = ""
) -> str:
    """Append a message of the customer, or of `servicer` when named; return its msgid."""
    msgid = secrets.token_urlsafe(24)
    body = {
        "msgid": msgid,
        "open_kfid": open_kfid,
        "external_userid": external_userid,
        "send_time": platform.stamp(),
        "origin": ORIGIN_SERVICER if servicer else ORIGIN_CUSTOMER,
        **({"servicer_userid": servicer} if servicer else {}),
        "msgtype": msgtype,
        msgtype: payload,
    }
    platform.accounts[open_kfid].items.append(KfItem(platform.now(), body))
    return msgid


def log_event(platform: Platform, open_kfid: str, event: Json) -> str:
    """Append an event. Who and where stand inside `event`, not in the envelope: a trap of the real platform."""
    msgid = secrets.token_urlsafe(24)
    body = {
        "msgid": msgid,
        "send_time": platform.stamp(),
        "origin": ORIGIN_SYSTEM,
        "msgtype": "event",
        "event": event,
    }
    platform.accounts[open_kfid].items.append(KfItem(platform.now(), body))
    return msgid
