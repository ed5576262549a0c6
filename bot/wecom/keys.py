"""What a button carries on the wire and gives back when it is pressed: `action|subject|version`."""

import re

from handlers.messages import Button, Pressed

LIMIT = 128
"""Bytes of a KF menu item's id; a card button would take more, but one limit is easier to keep."""

# Versions are ours and small: more digits than this were never sent by us.
_OURS = re.compile(r"([^|]{1,64})\|([^|]*)\|([0-9]{1,9})", re.ASCII)


def key_of(button: Button) -> str:
    """Pack what a button means into its key."""
    return f"{button.action}|{button.subject}|{button.version}"


def pressed(key: str, label: str = "") -> Pressed | None:
    """Unpack a key; None if it is not one of ours (a menu made in the console)."""
    found = _OURS.fullmatch(key)
    if found is None:
        return None
    action, subject, version = found.groups()
    return Pressed(action=action, subject=subject, version=int(version), label=label)
