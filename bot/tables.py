"""Plain-text tables for a terminal, in which a Chinese character takes two columns."""

import unicodedata
from collections.abc import Sequence

_WIDE = {"W", "F"}


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Render a title, a head and rows; the last column is not padded."""
    widths = [max(_width(row[column]) for row in (head, *rows)) for column in range(len(head))]
    rule = ["─" * width for width in widths]
    return "\n".join([f"【{title}】", *(_line(row, widths) for row in (head, rule, *rows))])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()


def _width(text: str) -> int:
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in _WIDE else 1 for c in text)
