"""Readiness: what has to be there before the bot is of use, and what is not there yet."""

from dataclasses import dataclass


@dataclass(slots=True)
class Readiness:
    """Filled in while the bot starts; the database is asked anew each time (bot/routes.py)."""

    schema: bool = False
    model: bool = False
    classifier: str = "loading"
    """`ok`, or why only rules answer: the bot is ready all the same."""

    def missing(self) -> list[str]:
        """Name what is not there yet."""
        return [name for name, there in (("schema", self.schema), ("model", self.model)) if not there]
