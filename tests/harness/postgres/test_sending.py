"""A COPY that libpq has no memory for ends; one that the server reads slowly does not."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from harness.postgres.connection import connected
from harness.postgres.sending import Sender
from run_server import only_linux
from support import as_dsn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from harness.postgres.connection import Database

WITHOUT_MEMORY = """
import resource, sys
import psycopg
from harness.postgres.sending import Sender

data = b"x" * 2**26
with psycopg.connect(sys.argv[1]) as connection:
    cursor = connection.cursor()
    cursor.execute("CREATE TEMPORARY TABLE sent (word text)")
    with cursor.copy("COPY sent FROM STDIN", writer=Sender(cursor)) as copy:
        pages = int(open("/proc/self/statm").read().split()[0])
        most = pages * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        copy.write(data)
"""
SECONDS = 60


@pytest.fixture(scope="module")
def connection(database: Database) -> Iterator[Connection]:
    with connected(database.url) as found:
        found.execute(text("CREATE TEMPORARY TABLE sent (n serial, word text)"))
        yield found


@only_linux
def test_without_memory_it_ends_with_the_reason(database: Database) -> None:
    command = [sys.executable, "-c", WITHOUT_MEMORY, as_dsn(database.url)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    assert "OperationalError: no memory is left for the rows that are sent" in done.stderr


@settings(max_examples=20)
@given(st.lists(st.text(st.characters(codec="ascii", exclude_characters="\0")), max_size=30))
def test_what_arrives_is_what_was_sent(connection: Connection, words: list[str]) -> None:
    """Also where a row is larger than libpq's buffer, and than what the kernel takes at once."""
    sent = [*words, "long " * 300_000]
    cursor: Any = connection.connection.cursor()
    with cursor.copy("COPY sent (word) FROM STDIN", writer=Sender(cursor)) as copy:
        for word in sent:
            copy.write_row((word,))
    found = connection.scalars(text("DELETE FROM sent RETURNING word"))
    assert sorted(found) == sorted(sent)
