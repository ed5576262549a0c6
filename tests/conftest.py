"""Fixtures that more than one test module needs."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from storage.database import Database
from tests.databases import KINDS, new_postgres, opened, postgres


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite", action="store_true", help="write the golden chats anew")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres() as server:
        yield server


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of a new database, once of each kind."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            yield f"sqlite:///{tmp_path}/test.db"
        else:
            yield stack.enter_context(new_postgres(request.getfixturevalue("postgres_server")))


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """Return an open, newest database, once of each kind."""
    with opened(url) as database:
        yield database
