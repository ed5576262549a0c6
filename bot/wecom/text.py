"""Text on its way in and out: cleaned of what cannot be kept, split by bytes where no character is torn."""

import re
import unicodedata

RAW_BYTES = 4096
"""How much of an unreadable message is kept."""

# NUL cannot be stored in PostgreSQL, and a lone surrogate in nothing that is UTF-8.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# WeCom refuses a body with \uXXXX in it (40033), and JSON has no other way to write these.
_UNSENDABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]")
_LONGEST_CLUSTER = 64
"""Characters one visible sign may consist of before it is torn after all: people do send towers of accents."""
_ZWJ = "\u200d"


def clean(text: str) -> str:
    """Drop what no database keeps; everything else stays as it was typed."""
    return _UNSTORABLE.sub("", text)


def sendable(text: str) -> str:
    """Drop control characters other than tab and line break."""
    return _UNSENDABLE.sub("", text)


def excerpt(text: str) -> str:
    """Cut what is only kept for the record to RAW_BYTES bytes."""
    return clean(text).encode()[:RAW_BYTES].decode("utf-8", "ignore")


def size(text: str) -> int:
    """Length as WeCom counts it: in bytes of UTF-8."""
    return len(text.encode())


def split(text: str, limit: int) -> list[str]:
    """Cut into pieces of at most `limit` bytes; joined they are the text again.

    A piece ends at a line break in its second half if there is one, else between two visible characters.
    """
    pieces = []
    while size(text) > limit:
        fits = len(text.encode()[:limit].decode("utf-8", "ignore"))
        line = text.rfind("\n", fits // 2, fits) + 1
        at = line or _border(text, fits)
        pieces.append(text[:at])
        text = text[at:]
    return [*pieces, text]


def _border(text: str, at: int) -> int:
    for border in range(at, max(at - _LONGEST_CLUSTER, 0), -1):
        if not _joined(text, border):
            return border
    return at


def _joined(text: str, at: int) -> bool:
    """Whether the characters on both sides are seen as one: accents, emoji with modifiers, joined emoji, flags."""
    before, after = text[at - 1], text[at]
    return (
        before == _ZWJ
        or unicodedata.category(after) in {"Mn", "Me", "Mc", "Cf"}
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or (_half_flag(after) and _flag_halves(text, at) % 2 == 1)
        or (before == "\r" and after == "\n")
    )


def _half_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _flag_halves(text: str, at: int) -> int:
    start = at
    while start and _half_flag(text[start - 1]):
        start -= 1
    return at - start
