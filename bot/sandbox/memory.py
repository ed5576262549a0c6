"""What the simulated platforms remember from one run of a kept sandbox to the next: chats, files, tokens, marks."""

import io
import pickle
from pathlib import Path
from typing import Any

from bot.sandbox.feishu import FeishuSimulator
from bot.sandbox.wecom import WeComSimulator

_FILE = "platforms.pickle"
_WIRING = {"now", "signal", "limits", "quirks", "calls", "counts", "recent_calls", "faults"}
"""What belongs to a run and not to the world."""
_BUILTINS = {
    ("datetime", "datetime"), ("datetime", "timezone"), ("datetime", "timedelta"), ("collections", "deque"),
    ("collections", "Counter"), ("builtins", "set"), ("builtins", "frozenset"), ("builtins", "bytearray"),
}  # fmt: skip


class _Reader(pickle.Unpickler):
    """Knows the values of the two worlds and nothing else, so that a file can bring no code."""

    def find_class(self, module: str, name: str) -> Any:
        ours = module in {"bot.sandbox.wecom.state", "bot.sandbox.feishu.state"} and name.isidentifier()
        if not ours and (module, name) not in _BUILTINS:
            raise pickle.UnpicklingError(f"{module}.{name}")
        return super().find_class(module, name)


def revision(wecom: WeComSimulator, feishu: FeishuSimulator) -> tuple[int, int, int]:
    """Return a mark that differs whenever somebody sees something else than before."""
    messages = feishu.world.messages.values()
    return wecom.platform.last_id, len(messages), sum(one.updates + one.deleted for one in messages)


def keep(directory: Path, wecom: WeComSimulator, feishu: FeishuSimulator) -> None:
    """Write both worlds below `directory`, whole or not at all."""
    worlds = [{k: v for k, v in vars(world).items() if k not in _WIRING} for world in (wecom.platform, feishu.world)]
    partial = directory / f"{_FILE}.new"
    partial.write_bytes(pickle.dumps(worlds))
    partial.replace(directory / _FILE)


def recall(directory: Path, wecom: WeComSimulator, feishu: FeishuSimulator) -> bool:
    """Take over what an earlier run kept; False, with empty worlds, where there is nothing that can be read."""
    try:
        worlds = _Reader(io.BytesIO((directory / _FILE).read_bytes())).load()
        kept_wecom, kept_feishu = worlds
    except (OSError, EOFError, ValueError, TypeError, AttributeError, pickle.UnpicklingError):
        return False
    vars(wecom.platform).update(kept_wecom)
    vars(feishu.world).update(kept_feishu)
    return True
