"""Rates: how often each platform may be called, a little below what it allows (wecom.md, feishu.md, in real time)."""

from collections.abc import Callable

from storage.limits import Demand, Rate

MINUTE = 60.0
HOUR = 3600.0

# In any span s at most burst + s / interval calls. WeCom drops what is above 30 a minute or 1,000 an hour to one
# member without a word, so those two are never reached: 5 + 25, and 100 + 900.
MEMBER = {"minute": Rate(MINUTE / 25, 5), "hour": Rate(HOUR / 900, 100)}
# 10,000 a minute for each API. A burst is worth more here than a high steady rate: 6,000 + 3,000.
WECOM = {"wecom": Rate(MINUTE / 3000, 6000)}
# 5 a second to one chat: 2 + 3. All together 50 a second (20 + 25) and 1,000 a minute (300 + 600).
CHAT = {"second": Rate(1 / 3, 2)}
FEISHU = {"feishu:second": Rate(1 / 25, 20), "feishu:minute": Rate(MINUTE / 600, 300)}

Rates = Callable[[str], Demand]
"""From a chat key to the buckets that a message to it is taken from."""


def rates(chat: str) -> Demand:
    """Return the limits that a call to this chat counts against: its own and those of its platform."""
    channel = chat.partition(":")[0]
    common, own = _CHANNELS[channel]
    return common | {f"{chat}:{name}": rate for name, rate in own.items()}


def is_own(bucket: str, chat: str) -> bool:
    """Whether a bucket is this chat's alone, not that of all chats of its platform."""
    return bucket.startswith(chat)


_CHANNELS: dict[str, tuple[dict[str, Rate], dict[str, Rate]]] = {
    "kf": (WECOM, {}),
    "app": (WECOM, MEMBER),
    "fs": (FEISHU, CHAT),
}


def unlimited(chat: str) -> Demand:
    """Return no limits: for measuring, where no real platform is at the other end."""
    return {}
