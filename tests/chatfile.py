"""Golden chats: a conversation as a readable file, replayed through both simulators and compared as a whole.

A line that starts a step:

    客户> 文字             a person writes (客户 is 王芳; a name, an open_id or a WeCom UserID)
    李工 按> 接单          presses a button or taps a menu item by its label
    李工 按> 提交：内容=已定位；类型=功能优化
    李工 回> 文字          answers in the thread of the newest card he has
    客户 发> 图片 照片.png  sends something other than words (图片, 文件, 语音, 位置, 链接)
    等待> 24h              turns the clock

Everything indented below is what people then see; `pytest --rewrite` writes it anew.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

STEP = re.compile(r"(?P<who>[^\s>]+)(?: (?P<how>按|回|发))?> ?(?P<what>.*)")
FOLDER = Path(__file__).parent / "conversations"


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


def read(path: Path) -> Iterator[Step | str]:
    """Read a chat: steps, and comments and blank lines as they stand; what was seen is passed over."""
    for line in path.read_text(encoding="utf-8").splitlines():
        match = STEP.fullmatch(line)
        if line.startswith("#") or not line:
            yield line
        elif match:
            yield Step(line, match["who"], match["how"] or "", match["what"].replace("⏎", "\n"))


def shown(name: str, text: str) -> list[str]:
    """Write one message somebody saw."""
    first, *rest = text.split("\n")
    return [f"    {name}← {first}", *(f"    │ {line}" for line in rest)]
