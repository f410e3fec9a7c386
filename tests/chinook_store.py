"""A database of the embedded server for the example on Chinook, and a small store for it."""

from __future__ import annotations

from contextlib import contextmanager
from secrets import token_hex
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, text

from examples.chinook.data import Store
from harness.postgres.connection import connected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from harness.postgres.connection import Database

SMALL = Store(artists=15, albums=20, tracks=200, playlists=30, customers=10, invoices=120)


@contextmanager
def empty_database(database: Database) -> Iterator[Engine]:
    """Create a database; yield an engine of it."""
    name = f"chinook_{token_hex(4)}"
    with connected(database.url) as server:
        server.execute(text(f"CREATE DATABASE {name}"))
        engine = create_engine(database.url.set(database=name), isolation_level="REPEATABLE READ")
        yield engine
        engine.dispose()
        server.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
