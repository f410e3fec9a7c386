"""Measure strategies on one payroll, and say which needs least memory.

Each measurement is taken in a fresh process; what a strategy gives is checked, value by value,
before it is measured. Needs no server: it starts a Postgres of its own.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import strategies
from harness import discovery, environment, measure, meters, output, plan, reports, results
from harness.cli import _options as option
from harness.cli._progress import progress, tell
from harness.database import open_database
from harness.dataset import provide
from harness.payroll import Payroll, Profile
from harness.reports._content import Options

if TYPE_CHECKING:
    from collections.abc import Sequence

EXAMPLES = """Examples:

python -m harness compare

python -m harness compare slotted core_rows --entries 10000

python -m harness compare my/own_way.py --profile distinct

python -m harness compare --dsn postgresql://me@localhost/payroll --format json | jq .rows
"""

Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="STRATEGY",
        help="Which to measure: names, or paths of .py files written like a strategy. All, "
        "if none is named. The floor and the reference are always measured too.",
        show_default=False,
    ),
]
Repeat = Annotated[
    int | None,
    typer.Option(min=1, help="Fresh processes a meter; by default what suits the meter."),
]
Save = Annotated[
    Path | None,
    typer.Option("--save", help="Save the run here, not in results/local.", show_default=False),
]
ScaleTo = Annotated[int, typer.Option(min=1, help="Say what a payroll of this many entries needs.")]


def run(
    names: Names = None,
    entries: option.Entries = 1_000,
    components: option.Components = 6,
    profile: option.ProfileName = Profile.REALISTIC.value,
    repeat: Repeat = None,
    dsn: option.Dsn = None,
    sort: option.Sort = "peak",
    form: option.Format = "table",
    output_path: option.Output = None,
    force: option.Force = False,
    save: Save = None,
    scale_to: ScaleTo = 10_000,
    timeout: option.Timeout = 600,
) -> int:
    """Plan, measure, save, report."""
    chosen = list(dict.fromkeys(names or strategies.names()))
    labels = {
        plan.FLOOR: "The same payroll as plain objects, no database",
        **{name: strategies.label(strategies.load(name)) for name in (plan.REFERENCE, *chosen)},
    }
    path = save or results.new_path()
    if save:
        output.check(save, "--save")
    if output_path:
        output.check(output_path, "--output", replace=force)
    payrolls = [Payroll(entries, components, Profile(profile))]
    cells = list(plan.cells(chosen, payrolls, discovery.names(meters), repeat))

    _measure(cells, labels, path, dsn, timeout)

    finished = results.read(path)
    text = discovery.load(reports, form).render(finished, Options(sort, scale_to))
    if output_path:
        output.write(output_path, text)
    else:
        print(text)
    tell(f"Saved: {path}")
    return int(any(measurement.error for measurement in finished.measurements))


def _measure(
    cells: Sequence[plan.Cell],
    labels: dict[str, str],
    path: Path,
    dsn: str | None,
    timeout: float,
) -> None:
    """Measure the cells into the file at `path`, which is whole after every measurement."""
    with progress(len(cells)) as step, open_database(dsn) as database:
        payrolls = dict.fromkeys(cell.payroll for cell in cells)
        step(f"writing {len(payrolls)} payroll", 0)
        urls = {payroll: provide(database, payroll) for payroll in payrolls}
        header = results.Header(
            format=results.FORMAT,
            cells=len(cells),
            command=_command(),
            environment=environment.describe(database.name, database.server_version),
            labels=labels,
        )
        with results.saved_to(path, header) as save:
            try:
                for measurement in measure.run(cells, urls.__getitem__, timeout):
                    save(measurement)
                    step(f"{measurement.cell.strategy}: {measurement.cell.meter}", 1)
            except KeyboardInterrupt:
                tell(f"interrupted; what was measured is saved: {path}")
                raise


def _command() -> str:
    """Give the command line that repeats this run, without what concerns one machine only."""
    private = ("--dsn", "--output", "--save")
    words, skip = [], False
    for word in sys.argv[1:]:
        name, has_value, _ = word.partition("=")
        if not skip and name not in private:
            words.append(word)
        skip = not skip and name in private and not has_value
    return shlex.join(["python", "-m", "harness", *words])
