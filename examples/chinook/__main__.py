"""Measure every read on the embedded Postgres: it needs no server and no settings.

    python -m examples.chinook                                  # some minutes
    python -m examples.chinook --invoices 500 --repeat 1        # one or two

Writes results/local/chinook-invoices.jsonl and those of the other reads, each with its report
(.html), in the place of those of the last time. What is no option of its own goes to
`python -m harness measure`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

from sqlalchemy import create_engine

from examples.chinook.data import Store, provide
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
FOLDER = Path("results/local")


def measure(read: str, url: str, folder: Path, *options: str) -> int:
    """Measure all ways of a read, the first being their reference; return the exit code."""
    run, report = (folder / f"chinook-{read}{suffix}" for suffix in (".jsonl", ".html"))
    run.parent.mkdir(parents=True, exist_ok=True)
    run.unlink(missing_ok=True)
    targets = [f"examples.chinook.{read}:{way}" for way in WAYS[read]]
    command = [sys.executable, "-m", "harness", "measure", *targets, "--setup", SETUP]
    command += ["--same", "--explain", *options]
    command += ["--save", str(run), "--format", "html", "--output", str(report), "--force"]
    return subprocess.call(command, env=os.environ | {"DATABASE_URL": url})


def main() -> int:
    """Start the server, write the store, measure; return the worst of the exit codes."""
    parser = ArgumentParser("python -m examples.chinook", description=__doc__.splitlines()[0])
    parser.add_argument("--invoices", type=int, default=Store.invoices, help="of the store")
    parser.add_argument("--only", choices=WAYS, action="append", help="this read; all of them")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the runs are saved")
    own, options = parser.parse_known_args()
    with open_database() as database:
        provide(create_engine(database.url), Store(invoices=own.invoices))
        url = database.url.render_as_string(hide_password=False)
        return max([measure(read, url, own.folder, *options) for read in own.only or WAYS])


if __name__ == "__main__":
    sys.exit(main())
