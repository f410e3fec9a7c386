"""Whether `choose --container` is right, where the kernel decides: `make prove`.

Strategies are measured on payrolls of several shapes; then it is asked which one fits containers
whose sizes lie close to what they are predicted to need, for payrolls of other sizes than were
measured. The recommended one, the runner-up and the nearest of those rejected then read in a memory
cgroup of that size, several times each, as a plain service does (`tools.prove.service`).

A recommended one must not die. A rejected one may live, but not with more than a tenth to spare:
then the advice was to pay for nothing. Exit code 1: it does not hold.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from itertools import cycle, islice, product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from tabulate import tabulate

import harness
from callmeter.interpreter import inspect_interpreter
from harness.base.output import write
from harness.payroll.generator import Payroll, alike, warm_up_for
from harness.postgres.session import open_database
from harness.postgres.writer import provide
from harness.runner.environment import describe
from tools.prove.containers import limited_by, run_within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.postgres.connection import Database

STRATEGIES = (
    *("full_orm", "merged_orm", "shared_values_batched", "slotted", "interned"),
    *("packed_structs", "packed_columns", "thin_objects", "asyncpg_rows", "arrow_columns"),
)
"""Of each kind one or two: what they hold at once, and in which allocator, is different."""
COMPONENTS, REPETITIONS = (2, 6, 20), (1, 20)
AT_ONCE, ASKED_AT_ONCE = (1, 4), (1, 4, 3)
"""Calls at once that are measured, and those that are asked about."""
MEASURED = (500, 2_000)
ASKED = (1_200, 3_000)
"""Entries of the payrolls that are asked about: between the sizes measured, and beyond."""
ABOVE = (1.001, 1.03, 1.08)
"""How far a container is above what one of the strategies is predicted to need."""
TIMES = 3
SPARE = 0.10
MOST_SPARED = 0.05
"""The share of those rejected that may have so much to spare."""


@dataclass(frozen=True)
class Case:
    """A question: a payroll, how often it is read at once, the bytes of the container."""

    entries: int
    components: int
    repetition: int
    at_once: int
    container: int


@dataclass(frozen=True)
class Read:
    """A strategy in a container: whether it lived, and the most bytes charged to it."""

    case: Case
    role: str
    strategy: str
    predicted: float
    lived: bool
    peak: int | None

    @property
    def has_to_spare(self) -> bool:
        """Whether a tenth of the container or more was never charged."""
        return (self.peak or 0) < (1 - SPARE) * self.case.container

    @property
    def is_wrong(self) -> bool:
        """Whether the advice was: it died of what was recommended, or had room where rejected."""
        return self.lived and self.has_to_spare if self.role == "rejected" else not self.lived


def main() -> int:
    """Measure, ask, run, print, save; return the exit code."""
    parser = argparse.ArgumentParser(prog="make prove", description=__doc__)
    parser.add_argument("--budgets", type=int, default=30, help="containers to try")
    parser.add_argument("--times", type=int, default=TIMES, help="runs of each strategy in each")
    parser.add_argument("--save", type=Path, help="a file for the figures, as JSON")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder, open_database() as database:
        ran_on = describe(database.description, inspect_interpreter())
        runs = {components: _measured(Path(folder), components) for components in COMPONENTS}
        found: list[Read] = []
        for case, roles in islice(_questions(runs), asked.budgets):
            found += _read(database, case, roles, asked.times)
            print(_progress(found), file=sys.stderr)
            if asked.save:  # what has been read is there, whatever happens next
                write(asked.save, json.dumps(_record(found, ran_on), indent=1))
    print(f"{_table(found)}\n\nLimited by {limited_by()}.")
    return int(not _holds(found))


def _holds(found: list[Read]) -> bool:
    """Whether none died that was to fit, and few were rejected that had room to spare."""
    rejected = [one.is_wrong for one in found if one.role == "rejected"]
    died = any(one.is_wrong for one in found if one.role != "rejected")
    return not died and sum(rejected) <= MOST_SPARED * len(rejected)


def _measured(folder: Path, components: int) -> Path:
    """Measure the resident memory of the strategies; return the saved run."""
    path = folder / f"{components}.jsonl"
    harness.compare(
        *STRATEGIES,
        entries=MEASURED,
        components=components,
        repetition=REPETITIONS,
        at_once=AT_ONCE,
        meters=("rss",),
        save=path,
        progress=lambda what, done, total: _step(f"{components} components: {what}", done, total),
    )
    return path


def _step(what: str, done: int, total: int) -> None:
    if done % 50 == 0:
        print(f"{done} of {total}: {what}", file=sys.stderr)


def _questions(runs: dict[int, Path]) -> Iterator[tuple[Case, dict[str, Any]]]:
    """Yield cases without end, each with the strategies to run in it by their role."""
    shapes = cycle(product(ASKED, COMPONENTS, REPETITIONS, ASKED_AT_ONCE))
    for nth, (entries, components, repetition, at_once) in enumerate(shapes):
        case = Case(entries, components, repetition, at_once, 2**40)
        rows = [row for row in _ask(case, runs[components])["rows"] if row["need"]]
        highs = sorted(row["need"]["high"] for row in rows)
        aimed = highs[1:][nth % (len(highs) - 1)]
        above = ABOVE[(nth + nth // (len(highs) - 1)) % len(ABOVE)]
        container = round(aimed * above)
        case = Case(entries, components, repetition, at_once, container)
        yield case, _roles(_ask(case, runs[components]))


def _ask(case: Case, run: Path) -> dict[str, Any]:
    words = ["--entries", case.entries, "--components", case.components]
    words += ["--repetition", case.repetition, "--at-once", case.at_once]
    words += ["--container", f"{case.container}B", "--run", run, "--format", "json"]
    done = subprocess.run(
        [sys.executable, "-m", "harness", "choose", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode > 1:
        raise SystemExit(done.stderr.strip())
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _roles(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the rows to run: what is recommended, comes second, and was rejected by the least."""
    fitting = [row for row in answer["rows"] if row["fits"]]
    others = [row for row in answer["rows"] if not row["fits"] and row["need"]]
    nearest = min(others, key=lambda row: row["need"]["high"], default=None)
    roles = dict(zip(("recommended", "runner-up"), fitting, strict=False))
    return roles | ({"rejected": nearest} if nearest else {})


def _read(database: Database, case: Case, roles: dict[str, Any], times: int) -> Iterator[Read]:
    payroll = Payroll(case.entries, case.components, repetition=case.repetition)
    payrolls = alike(payroll, case.at_once)
    url = provide(database, payroll, others=payrolls[1:]).render_as_string(hide_password=False)
    ids = [warm_up_for(payroll).id, *(one.id for one in payrolls)]
    for (role, row), _ in product(roles.items(), range(times)):
        words = ["-m", "tools.prove.service", row["strategy"], case.entries, *ids]
        found = run_within(case.container, [sys.executable, *map(str, words)], f"{url}\n")
        if found.error:
            raise SystemExit(f"{row['strategy']}: {found.error}")
        yield Read(case, role, row["strategy"], row["need"]["high"], found.lived, found.peak)


def _progress(found: list[Read]) -> str:
    last = found[-1].case
    size = f"{last.entries:,} x {last.components}, pools {last.repetition}x, {last.at_once} at once"
    names = dict.fromkeys(f"{one.role} {one.strategy}" for one in found if one.case == last)
    wrong = sum(one.is_wrong for one in found)
    return f"{last.container / 1e6:.0f} MB, {size}: {', '.join(names)}; {wrong} wrong so far"


def _table(found: list[Read]) -> str:
    """Return a row for each role: how many runs there were, died, and had room to spare."""
    rows = []
    for role in dict.fromkeys(one.role for one in found):
        mine = [one for one in found if one.role == role]
        spare = [one for one in mine if one.lived and one.has_to_spare]
        died = sum(not one.lived for one in mine)
        rows.append([role, len(mine), died, len(spare), sum(one.is_wrong for one in mine)])
    headings = ["", "runs", "died", "lived with 10% to spare", "advice wrong"]
    return tabulate(rows, headings, tablefmt="simple")


def _record(found: list[Read], ran_on: dict[str, str]) -> dict[str, Any]:
    return {
        "environment": ran_on,
        "limited by": limited_by(),
        "roles": {
            role: {
                "runs": len(mine),
                "died": sum(not one.lived for one in mine),
                "wrong": sum(one.is_wrong for one in mine),
            }
            for role in dict.fromkeys(one.role for one in found)
            if (mine := [one for one in found if one.role == role])
        },
        "reads": [asdict(one) for one in found],
    }


if __name__ == "__main__":
    sys.exit(main())
