"""The fields of WeCom's XML: one flat record, read by expat, in which nothing may be declared."""

from xml.parsers.expat import ExpatError, ParserCreate

from bot.errors import BadCallback

_ROOT = "xml"
_MOST_TAGS = 10_000
"""Authentic messages have some twenty tags (2,048 bytes of text in CDATA at most add as many); more is a bomb."""
_FIELD = 2
"""Depth of a field; the root is at 1."""


def fields(xml: bytes) -> dict[str, str]:
    """Read the fields, each exactly as it was typed; "" for one that is empty, nested, repeated or has attributes.

    BadCallback if it is no such record. The encoding is UTF-8 whatever the declaration says: that is what is signed.
    """
    if xml.count(b"<") > _MOST_TAGS:
        raise BadCallback("xml")
    record = _Record()
    # One intern table for all parsers would keep for ever what strangers call their tags.
    parser = ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = record.begin
    parser.EndElementHandler = record.end
    parser.CharacterDataHandler = record.words
    try:
        parser.Parse(xml, True)
    except ExpatError as error:
        raise BadCallback("xml") from error
    if not record.fields:
        raise BadCallback("xml")
    return record.fields


def _refuse(*_: object) -> None:
    """Entities are how a small text becomes a huge one, or a file of ours; they can only be declared in a DTD."""
    raise BadCallback("xml")


class _Record:
    """What is gathered while expat reads."""

    __slots__ = ("_depth", "_plain", "_text", "fields")

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self._depth, self._plain = 0, True
        self._text: list[str] = []

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Go one deeper."""
        self._depth += 1
        if self._depth == _FIELD:
            self._plain, self._text = not attributes, []
        elif self._depth > _FIELD:
            self._plain = False
        elif name != _ROOT:
            raise BadCallback("xml")

    def words(self, text: str) -> None:
        """Take text, of which a long one comes in pieces."""
        if self._depth == _FIELD:
            self._text.append(text)

    def end(self, name: str) -> None:
        """Come up again, with a field if it was one."""
        if self._depth == _FIELD:
            alone = self._plain and name not in self.fields
            self.fields[name] = "".join(self._text) if alone else ""
        self._depth -= 1
