"""What a run of the bench measured."""

from dataclasses import dataclass, field

from tests.bench.load import Result


@dataclass(slots=True)
class Figures:
    """Everything measured, a list entry a round; `others`: how many processes wanted a core before we began."""

    peer: str = ""
    others: float = 0.0
    bare: list[Result] = field(default_factory=list)
    signals: list[Result] = field(default_factory=list)
    needs: list[Result] = field(default_factory=list)
    done_by_then: list[float] = field(default_factory=list)
    drained: list[float] = field(default_factory=list)
    chosen: list[Result] = field(default_factory=list)
    told: list[Result] = field(default_factory=list)
    turns: list[Result] = field(default_factory=list)
    echoes: list[Result] = field(default_factory=list)
    listened: list[float] = field(default_factory=list)
    ready: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    busy_megabytes: list[float] = field(default_factory=list)
    idle: float = 0.0
