"""Directories of 微信客服: accounts, servicers, customers and the link that opens a chat."""

import re

from bot.sandbox.wecom.kf_log import account_named
from bot.sandbox.wecom.refusals import OK, Refused, require
from bot.sandbox.wecom.request import Request
from bot.sandbox.wecom.state import KF_SESSION_LIFE, Json, KfSession, Platform

SCENE = re.compile(r"[0-9a-zA-Z_-]{0,32}")
MOST = 100


def account_list(platform: Platform, request: Request) -> Json:
    """Answer the accounts; GET gives all, POST pages by offset and limit."""
    body = request.json() if request.method == "POST" and request.body else {}
    offset, limit = body.get("offset", 0), body.get("limit", MOST)
    require(isinstance(offset, int) and offset >= 0, 40058, "offset")
    require(isinstance(limit, int) and 0 < limit <= MOST, 40058, "limit")
    accounts = list(platform.accounts.values())[offset : offset + limit]
    shown = [{"open_kfid": one.open_kfid, "name": one.name, "avatar": "", "manage_privilege": True} for one in accounts]
    return {**OK, "account_list": shown}


def servicer_list(platform: Platform, request: Request) -> Json:
    """Answer the people behind an account; status 0 = on duty, 1 = not."""
    account = account_named(platform, dict(request.query))
    people = [{"userid": userid, "status": int(not online)} for userid, online in account.servicers.items()]
    return {**OK, "servicer_list": people}


def customer_batchget(platform: Platform, request: Request) -> Json:
    """Answer names of customers who wrote within 48 h; unknown ids are listed apart, 95031 when nobody wrote."""
    body = request.json()
    ids = body.get("external_userid_list")
    if not isinstance(ids, list) or not 0 < len(ids) <= MOST or not all(isinstance(one, str) for one in ids):
        raise Refused(40058, "external_userid_list")
    known = [one for one in ids if one in platform.customers]
    context = bool(body.get("need_enter_session_context"))
    found = [_customer(platform, one, with_context=context) for one in known if _active(platform, one)]
    require(found or not known, 95031)
    return {**OK, "customer_list": found, "invalid_external_userid": [one for one in ids if one not in known]}


def add_contact_way(platform: Platform, request: Request) -> Json:
    """Answer the link of an account for a scene."""
    body = request.json()
    account = account_named(platform, body)
    scene = body.get("scene", "")
    require(isinstance(scene, str) and SCENE.fullmatch(scene), 40058, "scene")
    return {**OK, "url": f"https://work.weixin.qq.com/kf/{account.open_kfid}?enc_scene={scene}"}


def _sessions(platform: Platform, external_userid: str) -> list[KfSession]:
    return [one for one in platform.sessions.values() if one.external_userid == external_userid]


def _active(platform: Platform, external_userid: str) -> bool:
    times = [one.last_inbound for one in _sessions(platform, external_userid) if one.last_inbound]
    return any(platform.now() - one <= KF_SESSION_LIFE for one in times)


def _customer(platform: Platform, external_userid: str, *, with_context: bool) -> Json:
    person = platform.customers[external_userid]
    shown: Json = {"external_userid": external_userid, "nickname": person.name, "avatar": "", "gender": 0}
    if with_context:
        last = _sessions(platform, external_userid)[-1]
        shown["enter_session_context"] = {"scene": last.scene, "scene_param": last.scene_param}
    return shown
