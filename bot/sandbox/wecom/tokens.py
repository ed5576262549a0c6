"""Access tokens: `gettoken`, and the check before every other call."""

import secrets
from datetime import timedelta

from bot.sandbox.wecom.refusals import OK, require
from bot.sandbox.wecom.request import Request
from bot.sandbox.wecom.state import Json, Platform

TOKEN_LIFE = timedelta(seconds=7200)


def gettoken(platform: Platform, request: Request) -> Json:
    """Answer the app's token: the same one while it is valid, with the seconds it still has."""
    require(request.query.get("corpid") == platform.corp_id, 40013)
    require(request.query.get("corpsecret") == platform.secret, 40001)
    now = platform.now()
    left = platform.tokens.get(platform.current_token, now) - now
    if left <= timedelta(0) or platform.quirks.rotate_tokens:
        left = TOKEN_LIFE
        platform.current_token = secrets.token_urlsafe(48)
        platform.tokens[platform.current_token] = now + TOKEN_LIFE
    return {**OK, "access_token": platform.current_token, "expires_in": int(left.total_seconds())}


def check_token(platform: Platform, request: Request) -> None:
    """Refuse with 41001 (none), 40014 (unknown or revoked), 42001 (expired) or 60020 (untrusted address)."""
    token = request.query.get("access_token")
    require(token, 41001)
    require(token in platform.tokens and token not in platform.revoked, 40014)
    require(platform.now() < platform.tokens[str(token)], 42001)
    require(platform.quirks.trusted_ip, 60020)


def revoke(platform: Platform) -> None:
    """Make every token given so far invalid (40014), as the platform may at any time."""
    platform.revoked.update(platform.tokens)
    platform.current_token = ""
