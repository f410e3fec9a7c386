"""Measure every read on the embedded Postgres: it needs no server and no settings.

    python -m examples.chinook                                  # some minutes
    python -m examples.chinook --invoices 500 --repeat 1        # one or two

Writes results/local/chinook-invoices.jsonl and those of the other reads, each with its report
(.html), in the place of those of the last time. What is no option of its own goes to
`python -m harness measure`.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path

from sqlalchemy import create_engine

from examples.chinook.data import Store, provide
from examples.measured import FOLDER, measure
from harness.postgres.session import open_database

SETUP = "from examples.chinook.database import engine, sharing"
COMMON = (
    *("full_orm(engine)", "paused_orm(engine)", "full_orm(sharing)"),
    *("yield_per(engine)", "yield_per(sharing)", "core_rows(engine)", "core_rows(sharing)"),
    *("slotted(engine)", "slotted(sharing)"),
)
WAYS = {
    "invoices": (
        *(*COMMON, "arrow_columns(engine)", "merged_orm(engine)", "merged_orm(sharing)"),
        *("packed_objects(engine)", "thin_objects(engine)"),
    ),
    "tracks": (*COMMON, "arrow_columns(engine)"),
    "playlists": (*COMMON, "packed_objects(engine)"),
}
"""The reads, and the ways of each: its first is the reference."""


def measure_read(read: str, url: str, folder: Path, *options: str) -> int:
    """Measure all ways of a read; return the exit code."""
    run = folder / f"chinook-{read}.jsonl"
    targets = [f"examples.chinook.{read}:{way}" for way in WAYS[read]]
    page = ("--format", "html", "--output", str(run.with_suffix(".html")), "--force")
    every = ("--setup", SETUP, "--same", "--explain", *options, *page)
    return measure(run, targets, every, {"DATABASE_URL": url})


def main() -> int:
    """Start the server, write the store, measure; return the worst of the exit codes."""
    parser = ArgumentParser("python -m examples.chinook", description=__doc__.splitlines()[0])
    parser.add_argument("--invoices", type=int, default=Store.invoices, help="of the store")
    parser.add_argument("--only", choices=WAYS, action="append", help="this read; all of them")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the runs are saved")
    asked, options = parser.parse_known_args()
    with open_database() as database:
        provide(create_engine(database.url), Store(invoices=asked.invoices))
        url = database.url.render_as_string(hide_password=False)
        return max([measure_read(read, url, asked.folder, *options) for read in asked.only or WAYS])


if __name__ == "__main__":
    sys.exit(main())
