"""The desk: the rules of the house and the classifier, handed to every handler."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from classifier.suggest import Classifier
from handlers.policy import Policy
from handlers.requests.confirming import Confirming


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured when the model that serves was made: F1 by head and class, and the day; empty if unknown."""

    f1: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    made: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a handler needs besides the transaction; the classifier is None until it is loaded."""

    policy: Policy
    classifier: Classifier | None = None
    measured: Measured = field(default_factory=Measured)
    confirming: Confirming = field(default_factory=Confirming)
    """What people confirm one by one for the time being; the one thing of the desk that changes."""
