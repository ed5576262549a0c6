"""Mishaps: the faults that the page offers, as data, and how each platform is made to have them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox.backstage import Backstage

TIMES = 3
HANGS = 20.0
"""Real seconds, longer than any client waits for an answer."""
_WECOM_SENDS = ("kf/send_msg", "message/send")
_FEISHU_SENDS = ("POST /open-apis/im/v1/messages", "PATCH /open-apis/im/v1/messages")


@dataclass(frozen=True)
class Mishap:
    """What goes wrong, in the words of the page, and the fault each platform is given (None: its token is revoked)."""

    key: str
    label: str
    about: str
    wecom: dict[str, Any] | None
    feishu: dict[str, Any] | None


MISHAPS = (
    Mishap("busy", "系统繁忙", "平台回答“系统繁忙，稍后再试”", {"errcode": -1}, {"code": 1500}),
    Mishap("limit", "限流", "平台回答“调用过于频繁”", {"errcode": 45009}, {"http": 429, "code": 99991400}),
    Mishap("token", "令牌失效", "已经发出的令牌全部作废", None, None),
    Mishap("broken", "500", "平台回答 HTTP 500 和一页 HTML", {"http": 500, "html": True}, {"http": 500, "html": True}),
    Mishap(
        "hang", "超时", "平台收下了消息，却一直不回答", {"hang": HANGS, "after": True}, {"hang": HANGS, "after": True}
    ),
)


def cause(stage: Backstage, platform: str, key: str) -> str:
    """Make the next sends of a platform go wrong; returns what to tell. LookupError for an unknown fault."""
    found = {mishap.key: mishap for mishap in MISHAPS}[key]
    return f"{NAMES[platform]}{_PLATFORMS[platform](stage, found)}"


def clear(stage: Backstage) -> None:
    """Let everything go well again."""
    stage.wecom.clear_faults()
    stage.feishu.faults.clear()


def _wecom(stage: Backstage, mishap: Mishap) -> str:
    if mishap.wecom is None:
        stage.wecom.revoke_token()
        return f"：{mishap.about}"
    for endpoint in _WECOM_SENDS:
        stage.wecom.inject(endpoint, times=TIMES, **mishap.wecom)
    return f"接下来 {TIMES} 次发送：{mishap.about}"


def _feishu(stage: Backstage, mishap: Mishap) -> str:
    if mishap.feishu is None:
        stage.feishu.revoke_token()
        return f"：{mishap.about}"
    for endpoint in _FEISHU_SENDS:
        stage.feishu.inject(endpoint, times=TIMES, **mishap.feishu)
    return f"接下来 {TIMES} 次发送：{mishap.about}"


NAMES = {"wecom": "企业微信", "feishu": "飞书"}
_PLATFORMS: dict[str, Callable[[Backstage, Mishap], str]] = {"wecom": _wecom, "feishu": _feishu}
