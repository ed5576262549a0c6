"""Numbers of requests, 202611-001: how one is given, how people type it, how it is read (contract.md, section 6)."""

import re
import unicodedata
from datetime import datetime

_DASH = "[-－—–_]"
# After a word like 进度: wide, so that a slip is answered with “没有找到”.
TYPED = (
    r"(?:[\s:,#、]*(?:编号|单号)?[\s:#是为]*"
    rf"(?P<number>[1-9][0-9]{{3,7}}\s?{_DASH}\s?[0-9]{{3,6}}|20[0-9]{{7,10}}))"
)
# Within a sentence: narrow, because years and numbers of orders stand there too.
_MENTIONED = re.compile(rf"(?<![0-9])20[0-9]{{4}}{_DASH}[0-9]{{3,6}}(?![0-9])")


def given(local: datetime, serial: int) -> str:
    """Return the number of the `serial`th request of a month; `local` is in the policy's time zone."""
    return f"{local:%Y%m}-{serial:03}"


def read(text: str | None) -> str:
    """Return a number as it is kept, however somebody wrote it: 202611001, #202611—001; of a word without digits ""."""
    digits = re.sub(r"[^0-9]+", "-", unicodedata.normalize("NFKC", text or "")).strip("-")
    return re.sub(r"^(20[0-9]{4})([0-9]{3,6})$", r"\1-\2", digits)


def alone(text: str) -> str:
    """Return the number that is all a message says, or ""; within an intake it is an answer (of history, say)."""
    match = re.fullmatch(TYPED, unicodedata.normalize("NFKC", text).strip().rstrip("。.?!~"))
    return read(match["number"]) if match else ""


def mentioned(text: str) -> str:
    """Return the first number a sentence names, or ""."""
    found = _MENTIONED.search(text)
    return read(found[0]) if found else ""
