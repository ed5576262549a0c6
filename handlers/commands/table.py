"""The slash-commands as one table: who may use what, and how it is written (contract.md, section 6)."""

import difflib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from handlers import proxying
from handlers.commands.asked import Asked, Misused
from handlers.commands.assigning import assign
from handlers.commands.board import board, overdue
from handlers.commands.giving import give
from handlers.commands.lists import listed, show
from handlers.commands.merging import merge, split
from handlers.commands.model import model
from handlers.commands.searching import search
from handlers.desk import Desk
from handlers.messages import Card, Incoming, Message, Outgoing, Reply, Text
from handlers.sections import Person
from handlers.wording import staff
from storage.database import Store

# A name ends where its letters do: /代录13800001234 and /proxy:杭州云杉 have one. /api/orders is no command.
_COMMAND = re.compile(r"\s*[/／]\s*([A-Za-zＡ-Ｚａ-ｚ\u4e00-\u9fff]+)(?!\w*[/／])[\s:：,，]*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its names, how it is written, what it does."""

    name: str
    alias: str
    usage: str
    summary: str
    run: Callable[[Asked], Reply | Message]


def is_command(text: str) -> bool:
    """Whether a text is a slash-command, of whatever name; full-width slashes count."""
    return _COMMAND.fullmatch(text) is not None


def run(incoming: Incoming, text: str, person: Person | None, store: Store, desk: Desk) -> Reply:
    """Run one command; whoever is not on the list of people gets one fixed line."""
    match = _COMMAND.fullmatch(text)
    if person is None or match is None:
        return _answer(incoming, Text(text=staff.STAFF_ONLY))
    name, rest = _folded(match[1]).lower(), match[2].strip()
    command = find(name)
    if command is None:
        return _answer(incoming, Text(text=_unknown(name)))
    asked = Asked(rest, _folded(rest).split(), person, incoming, store, desk)
    try:
        answer = command.run(asked)
    except Misused as misused:
        return _answer(incoming, Text(text=f"{misused}\n用法：{command.usage}".strip()))
    return answer if isinstance(answer, Reply) else _answer(incoming, answer)


def find(name: str) -> Command | None:
    """Return the command of a name or alias."""
    return next((c for c in COMMANDS if name in (c.name, c.alias)), None)


def _help(asked: Asked) -> Message:
    """List the commands, or explain one."""
    if asked.words:
        name = asked.words[0].lstrip("/").lower()
        command = find(name)
        if command is None:
            raise Misused(_unknown(name))
        return Text(text=f"{command.usage}\n{command.summary}")
    return Card(title="命令", body="\n".join(f"{c.usage}　{c.summary}" for c in COMMANDS))


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, [n for c in COMMANDS for n in (c.name, c.alias)], n=1, cutoff=0.5)
    hint = f"，您要的是 /{near[0]} 吗？" if near else "。"
    return f"没有“/{name[:20]}”这个命令{hint}发送 /help 查看全部命令。"


def _folded(text: str) -> str:
    """Return the text with full-width letters, spaces and digits made narrow."""
    return unicodedata.normalize("NFKC", text)


def _answer(incoming: Incoming, message: Message) -> Reply:
    return Reply(outgoing=(Outgoing(to=incoming.chat, message=message, key=f"reply:{incoming.id}"),))


COMMANDS = (
    Command("help", "帮助", "/help [命令]", "列出命令，或说明一个命令", _help),
    Command("status", "状态", "/status [编号]", "看板；带编号看一个需求的状态", board),
    Command("list", "列表", "/list [状态|类型|紧急程度|P0–P2|姓名|本周|本月 …]", "按条件列出需求", listed),
    Command("show", "详情", "/show 编号", "一个需求的全部信息与经过", show),
    Command("search", "搜", "/search 词…", "找说法相近的需求（含已结束的），最多 5 个", search),
    Command("overdue", "超时", "/overdue", "已超时的需求", overdue),
    Command("proxy", "代录", "/proxy [客户名 电话 需求描述]", "代客户登记需求；不写内容则给出表单", proxying.command),
    Command("assign", "派", "/assign 编号 姓名", "把需求指派给一个人", assign),
    Command("merge", "合并", "/merge 编号 保留编号", "同样的需求合并处理，两位客户的编号都保留", merge),
    Command("split", "拆", "/split 编号", "撤回合并，需求单独跟进", split),
    Command("give", "认领", "/give 编号 客户编号", "核实后把代录的需求交给本人的会话", give),
    Command("model", "模型", "/model", "分类模型：版本、指标、采纳率与当前模式", model),
)
