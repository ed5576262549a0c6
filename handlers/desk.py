"""The desk: the rules of the house and the classifier, handed to every handler."""

from dataclasses import dataclass, field

from classifier.suggest import Classifier
from handlers.policy import Policy
from handlers.requests.confirming import Confirming


@dataclass(frozen=True, slots=True)
class Desk:
    """What a handler needs besides the transaction; the classifier is None until it is loaded."""

    policy: Policy
    classifier: Classifier | None = None
    confirming: Confirming = field(default_factory=Confirming)
    """What people confirm one by one for the time being; the one thing of the desk that changes."""
