"""One question to each platform: is it there, does it know us, and what time does it think it is."""

import asyncio
import json
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

from bot.settings import FeishuSettings, WeComSettings
from handlers.messages import Value

_SECONDS = 10
_LARGEST = 1 << 20

_SECRET, _APP, _NETWORK = "核对后台的密钥后重试", "在后台核对应用状态", "稍后重试；检查网络与代理"
WECOM = {
    40001: ("secret 不正确（40001）", _SECRET),
    40013: ("CorpID 不正确（40013）", "核对 YINGXU_WECOM__CORP_ID（管理后台 > 我的企业）"),
    40091: ("secret 不合法（40091）", _SECRET),
    45009: ("调用过于频繁（45009）", "一小时后重试；密钥多次错误会使本机 IP 被禁用"),
    45031: ("secret 不能用于这个应用（45031）", _SECRET),
    48002: ("应用没有调用此接口的权限（48002）", "在管理后台为应用开启“微信客服”接口权限"),
    60020: ("本机 IP 不在企业可信 IP 中（60020）", "在应用详情页加入本机出口 IP，一分钟后生效"),
}
FEISHU = {
    10003: ("App ID 不正确（10003）", "核对 YINGXU_FEISHU__APP_ID（开发者后台 > 凭证与基础信息）"),
    10014: ("App Secret 不正确（10014）", _SECRET),
    10015: ("App Secret 不正确（10015）", _SECRET),
    99991401: ("本机 IP 不在白名单中（99991401）", "在开发者后台 > 安全设置 加入本机出口 IP"),
    99991543: ("App ID 或 App Secret 不正确（99991543）", _SECRET),
    99991662: ("应用未启用（99991662）", _APP),
    99991673: ("应用不可用（99991673）", _APP),
}


class Answer(Value, frozen=True):
    """What a platform said to one question; `fault` is empty if all is well, `remedy` says what to do about it."""

    reached: bool
    fault: str = ""
    remedy: str = ""
    date: datetime | None = None


async def wecom(settings: WeComSettings) -> Answer:
    """Ask WeCom for a token."""
    query = {"corpid": settings.corp_id, "corpsecret": settings.secret.get_secret_value()}
    return await _ask("GET", f"{settings.api_base}/cgi-bin/gettoken", "errcode", WECOM, params=query)


async def feishu(settings: FeishuSettings) -> Answer:
    """Ask Feishu for a token."""
    given = {"app_id": settings.app_id, "app_secret": settings.app_secret.get_secret_value()}
    url = f"{settings.api_base}/open-apis/auth/v3/tenant_access_token/internal"
    return await _ask("POST", url, "code", FEISHU, json=given)


async def _ask(method: str, url: str, code: str, known: dict[int, tuple[str, str]], **given: Any) -> Answer:
    # The address of the first holds a secret, and the client's errors quote addresses: only their kind is told.
    try:
        async with asyncio.timeout(_SECONDS), aiohttp.ClientSession(auto_decompress=False) as session:
            headers = {"Accept-Encoding": "identity"}
            async with session.request(method, url, allow_redirects=False, headers=headers, **given) as response:
                body = await response.content.read(_LARGEST)
                return _judged(response.status, _date(response.headers.get("Date", "")), body, code, known)
    except TimeoutError:
        return Answer(reached=False, fault=f"{_SECONDS} 秒内没有回答", remedy=_NETWORK)
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return Answer(reached=False, fault=f"无法连接（{type(error).__name__}）", remedy=_NETWORK)


def _judged(status: int, date: datetime | None, body: bytes, name: str, known: dict[int, tuple[str, str]]) -> Answer:
    try:
        said = json.loads(body)
        code = said[name]
    except (ValueError, KeyError, TypeError, RecursionError):
        return Answer(reached=False, fault=f"回答不是平台的（HTTP {status}）", remedy="核对 API_BASE 与代理", date=date)
    if code == 0:
        return Answer(reached=True, date=date)
    fault, remedy = known.get(code, (f"平台拒绝（错误码 {code}）", "在平台文档中查找该错误码"))
    return Answer(reached=True, fault=fault, remedy=remedy, date=date)


def _date(header: str) -> datetime | None:
    try:
        return parsedate_to_datetime(header)
    except ValueError:
        return None
