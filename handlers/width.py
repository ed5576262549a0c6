"""Width: full-width letters, digits and signs made narrow, one for one, so that spans fit what was typed."""

_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def narrow(text: str) -> str:
    """Return the text narrow and of the same length; NFKC may change the length."""
    return text.translate(_NARROW)
