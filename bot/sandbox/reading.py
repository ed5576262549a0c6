"""Reading along: what somebody got to see since he last looked, as text."""

from collections.abc import Callable, Iterable
from typing import Generic, Protocol, TypeVar

from bot.sandbox.feishu import SeenMessage as FeishuMessage
from bot.sandbox.wecom import SeenMessage as WeComMessage


class _Numbered(Protocol):
    @property
    def id(self) -> int: ...


Seen = TypeVar("Seen", bound=_Numbered)

_FACELESS = {"image": "图片", "file": "文件", "voice": "语音", "video": "视频", "location": "位置", "link": "链接"}


class Reader(Generic[Seen]):
    """Remembers per person which version of which message has been read."""

    def __init__(self, mark: Callable[[Seen], int]) -> None:
        self._mark = mark
        self._read: dict[str, dict[int, int]] = {}

    def new(self, who: str, messages: Iterable[Seen]) -> list[Seen]:
        """Return the messages that `who` has not read as they are now, and count them as read."""
        read = self._read.setdefault(who, {})
        fresh = [message for message in messages if read.get(message.id) != self._mark(message)]
        read.update((message.id, self._mark(message)) for message in fresh)
        return fresh


def wecom_mark(message: WeComMessage) -> int:
    """Return what differs when a message changes."""
    return message.revision


def feishu_mark(message: FeishuMessage) -> int:
    """Return what differs when a message changes."""
    return 2 * message.updated + message.deleted


def wecom_text(message: WeComMessage) -> str:
    """Say a message in words; what has none is named."""
    named = f"[{_FACELESS.get(message.kind, message.kind)}] {message.filename}".rstrip()
    return message.text or ("[消息已撤回]" if message.kind == "recalled" else named)
