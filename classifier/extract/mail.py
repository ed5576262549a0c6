"""The e-mail address a customer wants to be written at, in lower case."""

import re

from classifier.extract.mending import mended
from classifier.extract.quotation import is_quoted
from classifier.extract.spelling import SPELLED, spelled_out
from classifier.extract.tables import either, table
from classifier.words import LIMIT, fold

_WORDS = table("mail")
# ASCII only: a class with \w would swallow the Chinese around the address.
_ADDRESS = re.compile(
    r"(?<![a-z0-9._%+@-])[a-z0-9_][a-z0-9._%+-]{0,63}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,5}[a-z]{2,24}(?![a-z0-9@])"
)
_REACH_BEFORE, _REACH_AFTER = 48, 24
_CLAUSE = re.compile(r"[^,。;!?\n]*$")
_FOREIGN = re.compile(r"[^\n\u4e00-\u9fff]*")
_FOREIGN_BEFORE = re.compile(r"[^\n\u4e00-\u9fff]*$")
_BETWEEN = re.compile(r"[ >]{0,2}(?:[、,/&;]|和|及|跟|与|and)[ <]{0,2}")

_TO = rf"(?:{either(_WORDS['connectors'])}){{0,6}}$"
_NEGATED = re.compile(rf"{either(_WORDS['negated'])}(?:(?!{_WORDS['elsewhere']})[^,。;!?\n]){{0,10}}$")
_WRONG = re.compile(rf"{either(_WORDS['wrong'])}(?:邮箱|的|[: \"]){{0,3}}$")
_ACCOUNT = re.compile(
    rf"{either(_WORDS['accounts'])}(?:是|为|用|[: ]){{0,3}}[\u4e00-\u9fff]{{0,4}}$"
    rf"|{either([*_WORDS['several'], *_WORDS['typed']])}[: ]?$"
)
_YOURS = re.compile(rf"{either(_WORDS['yours'])}(?:{either(_WORDS['of_yours'])})?(?:了?,就是)?{_TO}")
_HIS = re.compile(r"(?:我|本人)\($")
_SENT = re.compile(r"[发寄填写][^,。;!?\n]{0,10}$")
_SENT_AFTER = re.compile(rf"[ )>]{{0,2}}{either(_WORDS['sent'])}")
_GONE = re.compile(rf"[ ,()>\"'」]{{0,3}}{either(_WORDS['gone'])}")
_SLIP = re.compile(rf"{either(_WORDS['slip'])}[^。!?\n]{{0,10}}$")
_WANTED = re.compile(rf"{either(_WORDS['wanted'])}{_TO}")
_LABEL = re.compile(rf"{either(_WORDS['label'])}{_TO}")
_OF_OTHERS = re.compile(
    rf"{either(_WORDS['others'])}(?!{_WORDS['things']})(?:[^,。;!?\n ]{{0,6}}[的留填写用]|[\u4e00-\u9fff]{{0,3}}){_TO}"
    rf"|{either(_WORDS['returned'])}"
)
_LESS = re.compile(either(_WORDS["less"]))
_LESS_AFTER = re.compile(rf"[ ,]{{0,2}}{either(_WORDS['less_after'])}")
_MACHINES = re.compile(rf"{either(_WORDS['machines'])}@|[^@]+@{either(_WORDS['nowhere'])}")
_LOG = re.compile(either(_WORDS["log"]))
_LINKED = re.compile(
    r"://[^\s\u4e00-\u9fff]*$|\s-u ?$|\"[a-z_]+\" ?: ?\"$|[?&][a-z_]{1,20}=$|(?<![a-z_])(?!e?-?mail)[a-z_]{2,20}=$"
)
_GOES_ON = re.compile(r":[a-z0-9/~]|/(?!\d{7}|[a-z0-9._%+-]{1,40}@)[a-z0-9]")
_NEVER, _LAST, _BARE, _NAMED, _ASKED = range(5)
"""How surely an address is the one to write to; of equals the first counts."""


def addresses(folded: str) -> list[tuple[int, int]]:
    """Return where addresses stand, whosever they are."""
    return [match.span() for match in _ADDRESS.finditer(folded)] if "@" in folded else []


def find_email(text: str) -> str | None:
    """Return the address to write to, or None.

    Of several the one after 改成 or 发到; never one that he disowns, the vendor's, a sender's of bounced or automatic
    mail, a login name, or what stands in a link or a log. A message that is nothing but an address is that address.
    """
    folded = fold(text[:LIMIT])
    if not SPELLED.search(folded):
        return None
    folded = spelled_out(folded)
    alone = _ADDRESS.fullmatch(folded.strip())
    return alone[0] if alone else _chosen(folded)


def _chosen(folded: str) -> str | None:
    best, chosen, end, weight = _NEVER, None, 0, _NEVER
    for match in _ADDRESS.finditer(folded):
        amended = mended(match[0], folded, match.end())
        if amended != match[0]:
            return amended
        together = end and _BETWEEN.fullmatch(folded, end, match.start())
        weight = weight if together else _weight(folded, match, end)
        if is_quoted(folded, match.start()):
            weight = min(weight, _LAST)
        if weight > best or (weight and best and _SLIP.search(folded, end, match.start())):
            best, chosen = weight, match[0]
        end = match.end()
    return chosen


def _weight(folded: str, match: re.Match[str], since: int) -> int:
    """Return how surely this is the one to write to; what was said up to `since` belongs to the address before."""
    before = folded[max(since, match.start() - _REACH_BEFORE) : match.start()]
    after = folded[match.end() : match.end() + _REACH_AFTER]
    if _is_no_address(match[0], before, after) or _is_disowned(before, after):
        return _NEVER
    weight = _said(before)
    if weight <= _BARE and _LOG.search(_passage(folded, match)):
        return _NEVER
    return min(weight, _LAST) if _LESS_AFTER.match(after) else weight


def _is_no_address(address: str, before: str, after: str) -> bool:
    """Whether nobody reads what is sent there: machines, examples, links, files."""
    return bool(_MACHINES.match(address) or _LINKED.search(before) or _GOES_ON.match(after))


def _is_disowned(before: str, after: str) -> bool:
    """Whether it is said not to be written to, is a login name or the vendor's, or was written to in vain."""
    if _HIS.search(before):
        return False
    if _GONE.match(after) or any(pattern.search(before) for pattern in (_NEGATED, _WRONG, _ACCOUNT, _YOURS)):
        return True
    return bool(_SENT.search(before) and _SENT_AFTER.match(after))


def _said(before: str) -> int:
    """Return what the words before an address make of it."""
    if _WANTED.search(before):
        return _ASKED
    clause = _CLAUSE.search(before)
    told = clause[0] if clause else ""
    if _OF_OTHERS.search(told):
        return _NEVER
    if _LESS.search(told):
        return _LAST
    return _NAMED if _LABEL.search(before) else _BARE


def _passage(folded: str, match: re.Match[str]) -> str:
    """Return the address and what stands around it without a Chinese word: a line of a log has none."""
    before, after = _FOREIGN_BEFORE.search(folded, 0, match.start()), _FOREIGN.match(folded, match.end())
    return folded[before.start() if before else match.start() : after.end() if after else match.end()]
