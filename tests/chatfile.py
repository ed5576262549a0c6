"""Golden chats: a conversation as a readable file, replayed through both simulators and compared as a whole.

The first lines are comments: what the chat shows, and perhaps

    # 策略: 名字              the rules of tests/conversations/policies/名字.toml
    # 开始: 2035-05-31 23:50  the moment it begins

A line that starts a step:

    客户> 文字              a person writes (客户 is 王芳; a name, an open_id or a WeCom UserID); ⏎ is a line break
    李工 按> 接单           presses a live button or taps a menu item by its label
    李工 按> 提交：内容=已定位；类型=功能优化
    李工 旧按> 接单         presses a button that has gone from the card but still stands on his screen
    陈晨 代按李工> 接单     presses a button of a card that somebody else holds (his press, forged or forwarded)
    李工 回> 文字           answers in the thread of the newest card he has
    周经理 群> /status      writes in a group, with the bot mentioned; 群聊> without mentioning it
    客户 发> 图片 照片.png  sends something other than words (图片, 文件, 语音, 视频, 位置, 链接, 小程序)
    客户 进入>              opens the chat without writing
    LiGong 接待> 客户       takes the 微信客服 session over; LiGong 结束> 客户 gives it back
    LiGong 下线>            goes off duty in 微信客服; LiGong 上线> comes back
    等待> 24h               turns the clock; 等到> 2035-05-16 09:00 turns it to a moment
    重启>                   stops the product and starts it again on the same data
    平台> 企业微信 限流 2    lets the next sends of a platform go wrong (系统繁忙, 限流, 令牌失效, 500)

Everything indented below is what people then see, written anew by `pytest --rewrite`: `←` a message, `↳` one in the
thread of a card, `↻` a card that changed in place, of which the lines that came (+) and went (-) are shown.
"""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

HOWS = "按|旧按|代按[^\\s>]+|回|群|群聊|发|进入|接待|结束|上线|下线"
STEP = re.compile(rf"(?P<who>[^\s>]+)(?: (?P<how>{HOWS}))?> ?(?P<what>.*)")
SETTING = re.compile(r"# (?P<name>策略|开始): (?P<value>.+)")
CODE = re.compile("(?<=凭证[： ])[0-9A-F]{12}")
"""A code that is another in every installation."""
FOLDER = Path(__file__).parent / "conversations"
# A Tuesday of a year without a published holiday calendar, so that no later release of it changes a chat.
START = datetime(2035, 5, 15, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@dataclass(frozen=True)
class Step:
    """One line of a chat that somebody does."""

    line: str
    who: str
    how: str
    what: str

    @property
    def label(self) -> str:
        """The label of a button to press."""
        return self.what.partition("：")[0].strip()

    @property
    def form(self) -> dict[str, str]:
        """The inputs of a form by label."""
        filled = [part.partition("=") for part in self.what.partition("：")[2].split("；") if part]
        return {name.strip(): value.strip() for name, _, value in filled}


@dataclass(frozen=True)
class Chat:
    """One file: when and under which rules it is played, and its lines."""

    lines: tuple[Step | str, ...]
    policy: Path | None = None
    start: datetime = START


def read(path: Path) -> Chat:
    """Read a chat; what was seen is passed over."""
    chat = Chat(tuple(_lines(path.read_text(encoding="utf-8"))))
    for line in chat.lines:
        setting = SETTING.fullmatch(line) if isinstance(line, str) else None
        if setting and setting["name"] == "策略":
            chat = replace(chat, policy=FOLDER / "policies" / f"{setting['value']}.toml")
        elif setting:
            chat = replace(chat, start=datetime.fromisoformat(setting["value"]).replace(tzinfo=START.tzinfo))
    return chat


def _lines(text: str) -> Iterator[Step | str]:
    for line in text.splitlines():
        match = STEP.fullmatch(line)
        if line.startswith("#") or not line:
            yield line
        elif match:
            yield Step(line, match["who"], match["how"] or "", match["what"].replace("⏎", "\n"))
        elif not line.startswith("    "):
            raise ValueError(f"not a step: {line}")


def shown(name: str, text: str, mark: str = "←") -> list[str]:
    """Write one message somebody saw."""
    first, *rest = CODE.sub("……", text).split("\n")
    return [f"    {name}{mark} {first}".rstrip(), *(f"    │ {line}".rstrip() for line in rest)]


def changed(before: str, after: str) -> str:
    """Write a card that changed in place: its title, and the lines that came and went."""
    lines = difflib.ndiff(before.split("\n"), after.split("\n"))
    return "\n".join([after.split("\n", maxsplit=1)[0], *(line for line in lines if line[0] in "+-")])
