"""How often memory is searched for cycles: what is loaded at the start never holds any."""

import gc

_OBJECTS = 5_000
"""Little of what a turn leaves behind is in cycles; to look after every 700th object costs a turn a twentieth."""


def settle() -> None:
    """Tell Python's garbage collector to pass over all objects made so far, and to run seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS)
