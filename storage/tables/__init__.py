"""The tables, as data; importing this package knows them all."""

from storage.tables import desk, engine, search
from storage.tables.types import metadata

__all__ = ["desk", "engine", "metadata", "search"]
