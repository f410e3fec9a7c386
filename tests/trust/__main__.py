"""Try every part, or those that are named, and save what came of it; exits 1 if anything failed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import trust
from callmeter import discovery
from callmeter.errors import Error
from harness.postgres.session import open_database
from harness.runner import environment
from tools.publish import trials
from tools.publish.trials import Trial, Trials

SAVED = Path("results/trust")


def main() -> int:
    parts = discovery.names(trust)
    parser = argparse.ArgumentParser(prog="python -m trust", description=__doc__)
    parser.add_argument("part", nargs="*", default=parts, help=f"of: {', '.join(parts)}")
    parser.add_argument("--times", type=int, help="how often each is tried; by default as suits it")
    chosen = parser.parse_args()
    with open_database() as database:
        server = database.description
    SAVED.mkdir(exist_ok=True)
    found = {part: _tried(part, chosen.times, server) for part in chosen.part}
    return int(any(trial.held < trial.times for each in found.values() for trial in each))


def _tried(part: str, times: int | None, server: str) -> list[Trial]:
    """Try the part; what came of it is saved after every trial, so that none is lost."""
    given: list[Trial] = []
    command = f"make trust PART={part}" + (f" TIMES={times}" if times else "")
    found = Trials(command, environment.describe(server), given)
    for trial in discovery.load(trust, part).tried(times):
        print(
            f"{part}: {trial.what}, {trial.where}: held {trial.held} of {trial.times} {trial.seen}",
            flush=True,
        )
        given.append(trial)
        trials.write(SAVED / f"{part}.json", found)
    return given


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Error as error:
        sys.exit(f"error: {error}")
