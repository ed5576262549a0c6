"""Fields of a request found in one free message: precision first, a wrong value is worse than none."""

from classifier.extract.deadline import find_deadline
from classifier.extract.fields import Fields, extract
from classifier.extract.phone import find_phone

__all__ = ["Fields", "extract", "find_deadline", "find_phone"]
