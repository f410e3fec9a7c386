"""Make the published runs again, one after the other; what is made already is not made twice.

    python -m tools.remake --list               # what there is, and how long each took
    python -m tools.remake                      # all of them: hours, beside nothing else
    python -m tools.remake service distinct     # these
    python -m tools.remake --untimed            # those without times, beside other work
    python -m tools.remake --publish            # replace what is published by what was made

They are made in results/local/remade: a run says which commit it was made of, and that the checkout
had changed since if anything else in it was written. A run is whole, of this commit and of this
command, or it is made again. Exit code 1: one failed.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING, NamedTuple

from callmeter import meters
from callmeter.errors import Error, unknown
from harness.model.saved import read
from harness.model.summary import incomplete
from harness.runner.environment import commit
from harness.runner.executors import SIDE_BY_SIDE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.model.run import Run

ROOT = Path(__file__).parents[1]
PUBLISHED = ROOT / "results"
REMADE = PUBLISHED / "local" / "remade"
LEAN = "interned packed_objects packed_structs packed_columns thin_objects"
IN_BATCHES = "shared_values_orm shared_values_batched yield_per merged_orm"
SERVED = "full_orm slotted core_rows interned merged_orm shared_values_batched"
IN_STATES = "--meter clock --repeat 5 --collector paused --collector relaxed --collector frozen"


class Experiment(NamedTuple):
    """A command that makes a run, and whether it takes times: then nothing else may run."""

    command: str
    is_timed: bool = False

    @property
    def words(self) -> list[str]:
        """The module and its arguments."""
        return shlex.split(self.command)


EXPERIMENTS = {
    "reference": Experiment(
        "harness compare --sizes 1000,10000 --explain --repeat clock=11", is_timed=True
    ),
    "service": Experiment(
        "harness compare --sizes 1000,10000 --at-once 1,2,4,8 --meter rss --timeout 1800"
    ),
    "calls": Experiment(
        f"harness compare {SERVED} packed_structs packed_columns thin_objects async_orm "
        "--at-once 1,4 --calls 200 --meter rss --repeat 1 --timeout 1800"
    ),
    "distinct": Experiment(
        "harness compare --profile distinct --sizes 1000,10000 --meter allocator --meter rss "
        "--repeat 1"
    ),
    "repetition": Experiment(
        f"harness compare slotted {LEAN} {IN_BATCHES} --sizes 1000,10000 "
        "--repetition 1,2,5,20,50 --meter allocator --repeat 1"
    ),
    "repetition-100000": Experiment(
        f"harness compare {LEAN} --entries 100000 --repetition 1,50 --meter allocator --repeat 1 "
        "--timeout 1800"
    ),
    "streams": Experiment(
        "harness compare --consume fold --sizes 10000,100000 --meter allocator --meter rss "
        "--repeat 1 --timeout 1800"
    ),
    "million": Experiment(
        "harness compare slotted packed_objects merged_orm yield_per --consume fold "
        "--entries 1000000 --meter rss --repeat 1 --timeout 3600"
    ),
    **{
        f"collector-{number}": Experiment(
            f"harness compare full_orm packed_objects --entries 2000 {IN_STATES} "
            f"--live-objects {number}",
            is_timed=True,
        )
        for number in (0, 500_000, 2_000_000)
    },
    "drivers": Experiment("examples.drivers --entries 3000", is_timed=True),
    "writing": Experiment("examples.writing", is_timed=True),
    "chinook-invoices": Experiment("examples.chinook --only invoices", is_timed=True),
    "chinook-tracks": Experiment("examples.chinook --only tracks", is_timed=True),
    "chinook-playlists": Experiment("examples.chinook --only playlists", is_timed=True),
}
"""What is published, by the name of its file in results/."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Make what is asked for and is not there; return the exit code."""
    parser = ArgumentParser(
        prog="python -m tools.remake", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("name", nargs="*", help="a run, by the name of its file; all of them")
    parser.add_argument("--untimed", action="store_true", help="only those without times")
    parser.add_argument("--list", action="store_true", help="make none; show how long each takes")
    parser.add_argument("--publish", action="store_true", help="make none; publish what was made")
    asked = parser.parse_args(arguments)
    for name in asked.name:
        if name not in EXPERIMENTS:
            parser.error(str(unknown("published run", name, EXPERIMENTS)))
    names = [
        name
        for name in asked.name or EXPERIMENTS
        if not (asked.untimed and EXPERIMENTS[name].is_timed)
    ]
    if asked.publish:
        return publish(names)
    show(names)
    return 0 if asked.list else make(names)


def make(names: Iterable[str]) -> int:
    """Make each that is not there; return 1 if one failed."""
    REMADE.mkdir(parents=True, exist_ok=True)
    failed = [name for name in names if not (is_made(name) or _succeeds(name))]
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


def publish(names: Iterable[str]) -> int:
    """Copy what was made to results/; return 1 if it is none."""
    made = [name for name in names if is_made(name)]
    for name in made:
        copyfile(REMADE / f"{name}.jsonl", PUBLISHED / f"{name}.jsonl")
        print(f"results/{name}.jsonl is renewed")
    print("then: python -m tools.publish" if made else "nothing was made of this commit")
    return int(not made)


def show(names: Iterable[str]) -> None:
    """Print what is to be made, and how long it took when it was published."""
    total = 0.0
    for name in names:
        if is_made(name):
            print(f"{name}: made already")
            continue
        run = _saved(PUBLISHED / f"{name}.jsonl")
        took = _minutes(run) if run else 0.0
        total += took
        text = f"about {took:.0f} minutes" if run else "for the first time"
        alone = "; times: nothing else may run" if EXPERIMENTS[name].is_timed else ""
        print(f"{name}: {text}{alone}")
    print(f"about {total:.0f} minutes in all", flush=True)


def is_made(name: str) -> bool:
    """Whether the run is there: whole, without an error, of this commit and this command."""
    run = _saved(REMADE / f"{name}.jsonl")
    if run is None or incomplete(run) or run.header.environment["commit"] != commit():
        return False
    words, made = EXPERIMENTS[name].words, shlex.split(run.header.command)[2:]
    is_same = words[0] != "harness" or made[: len(words)] == words
    return is_same and not any(one.error for one in run.measurements)


def _succeeds(name: str) -> bool:
    one, path = EXPERIMENTS[name], REMADE / f"{name}.jsonl"
    print(f"{name}: python -m {one.command}", flush=True)
    path.unlink(missing_ok=True)
    where = ["--save", str(path)] if one.words[0] == "harness" else ["--folder", str(REMADE)]
    command = [sys.executable, "-m", *one.words, *where]
    code = subprocess.call(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    return code == 0 and is_made(name)


def _minutes(run: Run) -> float:
    """Return how long the run's processes took: those that were alone, the others side by side."""
    alone = {name for name in meters.names() if meters.load(name).ALONE}
    seconds = (
        one.seconds / (1 if one.cell.meter in alone else SIDE_BY_SIDE) for one in run.measurements
    )
    return sum(seconds) / 60


def _saved(path: Path) -> Run | None:
    try:
        return read(path)
    except Error:
        return None


if __name__ == "__main__":
    sys.exit(main())
