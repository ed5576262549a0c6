"""How long and how large an answer of Feishu may be, and what it is called when it is not to be had."""

from typing import NamedTuple


class Limit(NamedTuple):
    """Seconds and bytes that one answer may take in all."""

    seconds: float
    size: int


CALL = Limit(10.0, 1 << 20)
MEDIA = Limit(60.0, 50 << 20)
"""Files people sent; Feishu takes up to 100 MB, we keep up to 50 MiB."""


class Unanswered(Exception):  # noqa: N818 - told apart from our own errors: no usable answer came
    """No whole answer: connection, deadline, cut off. The text is fit for people and holds no address."""


class TooLarge(Exception):  # noqa: N818 - an answer beyond the limit: asking again gives the same
    """The answer is larger than its limit."""
