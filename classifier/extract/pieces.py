"""A message cut into pieces small enough to tell one thing each, without greetings and lines of a card."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from classifier.extract.deadline import stated
from classifier.extract.introductions import introductions
from classifier.extract.mail import addresses
from classifier.extract.names import contact_span
from classifier.extract.phone import phones
from classifier.extract.tables import either, table
from classifier.words import LIMIT, fold

_WORDS = table("pieces")
_SPLIT = re.compile(r"[^,。;!?\n~\U0001f000-\U0001ffff\u2600-\u27bf]+")
_SPACE = re.compile(r"(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff0-9])|(?<=[0-9]) +(?=[\u4e00-\u9fff]{2})")
_AFTER = re.compile(either(_WORDS["after"]))
_BEFORE = re.compile(either(_WORDS["before"]))
_HELLO = re.compile(rf"{either(_WORDS['hello'])}[呀啊哈吧了哦呢~的]{{0,2}}")
_WHO = re.compile(rf"{either(_WORDS['who'])}")
_LEADING = re.compile(rf"(?:{either(_WORDS['leading'])}[ ,]{{0,2}}){{1,4}}")
_WISH = re.compile(rf"(?:{either(_WORDS['wish'])}[ ,]{{0,2}}){{1,4}}")
_BARE = re.compile(f"{either(_WORDS['bare'])}?")
_TRAILING = re.compile(rf"(?:{either(_WORDS['trailing'])}){{1,3}}$")
_TRIM = ' \t\n,。;、:!?~.()「」『』“”"…-—'
_LONG, _LEAST = 24, 2


class Piece(NamedTuple):
    """A stretch of the text; `told` is it without what other fields hold, folded."""

    start: int
    end: int
    told: str


def pieces(text: str, now: datetime) -> tuple[Piece, ...]:
    """Return the pieces that tell something, in the order of the text."""
    text = text[:LIMIT]
    folded = fold(text)
    known = _known(text, folded)
    dues = [(due.start, due.end) for due in stated(text, now)]
    return tuple(piece for start, end in _cut(folded) if (piece := _piece(folded, start, end, known, dues)))


def _cut(folded: str) -> Iterator[tuple[int, int]]:
    for clause in _SPLIT.finditer(folded):
        start = clause.start()
        marks = {match.end() for match in _SPACE.finditer(folded, *clause.span())}
        marks |= {
            match.end() for match in _AFTER.finditer(folded, *clause.span()) if clause.end() - match.end() > _LEAST * 2
        }
        if clause.end() - clause.start() > _LONG:
            marks |= {match.start() for match in _BEFORE.finditer(folded, *clause.span())}
        for mark in (*sorted(marks), clause.end()):
            if mark - start > _LEAST or mark == clause.end():
                yield start, mark
                start = mark


def _known(text: str, folded: str) -> list[tuple[int, int]]:
    """Where phone, address, house, post and person stand: they have fields of their own."""
    spans = [(phone.start, phone.end) for phone in phones(text)] + addresses(folded)
    for one in introductions(text):
        spans += [span for span in (one.house, one.post, one.person) if span]
    contact = contact_span(text)
    return [*spans, contact] if contact else spans


def _piece(
    folded: str, start: int, end: int, known: list[tuple[int, int]], dues: list[tuple[int, int]]
) -> Piece | None:
    told = folded[start:end]
    for from_here, to in known:
        told = _struck(told, from_here - start, to - start, "\0")
    holds = "\0" in told
    for from_here, to in dues:
        told = _struck(told, from_here - start, to - start, "\1")
    if holds and _WHO.fullmatch(told.strip(_TRIM).replace("\1", "")):
        return None
    left, right = _trimmed(told)
    said = told[left:right]
    if len(said.replace("\0", "").replace("\1", "")) < _LEAST or _HELLO.fullmatch(said):
        return None
    return Piece(start + left, start + right, said)


def _struck(told: str, start: int, end: int, mark: str) -> str:
    """Return the stretch with a mark for each character between two places, which may lie outside."""
    start, end = max(start, 0), min(end, len(told))
    return f"{told[:start]}{mark * (end - start)}{told[end:]}" if start < end else told


def _trimmed(told: str) -> tuple[int, int]:
    """Return the stretch without names, dates and particles at its ends."""
    left, right = 0, len(told)
    for _ in range(3):
        while left < right and told[left] in _TRIM + "\0\1":
            left += 1
        lead = _LEADING.match(told, left)
        left = lead.end() if lead and lead.end() < right else left
    while right > left and told[right - 1] in _TRIM + "\0\1":
        right -= 1
    tail = _TRAILING.search(told, left, right)
    return left, tail.start() if tail and tail.start() > left else right


def is_bare(said: str) -> bool:
    """Whether a wish names no result: 必须弄好, 尽快恢复."""
    return bool(_BARE.fullmatch(said.strip(_TRIM + "\0\1")))


def without_wish(said: str) -> int:
    """Return how much of a stretch only says that something is wished for (希望, 麻烦你们)."""
    wish = _WISH.match(said)
    return wish.end() if wish and wish.end() < len(said) - 1 else 0
