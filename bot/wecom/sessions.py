"""Sessions of 微信客服: handing one over to a person who is on line (kf/service_state/get and trans)."""

from typing import Any

from bot.errors import Refused, Retry
from bot.platforms import Delivered
from bot.wecom.api import Api
from bot.wecom.cards import Body
from bot.wecom.errcodes import check, failure

_PERSON = 3
"""service_state: 0 new, 1 the bot, 2 waiting for anybody, 3 a person, 4 ended."""
_TRIES = 3
"""Attempts before the customer is served through the bot instead: he waits."""
# Not among the servicers, off duty, unknown: the next one may be all three.
_ANOTHER = {95014, 95019, 40003, 46004, 60111}
_REASONS = {"window": "会话已结束", "serving": "会话当前不能转接"}


async def hand_over(
    api: Api, account: str, customer: str, servicers: tuple[str, ...], said: Body, attempt: int
) -> Delivered:
    """Give the session to the first who is on line, and say so with the code that comes with it, outside the window.

    A session that a person serves already is left to him. Raises Retry a few times, else Refused with the reason.
    """
    who = {"open_kfid": account, "external_userid": customer}
    try:
        state = check(await api.call("kf/service_state/get", who))
        if state.get("service_state") == _PERSON:
            return Delivered(message_id=str(state.get("servicer_userid", "")), sent=0)
        return await _to_first(api, who, servicers, said)
    except Refused:
        raise
    except Retry as error:
        # A setting somebody has to change is not waited for: the customer is served meanwhile.
        if attempt < _TRIES and not error.alert:
            raise
        raise Refused(error.reason, alert=error.alert) from error


async def _to_first(api: Api, who: dict[str, str], servicers: tuple[str, ...], said: Body) -> Delivered:
    for servicer in servicers:
        move = who | {"service_state": _PERSON, "servicer_userid": servicer}
        answer = await api.call("kf/service_state/trans", move)
        code = answer["errcode"]
        if not code:
            await _say(api, answer, said)
            return Delivered(message_id=servicer, sent=0)
        if code not in _ANOTHER:
            error = failure(code)
            raise error if isinstance(error, Retry) else Refused(_REASONS.get(error.reason, error.reason))
    raise Refused("没有在线的接待人员")


async def _say(api: Api, answer: dict[str, Any], said: Body) -> None:
    """Tell the customer who comes; the session is handed over whether or not he reads it."""
    code = answer.get("msg_code")
    if code:
        await api.call("kf/send_msg_on_event", {"code": code} | said)
