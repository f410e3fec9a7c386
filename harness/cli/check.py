"""Measure again what a saved run holds, and fail when a figure got worse beyond its limit.

For CI: exit code 0 if nothing did, 1 if something did or a strategy fails or breaks the contract,
2 if there is nothing to judge by. Improvements never fail. Memory is judged in bytes; times as
ratios to the reference, each in its own run, and only where the repeats tell them apart.

Measures the payrolls of one size, the baseline's smallest unless --entries says which, or the
functions of a run of `measure`, and with the meters alone that the limits need. A limit may be of
one strategy or target: slotted=peak:2%. The functions that a baseline names are called, after its
set-up: check no run whose code you would not run. In a GitHub job the summary is appended to the
job's page.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from callmeter import discovery, meters
from callmeter.errors import UsageError
from harness.analysis import gate
from harness.analysis.difference import between
from harness.base.printable import printable
from harness.base.secret import STARS
from harness.cli import _functions as functions
from harness.cli import _measuring as measuring
from harness.cli import _options as option
from harness.cli._installed import installed
from harness.cli._progress import tell
from harness.cli._python import measured_in
from harness.model import run as results
from harness.model.compare import FEWEST_TIMES, incomplete
from harness.model.fields import MOST
from harness.model.figures import FIGURES
from harness.report import diffs
from harness.report.diffs import markdown
from harness.report.diffs._content import Shown
from harness.runner import plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.analysis.gate import Limit
    from harness.model.run import Run

EXAMPLES = """Examples:

python -m harness check --baseline results/reference.jsonl

python -m harness check --baseline before.jsonl my/own_way.py --fail-on peak:2%

python -m harness check --baseline before.jsonl --fail-on all-peak:5% --fail-on time:20%

python -m harness check --baseline before.jsonl --entries 10000 --format markdown

python -m harness check --baseline functions.jsonl --fail-on all-peak:5%
"""

Baseline = Annotated[
    Path, typer.Option("--baseline", help="The saved run to hold the strategies against.")
]
Entries = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=MOST,
        help="Which of the baseline's payrolls, by its entries; its smallest, the quickest, "
        "if none is said.",
        show_default=False,
    ),
]
FailOn = Annotated[
    list[str],
    typer.Option(
        "--fail-on",
        metavar="[NAME=]FIGURE:PERCENT",
        help="A figure, of all or of one name, and by how much it may be worse (memory: at "
        "least the 0.5% that it repeats to, rss 5%); may be repeated. Figures: "
        f"{', '.join(gate.LIMITED)}. all-: of all allocations, native ones included.",
    ),
]
Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="STRATEGY",
        help="Which of the baseline's strategies or targets to judge: names, or .py files. "
        "All, if none is named.",
        show_default=False,
    ),
]
MetersToo = Annotated[
    list[str] | None,
    typer.Option(
        "--meter",
        callback=option.meters,
        help="Measure with this too, to see its figures; may be repeated: "
        f"{', '.join(discovery.names(meters))}, all.",
        show_default=False,
    ),
]
GITHUB_SUMMARY = "GITHUB_STEP_SUMMARY"
"""The environment variable that names the file of Markdown which GitHub shows with a job."""


def run(
    baseline_path: Baseline,
    names: Names = None,
    fail_on: FailOn = list(gate.DEFAULTS),  # noqa: B006 (read only)
    entries: Entries = None,
    setup: option.Setup = None,
    meter: MetersToo = None,
    repeat: option.Repeat = None,
    dsn: option.Dsn = None,
    cluster: option.Cluster = None,
    form: option.DiffFormat = "table",
    every: option.All = False,
    output_path: option.Output = None,
    force: option.Force = False,
    save: option.Save = None,
    timeout: option.Timeout = 600,
    memory_limit: option.MemoryLimit = None,
    python: option.Python = None,
    install_memray: option.InstallMemray = False,
) -> int:
    """Read the baseline, measure the same again, compare, judge."""
    setting = measuring.Setting(
        dsn, python, install_memray, cluster, timeout, option.bytes_of(memory_limit)
    )
    limits = gate.limits(fail_on)
    _repeat_often_enough(limits, repeat)
    baseline = results.read(baseline_path)
    meter_names = list(dict.fromkeys([*(each.figure.meter for each in limits), *(meter or ())]))
    workloads = gate.workloads_of(baseline, entries)
    wanted = gate.names_of(baseline, workloads, names and measuring.chosen(names, list))
    of_functions = not workloads[0].is_payroll
    cells = (_of_functions if of_functions else _of_strategies)(
        baseline, wanted, workloads, meter_names, repeat
    )
    part = gate.only(baseline, cells)
    places = gate.to_judge(part, wanted, limits)
    figures = [figure for figure in FIGURES if figure.meter in meter_names]
    with measuring.saving(save, output_path, force=force) as path:
        if how_much := incomplete(baseline):
            tell(f"{baseline_path} was cut short: it has {how_much}")
        if of_functions:
            again = _functions(baseline, wanted, setup, meter_names, repeat, setting)
            finished = functions.measured(again, path, timeout, replace=force)
        else:
            finished = measuring.measured(cells, path, setting, replace=force)
        difference = between(part, finished, figures)
        found = gate.judged(difference, places, limits)
        shown = Shown((printable(str(baseline_path)), printable(str(path))), every, found)
        measuring.answer(discovery.load(diffs, form).render(difference, shown), output_path)
        _append_to_github_summary(markdown.render(difference, shown))
        tell(f"Saved: {path}")
    return int(not found.is_passed)


def _repeat_often_enough(limits: Sequence[Limit], repeat: int | None) -> None:
    """Raise UsageError where times are to be judged by too few repeats."""
    times = [limit.figure.word for limit in limits if not limit.figure.is_memory]
    if times and repeat is not None and repeat < FEWEST_TIMES:
        raise UsageError(f"--fail-on {times[0]} needs --repeat {FEWEST_TIMES} or more")


def _of_strategies(
    baseline: Run,
    wanted: list[str],
    workloads: Sequence[plan.Workload],
    meter_names: Sequence[str],
    repeat: int | None,
) -> list[plan.Cell]:
    """Return the cells to measure; where there are times, the reference's too, for the ratios."""
    consume = baseline.measurements[0].cell.consume
    has_reference = "clock" in meter_names and consume is plan.Consume.HOLD
    names = [plan.REFERENCE, *wanted] if has_reference else wanted
    payrolls = [workload.payroll for workload in workloads]
    cells = plan.cells(list(dict.fromkeys(names)), payrolls, meter_names, repeat, consume)
    # no figure is of a first call, nor of one with the collector paused
    judged = (cell for cell in cells if not cell.cold and not cell.paused)
    return installed(plan.at_most_a_run(judged), wanted)


def _of_functions(
    baseline: Run,
    wanted: list[str],
    _: Sequence[plan.Workload],
    meter_names: Sequence[str],
    repeat: int | None,
) -> list[plan.Cell]:
    """Return the cells to measure of the baseline's functions, its reference with them."""
    consume = baseline.measurements[0].cell.consume
    warm_up = baseline.header.warm_up
    names = list(dict.fromkeys([baseline.header.reference, *wanted]))
    cells = plan.of_functions(names, meter_names, repeat, consume, warm_up=warm_up)
    return plan.at_most_a_run(cell for cell in cells if not cell.paused)


def _functions(
    baseline: Run,
    wanted: list[str],
    setup: str | None,
    meter_names: Sequence[str],
    repeat: int | None,
    setting: measuring.Setting,
) -> functions.Functions:
    """Return the baseline's functions, to be measured as they were.

    Raises UsageError where the baseline does not have all that a call needs: a password.
    """
    header = baseline.header
    environment, interpreter = measured_in(
        setting.python, install=setting.install_memray, needed="allocator" in meter_names
    )
    targets = {}
    for name in dict.fromkeys([header.reference, *wanted]):
        target = header.targets[name]
        target = replace(target, setup=target.setup if setup is None else setup)
        if STARS in target.call or STARS in target.setup:
            raise UsageError(
                f"the baseline does not have the password in the call or set-up of {name}: take it "
                "from an environment variable there, or give the set-up again with --setup"
            )
        targets[name] = target
    return functions.Functions(
        targets,
        interpreter,
        environment,
        meter_names,
        repeat,
        baseline.measurements[0].cell.consume,
        warm_up=header.warm_up,
        memory=setting.memory,
    )


def _append_to_github_summary(text: str) -> None:
    """Append it to the page of the GitHub job that this runs in, if it does."""
    if path := os.environ.get(GITHUB_SUMMARY):
        try:
            with Path(path).open("a", encoding="utf-8") as summary:
                summary.write(f"{text}\n")
        except OSError as error:
            tell(f"no summary for GitHub: {error}")
