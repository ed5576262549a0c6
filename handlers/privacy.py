"""Masks: phones, e-mails and identity numbers as others may see them (contract.md, section 6)."""

import re

from handlers.wording import terms

_EMAIL = re.compile(r"([A-Za-z0-9])[A-Za-z0-9._%+-]{0,63}@([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4})")
_IDENTITY = re.compile(r"(?<![0-9])([1-9][0-9]{5})[0-9]{8}([0-9]{3}[0-9Xx])(?![0-9])")
# People type digits of either width, and write +86 before a number or leave it out.
_D = "[0-9０-９]"
_MOBILE = re.compile(rf"(?<!{_D})((?:(?:\+|00)?86[- ]?)?[1１][3-9３-９]{_D})[- ]?{_D}{{4}}[- ]?({_D}{{4}})(?!{_D})")
_LANDLINE = re.compile(r"(?<![0-9-])(0[0-9]{2,3}[)）]?[- ]?)[0-9]{3,4}([0-9]{4})(?![0-9])")
_ABROAD = re.compile(r"(\+[0-9]{1,3})(?:[- ]?[0-9]){2,8}[- ]?([0-9]{4})(?![0-9])")

_LONG = re.compile(rf"({_D}{{3}})((?:[- ]?{_D})+)[- ]?({_D}[- ]?{_D}[- ]?{_D}[- ]?{_D})(?![- ]?{_D})")


def masked(text: str) -> str:
    """Return the text with every phone, e-mail and identity number masked: 138****0001."""
    text = _EMAIL.sub(r"\1***@\2", text)
    text = _IDENTITY.sub(r"\1********\2", text)
    text = _MOBILE.sub(r"\1****\2", text)
    text = _LANDLINE.sub(r"\1****\2", text)
    return _ABROAD.sub(r"\1****\2", text)


def hinted(text: str) -> str:
    """Return a mistyped number as whoever typed it knows it again, with its length: 138****2345（12 位）."""

    def shown(found: re.Match[str]) -> str:
        return terms.DIGITS.format(value=f"{found[1]}****{found[3]}", length=len(re.findall(_D, found[0])))

    return _LONG.sub(shown, masked(text))
