"""Measure the read with each driver, plain and shared, on the embedded Postgres.

    python -m examples.drivers                       # some minutes
    python -m examples.drivers --entries 500         # a look

Writes results/local/drivers.jsonl in the place of the last one, which `harness report` shows.
What is no option of its own goes to `python -m harness measure`.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from itertools import product
from pathlib import Path

from examples.drivers.reads import DRIVERS, ENGINE, PLAIN, TYPE
from examples.measured import FOLDER, measure
from harness.payroll.generator import Payroll
from harness.postgres.session import open_database
from harness.postgres.writer import provide

METERS = ("allocator", "clock")


def main() -> int:
    """Start the server, write the payroll, measure; return the exit code."""
    parser = ArgumentParser("python -m examples.drivers", description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=10_000, help="of the payroll")
    parser.add_argument("--repetition", type=int, default=1, help="times larger pools of values")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the run is saved")
    asked, options = parser.parse_known_args()
    payroll = Payroll(asked.entries, repetition=asked.repetition)
    targets = [
        f"examples.drivers.reads:read({driver!r}, {sharing!r})"
        for driver, sharing in product(DRIVERS, (PLAIN, ENGINE, TYPE))
    ]
    every = ("--same", *(f"--meter={meter}" for meter in METERS), *options)
    with open_database() as database:
        url = provide(database, payroll).render_as_string(hide_password=False)
        where = {"DATABASE_URL": url, "PAYROLL_ID": str(payroll.id)}
        return measure(asked.folder / "drivers.jsonl", targets, every, where)


if __name__ == "__main__":
    sys.exit(main())
