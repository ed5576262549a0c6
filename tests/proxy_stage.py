"""A form that fits, brought by a machine, for tests of what others bring for a customer."""

from typing import Any

from handlers.intake import proxy
from handlers.intake.form import Form
from tests.factories import NEED, Room

PHONE, OTHER_PHONE = "13800001234", "13900005678"
GOOD: dict[str, str] = {"company": "杭州云杉商贸", "contact": "王芳", "phone": PHONE, "description": NEED}


def brings(room: Room, origin: str = "T-1", *, quiet: bool = False, **own: Any) -> proxy.Entered:
    """Let a machine bring a form."""
    fit = proxy.read(Form(**(GOOD | own)), room.now, room.desk, source="web", origin=origin)
    entered = room.run(lambda store: proxy.enter(fit, room.now, store, room.desk, by="api", quiet=quiet))
    room.told += entered.outgoing
    return entered
