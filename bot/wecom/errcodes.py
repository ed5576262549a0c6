"""What each errcode of WeCom means for a promise. Only the number decides: errmsg changes with every call.

Sources: the table of global codes (developer.work.weixin.qq.com, path 90313) and the pages of kf/send_msg (94677).
"""

from typing import Any, Literal, NamedTuple

from bot.errors import DeliveryError, Hold, Refused, Retry
from handlers.messages import EXPIRED


class Policy(NamedTuple):
    """What to do about one errcode."""

    kind: Literal["retry", "hold", "refuse"]
    reason: str
    after: float | None = None
    alert: bool = False


STALE_TOKEN = {40014, 42001, 41001}
"""The token is wrong, expired or missing: a new one helps, once. (An expired one is often called wrong.)"""

CREDENTIALS = "企业微信凭证失效"
_BUSY = Policy("retry", "企业微信繁忙")
_LIMIT = Policy("retry", "企业微信接口频率受限", after=60)
_NO_CREDENTIALS = Policy("retry", CREDENTIALS, after=60, alert=True)
# Somebody has to change a setting in the console; until then nothing is lost.
_CONFIGURATION = Policy("retry", "企业微信配置有误", after=60, alert=True)
_GONE = Policy("refuse", "对方已无法接收企业微信消息")
_NOT_VISIBLE = Policy("refuse", "收件人不在应用可见范围", alert=True)
_WINDOW = Policy("hold", "window")
_SERVING = Policy("hold", "serving")

POLICY: dict[int, Policy] = {
    -1: _BUSY,
    6000: _BUSY,
    45033: Policy("retry", "企业微信接口并发受限", after=1),
    45009: _LIMIT,
    40001: _NO_CREDENTIALS,
    40013: _NO_CREDENTIALS,
    40014: _NO_CREDENTIALS,
    40091: _NO_CREDENTIALS,
    41001: _NO_CREDENTIALS,
    42001: _NO_CREDENTIALS,
    45031: _NO_CREDENTIALS,
    48002: _CONFIGURATION,
    60020: Policy("retry", "服务器 IP 不在企业可信 IP 中", after=60, alert=True),
    95000: _CONFIGURATION,
    95003: Policy("retry", "企业未认证，客服消息受限", after=60, alert=True),
    95004: _CONFIGURATION,
    95011: _CONFIGURATION,
    95012: _CONFIGURATION,
    95017: _CONFIGURATION,
    95023: _CONFIGURATION,
    95026: Policy("retry", "企业未认证，客服消息受限", after=60, alert=True),
    95027: Policy("retry", "企业未认证，客服消息受限", after=60, alert=True),
    301002: _CONFIGURATION,
    40003: _GONE,
    40096: _GONE,
    43004: _GONE,
    46004: _GONE,
    60111: _GONE,
    60011: _NOT_VISIBLE,
    81013: _NOT_VISIBLE,
    40007: Policy("refuse", EXPIRED),
    45002: Policy("refuse", "内容过长", alert=True),
    95001: _WINDOW,
    95002: _WINDOW,
    95031: _WINDOW,
    95013: _SERVING,
    95014: _SERVING,
    95016: _SERVING,
    95018: _SERVING,
    95019: _SERVING,
}


def failure(code: int) -> DeliveryError:
    """Make the error that an errcode other than 0 stands for; an unknown one is a fault of ours."""
    policy = POLICY.get(code, Policy("refuse", f"企业微信拒绝了消息（errcode {code}）", alert=True))
    match policy.kind:
        case "retry":
            return Retry(policy.reason, policy.after, alert=policy.alert)
        case "hold":
            return Hold(policy.reason)
        case "refuse":
            return Refused(policy.reason, alert=policy.alert)


def check(answer: dict[str, Any]) -> dict[str, Any]:
    """Give the answer back if its errcode is 0, else raise what it stands for."""
    if answer["errcode"]:
        raise failure(answer["errcode"])
    return answer


_REPEAT = ("msgid", "task_id", "taskid", "duplicate", "repeat", "重复")
_BAD_TASK_ID = 42014


def accepted(answer: dict[str, Any], attempt: int) -> bool:
    """Tell whether the platform has the message, now or since an earlier attempt.

    A repeated msgid is refused with an errcode that is not published: on a second attempt any refusal that speaks of
    it, and any complaint about parameters that were good enough the first time, means that the first one arrived.
    """
    code = answer["errcode"]
    if code == 0 or attempt == 1:
        return bool(code == 0)
    speaks_of_repeat = any(word in str(answer.get("errmsg", "")).lower() for word in _REPEAT)
    return code not in POLICY and (speaks_of_repeat or code == _BAD_TASK_ID or code // 1000 in {40, 41})
