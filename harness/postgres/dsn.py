"""Where a Postgres is: a DSN read as a URL, the URL as seen from a schema, libpq's variables."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import Conninfo
from sqlalchemy import URL

from harness.base.errors import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SECONDS_TO_CONNECT = 10
STYLES = {"PGTZ", "PGDATESTYLE"}
"""What a session looks like: libpq sends these so that they win over a connection's options."""


def parse_dsn(dsn: str) -> URL:
    """Read a DSN: a URL, or libpq's `key=value` words. Raise DatabaseError."""
    words = _words(dsn)
    if words is None:  # raised here: libpq's error, which quotes the DSN, is not its context
        raise DatabaseError(
            "the --dsn is not one that libpq reads; it looks like "
            "postgresql://user@host:5432/database or 'host=localhost dbname=payroll'"
        )
    names = {"user": "username", "password": "password", "host": "host", "dbname": "database"}
    if str(words.get("host", "")).startswith("/") or "," in str(words.get("host", "")):
        del names["host"]
    if isinstance(words.get("port"), int):
        names["port"] = "port"
    parts = {names[word]: words.pop(word) for word in names.keys() & words.keys()}
    words.setdefault("connect_timeout", SECONDS_TO_CONNECT)
    words.setdefault("options", os.environ.get("PGOPTIONS", ""))  # ours would be in their place
    query = {word: str(value) for word, value in words.items() if value}
    return URL.create("postgresql+psycopg", **parts, query=query)


def _words(dsn: str) -> dict[str, Any] | None:
    """Return the DSN's words, its port as a number; None of what is no DSN."""
    scheme, separator, rest = dsn.partition("://")
    if separator and scheme.split("+")[0] in {"postgresql", "postgres"}:
        dsn = f"postgresql://{rest}"
    try:
        words: dict[str, Any] = conninfo_to_dict(dsn)
        if "port" in words and "," not in words["port"]:
            words["port"] = int(words["port"])
    except (psycopg.Error, ValueError):
        return None
    return words


def in_schema(url: URL, schema: str) -> URL:
    """Return the same database as seen from one schema, whatever the role's settings are.

    Its times are in UTC, as a contract's are, and in the one style that psycopg reads.
    """
    settings = f"-csearch_path={schema} -ctimezone=UTC -cdatestyle=ISO"
    options = f"{url.query.get('options', '')} {settings}"
    return url.update_query_dict({"options": options.strip()})


def place(url: URL) -> str:
    """Return host, port and database, as an error names them."""
    host = url.host or url.query.get("host", "localhost")
    port = f":{url.port}" if url.port else ""
    return f"{host}{port}/{url.database or ''}"


def of_connections() -> set[str]:
    """Return the variables that say where a connection leads, and how."""
    return {os.fsdecode(option.envvar) for option in Conninfo.get_defaults() if option.envvar}


@contextmanager
def left_out(names: Iterable[str]) -> Iterator[None]:
    """Remove these variables for a while, also from the environment of processes started then."""
    removed = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(removed)
