"""The words that extraction goes by (data/extract.toml), as pieces of patterns."""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from classifier.openings import openings


def table(name: str) -> dict[str, Any]:
    """Return one section of the file: lists of pattern fragments by what they are for."""
    section: dict[str, Any] = _tables()[name]
    return section


def either(fragments: Iterable[str]) -> str:
    """Return a group that matches any of the fragments, earlier ones first."""
    return guarded("|".join(fragments))


def guarded(pattern: str) -> str:
    """Return a group of the same meaning that looks at the first character first, where the possible ones are known."""
    first = openings(pattern)
    return f"(?:(?=[{first}])(?:{pattern}))" if first else f"(?:{pattern})"


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((files("classifier") / "data" / "extract.toml").read_text("utf-8"))
