"""Needs: one message may hold several; each becomes a request of its own (contract.md 7)."""

import re
from collections.abc import Callable

_LIST = re.compile(r"(?:^|\n|(?<=[。；;：:，,\s]))\s*(?:[(（]?[1-9一二三四五][)）、.．](?![0-9])|[①-⑤])\s*")
# Words that begin something else; within a clause they only add to it.
_BESIDES = re.compile(
    r"(?<=[。；;！!？?\n，,、\s])"
    r"(?:另外一?[个件]?|还有一?[个件](?:事|问题|需求)?|还有就?是?|再一个|第二(?:个|件)?事?[是,，:：]?"
    r"|其次|除此之外|顺便(?:再)?(?:问|提|说|反馈)?(?:一下|一句)?|对了)[,，:： ]*"
)
_SHORTEST = 6
MOST = 5


def split(text: str, is_need: Callable[[str], bool]) -> list[str]:
    """Return the needs a message holds, in its order; the whole message if it holds one or cannot be told apart.

    `is_need` judges a piece by itself; what is none belongs to the piece before it.
    """
    for marks in (_LIST, _BESIDES):
        pieces = _pieces(text, marks)
        needs = _gathered(pieces, is_need) if len(pieces) > 1 else []
        if len(needs) > 1:
            # What is too much for a chat stays with the last: nothing is dropped.
            return [*needs[: MOST - 1], "\n".join(needs[MOST - 1 :])] if len(needs) > MOST else needs
    return [text]


def _pieces(text: str, marks: re.Pattern[str]) -> list[str]:
    starts = [match.end() for match in marks.finditer(text)]
    ends = [match.start() for match in marks.finditer(text)]
    if not starts:
        return [text]
    head = text[: ends[0]]
    rest = [text[start:end] for start, end in zip(starts, [*ends[1:], len(text)], strict=True)]
    return [piece for piece in (head, *rest) if piece.strip()]


def _gathered(pieces: list[str], is_need: Callable[[str], bool]) -> list[str]:
    needs: list[str] = []
    before = ""
    for piece in pieces:
        said = piece.strip(" \n，,；;、")
        if len(said) >= _SHORTEST and is_need(said):
            needs.append(f"{before}{said}" if not needs else said)
        elif needs:
            needs[-1] = f"{needs[-1]}，{said}"
        else:
            before = f"{said}，"  # a greeting or a name before the first
    return needs
