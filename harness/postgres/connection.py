"""A Postgres in use, and connections whose errors are one line each, without the password."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import URL, Connection, NullPool, create_engine
from sqlalchemy.exc import SQLAlchemyError

from harness.base.errors import DatabaseError
from harness.base.secret import masked
from harness.postgres.dsn import place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HINTS = {
    "25006": "is it a standby? a --dsn must be one that can be written to",
    "53100": "make room on the server's disk",
    "42501": "the role needs: GRANT CONNECT, CREATE ON DATABASE ... TO ...",
}
"""What is missing, by SQLSTATE."""
HINTS_OF_WORDS = {
    "unsupported startup parameter": "is it a pooler? a --dsn must name the server itself",
}
"""The same, by what an error says that libpq hands on without its SQLSTATE."""


@dataclass(frozen=True)
class Database:
    """A Postgres: what reports call it, and what the names of our schemas in it begin with.

    `alive` is an idle connection, which is lost when the server goes away, even for a moment;
    `start` starts one that is ours to start.
    """

    url: URL
    name: str
    schema_prefix: str
    server_version: str
    alive: Connection
    start: Callable[[], None] = lambda: None

    @property
    def description(self) -> str:
        """Its version, and which one it is, as a report has it."""
        return f"PostgreSQL {self.server_version} ({self.name})"


@contextmanager
def connected(url: URL) -> Iterator[Connection]:
    """Open an autocommit connection; database errors inside become one-line DatabaseErrors."""
    with one_line_errors(url):
        engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()


@contextmanager
def one_line_errors(url: URL) -> Iterator[None]:
    """Turn the database errors inside into one-line DatabaseErrors, without the password.

    A KeyboardInterrupt stays one, also where what is left of a statement fails after it.
    """
    before = sys.exception()
    try:
        yield
    except (SQLAlchemyError, psycopg.Error) as error:
        behind = error.__context__
        while behind is not None and behind is not before:
            if isinstance(behind, KeyboardInterrupt):
                raise behind from None
            behind = behind.__context__
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        secret = url.render_as_string(hide_password=False)
        hints = [hint for words, hint in HINTS_OF_WORDS.items() if words in cause]
        if known := HINTS.get(getattr(getattr(error, "orig", error), "sqlstate", None) or ""):
            hints.append(known)
        line = "; ".join([cause, *hints])
        raise DatabaseError(f"Postgres at {place(url)}: {masked(line, secret)}") from None
