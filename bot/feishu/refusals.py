"""Feishu's answers -> what to do about them. Codes as in the pages of the send, reply, patch and common error lists."""

import json
import math
from collections.abc import Mapping
from typing import Any, Protocol

from bot.errors import DeliveryError, Refused, Retry

LONGEST_WAIT = 900.0
"""Seconds; a platform that asks for more is asked again after this."""
LIMIT_WAIT = 1.0
"""Seconds to wait at a rate limit that names none (5 messages a second to one person or chat)."""
MEND_WAIT = 60.0
"""Seconds until the next try where a person has to change the application's settings."""
SERVER_ERROR, TOO_MANY = 500, 429

TOKEN_REFUSED = frozenset({99991661, 99991663, 99991664, 99991665, 99991671, 99991677})
"""The tenant token is missing, invalid or expired: get another and try once more."""
GONE = frozenset({230011, 231003, 230110, 230031})
"""The message is recalled, deleted, or older than the 14 days in which a card can be updated."""
NO_THREADS = frozenset({230071, 230072})
"""A reply cannot open a thread here; a plain reply can still be sent."""

_LIMITS = {99991400, 230020, 11232, 11233, 11247}
_LATER = {230049, 232019, 1000004, 190005, 5000, 1500}
_APPLICATION = {
    99991672: "应用缺少权限",
    99991401: "服务器 IP 不在应用白名单",
    99991543: "App ID 或 App Secret 不正确",
    10003: "App ID 或 App Secret 不正确",
    10014: "App ID 或 App Secret 不正确",
    10015: "App ID 或 App Secret 不正确",
    99991662: "应用已停用",
    99991673: "应用已停用",
    230006: "应用未启用机器人能力",
}
"""The application itself is not set up: whatever is told waits until a person has mended it, nothing is lost."""
_VISIBILITY = {
    230013: "此人不在机器人的可用范围",
    230027: "机器人在此会话没有权限",
    230054: "此会话不支持这种消息",
}
_RECIPIENT = {
    230002: "机器人不在群里",
    232009: "群已解散",
    230029: "对方已离职",
    230034: "收件人不存在",
    230035: "机器人被禁言或屏蔽",
    230053: "对方拒收机器人消息",
    230038: "不能给外部租户发单聊",
    230011: "消息已撤回",
    231003: "消息已撤回",
    230110: "消息已删除",
    230031: "卡片已超过 14 天",
    99992351: "收件人不存在",
    99992361: "收件人属于另一个应用",
}
_CONTENT = {
    230001: "消息格式不被接受",
    230022: "消息含敏感词",
    230028: "消息被数据防泄漏规则拦截",
    230025: "消息过长",
    230055: "文件类型不符",
    230099: "卡片生成失败",
    234006: "文件过大",
    234010: "文件为空",
    234011: "图片格式不支持",
    234039: "图片尺寸过大",
}
_DETAILED = {230001, 230099}
"""The real cause stands only in `msg`."""


class Gone(Refused):
    """The message to update or answer under is no more: a new one can take its place."""


class NoThreads(Refused):
    """A reply cannot open a thread in this chat."""


class TokenRefused(DeliveryError):  # noqa: N818 - one of the kinds of bot/errors.py
    """The tenant token was not accepted; bot/feishu/api.py gets another and lets nobody see this."""


class Answer(Protocol):
    """An HTTP answer of Feishu; header names in Title-Case."""

    @property
    def status(self) -> int:
        """HTTP status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers."""

    @property
    def content(self) -> bytes:
        """Body."""


def judge(answer: Answer) -> dict[str, Any]:
    """Return the JSON of an answer that says yes (code 0); raise what any other answer means."""
    body = _json(answer)
    code: int = body["code"]
    if code == 0 and answer.status < SERVER_ERROR:
        return body
    if code in TOKEN_REFUSED:
        raise TokenRefused(_reason("飞书凭证失效", code))
    if code in _LIMITS or answer.status == TOO_MANY:
        raise Retry(_reason("飞书限流", code), _wait(answer.headers))
    if code in _LATER or answer.status >= SERVER_ERROR:
        raise Retry(_reason("飞书暂时不可用", code))
    if code in _APPLICATION:
        raise Retry(_reason(_APPLICATION[code], code), MEND_WAIT, alert=True)
    if code in _VISIBILITY:
        raise Refused(_reason(_VISIBILITY[code], code), alert=True)
    raise _final(code, str(body.get("msg", ""))[:300])


def _final(code: int, detail: str) -> Refused:
    known = _RECIPIENT.get(code) or _CONTENT.get(code)
    reason = _reason(known or "飞书拒绝", code)
    if known is None or code in _DETAILED:
        reason = f"{reason}：{detail}"
    kind = Gone if code in GONE else NoThreads if code in NO_THREADS else Refused
    return kind(reason)


def _json(answer: Answer) -> dict[str, Any]:
    """Insist on an object with a whole number as code; a proxy's page or half an answer is tried again."""
    try:
        body = json.loads(answer.content)
    except (ValueError, RecursionError):
        body = None
    if isinstance(body, dict) and isinstance(body.get("code"), int):
        return body
    raise Retry(
        f"飞书答复无法理解（HTTP {answer.status}）", _wait(answer.headers) if answer.status == TOO_MANY else None
    )


def _reason(text: str, code: int) -> str:
    return f"{text}（{code}）"


def _wait(headers: Mapping[str, str]) -> float:
    """Seconds to wait: x-ogw-ratelimit-reset is the documented header; nonsense counts as not said."""
    for name in ("X-Ogw-Ratelimit-Reset", "Retry-After"):
        try:
            seconds = float(headers.get(name, ""))
        except ValueError:
            continue
        if math.isfinite(seconds) and seconds >= 0:
            return min(seconds, LONGEST_WAIT)
    return LIMIT_WAIT
