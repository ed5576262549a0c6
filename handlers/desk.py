"""The desk: the rules of the house and the classifier, handed to every handler."""

from dataclasses import dataclass

from classifier.suggest import Classifier
from handlers.policy import Policy


@dataclass(frozen=True, slots=True)
class Desk:
    """What a handler needs besides the transaction; the classifier is None until it is loaded."""

    policy: Policy
    classifier: Classifier | None = None
