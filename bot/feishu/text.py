"""What people wrote, made harmless for Feishu without changing what is read."""

import re

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, direction overrides and lone surrogates: nobody types them, some deceive, some break JSON."""
_TAG = re.compile(r"<(?=/?(?:at\b|a\s|[abius]\s*>))", re.IGNORECASE)
_LINK = re.compile(r"\](?=\()")
CUT = "…（略）"


def plain(text: str) -> str:
    """Text for a `plain_text` element: as it was written, without characters that are not seen."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n"))


def unmarked(text: str) -> str:
    """Text for a text message, where `<at ...>`, `<b>` and `[text](address)` would work.

    The bracket of such a tag becomes full-width and the link is parted by a space: it reads the same and does nothing.
    """
    return _LINK.sub("] ", _TAG.sub("＜", plain(text)))


def cut(text: str, limit: int | None) -> str:
    """At most `limit` characters; what was cut is said, never hidden."""
    if limit is None or len(text) <= limit:
        return text
    return text[: max(limit - len(CUT), 1)] + CUT
