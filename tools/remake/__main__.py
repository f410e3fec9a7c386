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
from typing import TYPE_CHECKING

from callmeter import meters
from callmeter.errors import Error, NotAvailableError, unknown
from harness.model.saved import read
from harness.model.summary import incomplete
from harness.runner.environment import commit
from harness.runner.executors import SIDE_BY_SIDE
from harness.stacks import environments, interpreters, packages
from tools.remake.experiments import EXPERIMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.model.run import Run
    from tools.remake.experiments import Experiment

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "results"
REMADE = PUBLISHED / "local" / "remade"


def main(arguments: Sequence[str] | None = None) -> int:
    """Make what is asked for and is not there; return the exit code."""
    parser = ArgumentParser(prog="python -m tools.remake", description=__doc__.splitlines()[0])
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
        for old in _files(PUBLISHED, name):
            old.unlink()
        for new in _files(REMADE, name):
            to = PUBLISHED / new.relative_to(REMADE)
            to.parent.mkdir(exist_ok=True)
            copyfile(new, to)
            print(f"results/{to.relative_to(PUBLISHED)} is renewed")
    print("then: python -m tools.publish" if made else "nothing was made of this commit")
    return int(not made)


def show(names: Iterable[str]) -> None:
    """Print what is to be made, and how long it took when it was published."""
    total = 0.0
    for name in names:
        if is_made(name):
            print(f"{name}: made already")
            continue
        runs = _runs(PUBLISHED, name)
        took = sum(map(_minutes, runs))
        total += took
        text = f"about {took:.0f} minutes" if runs else "for the first time"
        alone = "; times: nothing else may run" if EXPERIMENTS[name].is_timed else ""
        print(f"{name}: {text}{alone}")
    print(f"about {total:.0f} minutes in all", flush=True)


def is_made(name: str) -> bool:
    """Whether all its runs are there: whole, without an error, of this commit and this command."""
    runs = _runs(REMADE, name)
    return bool(runs) and all(_is_of(run, EXPERIMENTS[name]) for run in runs)


def _is_of(run: Run, one: Experiment) -> bool:
    if incomplete(run) or run.header.environment["commit"] != commit():
        return False
    words, made = one.words, shlex.split(run.header.command)[2:]
    is_same = words[0] != "harness" or made[: len(words)] == words
    return is_same and not any(measurement.error for measurement in run.measurements)


def _succeeds(name: str) -> bool:
    one = EXPERIMENTS[name]
    print(f"{name}: python -m {one.command}", flush=True)
    try:
        command = [sys.executable, "-m", *one.words, *_where(one, name)]
    except NotAvailableError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return False
    code = subprocess.call(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    return code == 0 and is_made(name)


def _where(one: Experiment, name: str) -> list[str]:
    """Return the arguments on where it is saved, and on the Python; a sweep goes on in its folder.

    Raises NotAvailableError where that Python's environment cannot be made.
    """
    if one.is_sweep:
        return ["--save", str(REMADE / name)]
    path = REMADE / f"{name}.jsonl"
    path.unlink(missing_ok=True)
    where = ["--save", str(path)] if one.words[0] == "harness" else ["--folder", str(REMADE)]
    if one.python is None:
        return where
    python = environments.cached(interpreters.named(one.python), packages.of_strategies(()))
    return [*where, "--python", str(python)]


def _minutes(run: Run) -> float:
    """Return how long the run's processes took: those that were alone, the others side by side."""
    alone = {name for name in meters.names() if meters.load(name).ALONE}
    seconds = (
        one.seconds / (1 if one.cell.meter in alone else SIDE_BY_SIDE) for one in run.measurements
    )
    return sum(seconds) / 60


def _files(folder: Path, name: str) -> list[Path]:
    """Return the files of its runs that are in the folder."""
    if EXPERIMENTS[name].is_sweep:
        return sorted((folder / name).glob("*.jsonl"))
    path = folder / f"{name}.jsonl"
    return [path] if path.exists() else []


def _runs(folder: Path, name: str) -> list[Run]:
    """Return the runs that are in the folder; none where one of them cannot be read."""
    try:
        return [read(path) for path in _files(folder, name)]
    except Error:
        return []


if __name__ == "__main__":
    sys.exit(main())
