"""How often memory is searched for cycles: what is loaded at the start never holds any."""

import gc

_OBJECTS = 5_000
"""Little of what a turn leaves behind is in cycles; to look after every 700th object costs a turn a twentieth."""


def settle() -> None:
    """Leave what has been loaded out of every later search, and search seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS)
