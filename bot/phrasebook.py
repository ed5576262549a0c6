"""Every sentence the bot can say, with made-up values filled in: what `yingxu wording` prints."""

from collections import defaultdict
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from handlers.policy import Policy
from handlers.wording import commands, customer, staff, terms

_EXAMPLES = {
    "number": "202611-001",
    "owner": "李工",
    "name": "王芳",
    "said": "已修复，请刷新后再试",
    "status": "处理中",
    "title": "导出订单报表报错",
    "latest": "最新进展：正在排查导出服务",
    "note": "正在排查导出服务",
    "department": "研发部",
    "facts": "公司 杭州云杉商贸，联系人 王芳",
    "missing": "联系电话",
    "phone": "12345",
    "kind": "图片",
    "label": "联系电话",
    "profile": "杭州云杉商贸，王芳，138****1234",
    "value": "问题修复",
    "question": "响应速度",
    "needs": "1. 导出报表报错\n2. 订单列表希望能按部门筛选",
    "need": "订单列表希望能按部门筛选",
    "at": "2026-11-24 18:00",
    "date": "2026-11-24",
    "count": "3",
    "by": "周经理",
    "example": "5 4 5",
    "version": "2026-11",
    "attachments": "2",
    "because": "故障词“报错”",
    "code": "7F3A-91C2",
    "comment": "回复很快",
    "found": "202611-002",
    "kept": "202611-002",
    "length": "12",
    "likeness": "81%",
    "numbers": "202611-003、202611-004",
    "options": "紧急、重要、常规",
    "other": "功能优化",
    "priority": "P1",
    "problem": "不是可以拨打的号码",
    "problems": "电话：不是可以拨打的号码",
    "requests": "3",
    "scores": "5 4 5",
    "source": "客户经理反馈",
    "votes": "3",
    "withdrawn": "1",
    "words": "“导出”“订单”",
    "most": "20",
    "megabytes": "20",
    "total": "100",
    "reason": "没有在线的接待人员",
    "share": "76%",
    "span": "30 天",
    "names": "甲、乙",
    "below": "80%",
    "above": "83%",
}


class _Examples(defaultdict[str, str]):
    """Values by name; a name without an example stands for itself."""

    def __missing__(self, name: str) -> str:
        return f"〔{name}〕"


def phrases(policy: Policy) -> str:
    """Every sentence to customers and to staff, and every question of the policy, by its name."""
    parts = [
        _part("对客户说的话（handlers/wording/customer.py）", sentences(customer)),
        _part("隐私说明（policy.toml 的 [privacy]）", iter([("consent", policy.privacy.sentence)])),
        _part("引导问题（policy.toml 的 [[fields]]）", _questions(policy)),
        _part("固定问答（policy.toml 的 [[faq]]）", ((" / ".join(entry.ask), entry.say) for entry in policy.faq)),
        _part("对同事说的话（handlers/wording/staff.py）", sentences(staff)),
        _part("命令（handlers/wording/commands.py）", sentences(commands)),
        _part("各处共用的名称（handlers/wording/terms.py）", sentences(terms)),
    ]
    return "\n\n".join(parts) + "\n"


def _part(title: str, said: Iterator[tuple[str, str]]) -> str:
    return "\n".join([f"== {title}", *(f"{name}\n    {_shown(text)}" for name, text in said)])


def _shown(text: str) -> str:
    return text.format_map(_Examples(None, _EXAMPLES)).replace("\n", "\n    ")


def sentences(module: ModuleType) -> Iterator[tuple[str, str]]:
    """Every sentence of a module of wording, by its name; tables and lists of them by key and place."""
    for name, value in vars(module).items():
        if name.isupper():
            yield from _texts(name, value)


def _texts(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, text in value.items():
            yield from _texts(f"{name}[{key}]", text)
    else:
        for place, text in enumerate(value, 1):
            yield from _texts(f"{name}[{place}]", text)


def _questions(policy: Policy) -> Iterator[tuple[str, str]]:
    for field in policy.fields:
        yield field.label, field.ask
        for type_, ask in field.asks.items():
            yield f"{field.label} · {type_}", ask
        yield from ((f"{field.label} · {name}", text) for name, text in _helps(field.hint, field.another) if text)


def _helps(hint: str, another: str) -> tuple[tuple[str, str], ...]:
    return ("没听懂时", hint), ("还没听懂时", another)
