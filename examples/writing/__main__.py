"""Check that every way writes the same payroll, then measure it, on the embedded Postgres.

    python -m examples.writing                       # some minutes
    python -m examples.writing --entries 500         # a look

Writes results/local/writing.jsonl in the place of the last one, which `harness report` shows.
What is no option of its own goes to `python -m harness measure`.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import NullPool, create_engine, text

from examples.measured import FOLDER, measure
from examples.writing import ways
from examples.writing.tables import difference, emptied, payroll
from harness.postgres.connection import connected
from harness.postgres.session import open_database
from harness.postgres.writer import write

if TYPE_CHECKING:
    from sqlalchemy import URL

    from harness.postgres.connection import Database

WAYS = (
    *("copy", "copy_binary", "unnest"),
    *("core_batches", "core_insert", "core_returning"),
    *("orm_insert", "add_batches", "add_all"),
)
"""The functions; the first is the reference."""
SETUP = (
    "from examples.writing.tables import connect, emptied, payroll; "
    "engine, premiums = connect(), payroll({})"
)
METERS = ("allocator", "rss", "clock")


def main() -> int:
    """Start the server, make the tables, check, measure; return the exit code."""
    parser = ArgumentParser("python -m examples.writing", description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=3_000, help="of the payroll")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the run is saved")
    asked, options = parser.parse_known_args()
    targets = [f"examples.writing.ways:{way}(emptied(engine), premiums)" for way in WAYS]
    meters = (f"--meter={meter}" for meter in METERS)
    every = ("--setup", SETUP.format(asked.entries), *meters, *options)
    with open_database() as database:
        url = tables(database)
        check(url, asked.entries)
        where = {"DATABASE_URL": url.render_as_string(hide_password=False)}
        return measure(asked.folder / "writing.jsonl", targets, every, where)


def tables(database: Database) -> URL:
    """Make the tables, empty, in a schema of their own; return its URL.

    Autovacuum leaves them alone: it would work beside one call and not beside another.
    """
    url = write(database.url, f"{database.schema_prefix}_writing", ())
    with connected(url) as connection:
        for name in ("premium_entry", "premium_component"):
            connection.execute(text(f"ALTER TABLE {name} SET (autovacuum_enabled = false)"))
    return url


def check(url: URL, count: int) -> None:
    """End with the exit code 1 where a way writes anything but the payroll."""
    engine, premiums = create_engine(url, poolclass=NullPool), payroll(count)
    for way in WAYS:
        getattr(ways, way)(emptied(engine), premiums)
        if found := difference(engine, premiums):
            raise SystemExit(f"{way}: {found}")


if __name__ == "__main__":
    sys.exit(main())
