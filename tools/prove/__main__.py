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
from itertools import cycle, islice, product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import harness
from callmeter.errors import Error
from callmeter.interpreter import inspect_interpreter
from harness.base import output
from harness.payroll.generator import Payroll, alike, warm_up_for
from harness.postgres.session import open_database
from harness.postgres.writer import provide
from harness.report.document import Document
from harness.report.formats import text
from harness.runner.environment import describe
from tools.prove.advice import Case, Read, blocks, holds, record
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
WIDTH = 80


def main() -> int:
    """Measure, ask, run, print, save; return the exit code."""
    parser = argparse.ArgumentParser(prog="make prove", description=__doc__)
    parser.add_argument("--budgets", type=int, default=30, help="containers to try")
    parser.add_argument("--times", type=int, default=TIMES, help="runs of each strategy in each")
    parser.add_argument("--save", type=Path, help="a file for the figures, as JSON")
    asked = parser.parse_args()
    try:
        if asked.save:
            output.check(asked.save, "--save", replace=True)
        return _prove(asked.budgets, asked.times, asked.save)
    except Error as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _prove(budgets: int, times: int, save: Path | None) -> int:
    found: list[Read] = []
    with TemporaryDirectory() as folder, open_database() as database:
        ran_on = describe(database.description, inspect_interpreter())
        runs = {components: _measured(Path(folder), components) for components in COMPONENTS}
        for case, roles in islice(_questions(runs), budgets):
            found += _read(database, case, roles, times)
            print(_progress(found), file=sys.stderr)
            if save:  # what has been read is there, whatever happens next
                output.write(save, json.dumps(record(found, ran_on, limited_by()), indent=1))
    shown = Document(tuple(blocks(record(found, ran_on, limited_by()))))
    print(text.write(shown, WIDTH))
    return int(not holds(found))


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


if __name__ == "__main__":
    sys.exit(main())
