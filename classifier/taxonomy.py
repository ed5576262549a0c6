"""The taxonomy: the types of need that a deployment knows, each like one of the four kinds the packaged model knows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from classifier.labels import TYPES

OTHER = "other"
"""What is no request; no deployment can do without it."""
KINDS = tuple(kind for kind in TYPES if kind != OTHER)


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Own types of need by key, in order, with the built-in kind each is like."""

    like: Mapping[str, str]

    @property
    def types(self) -> tuple[str, ...]:
        """The classes of a model trained for it."""
        return (*self.like, OTHER)

    def meant(self, label: str, classes: Collection[str]) -> tuple[str, ...]:
        """Return the types that a class of a model means: itself where the model knows own types, else those like it.

        `classes` are all that the model knows; empty if nothing here is like that class.
        """
        if label == OTHER or (label in self.like and any(one not in TYPES for one in classes)):
            return (label,)
        return tuple(key for key, kind in self.like.items() if kind == label)

    def meaning(self, classes: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Return what every class of a model means, or nothing at all where each means itself."""
        meant = {label: self.meant(label, classes) for label in classes}
        return {} if all(types == (label,) for label, types in meant.items()) else meant

    def foreign(self, classes: Collection[str]) -> list[str]:
        """Return the classes of a model that mean nothing here, be it that none of its classes does."""
        unknown = [label for label in classes if label not in TYPES and label not in self.like]
        any_meant = any(self.meant(label, classes) for label in classes if label != OTHER)
        return unknown if any_meant else [label for label in classes if label != OTHER]


BUILT_IN = Taxonomy({kind: kind for kind in KINDS})
