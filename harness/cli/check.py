"""Measure again what a saved run holds, and fail when a figure got worse beyond its limit.

For CI: exit code 0 if nothing did, 1 if something did or a strategy fails or breaks the contract,
2 if there is nothing to judge by. Improvements never fail. Memory is judged in bytes; times as
ratios to the reference, each in its own run, and only where the repeats tell them apart.

Measures the payrolls of one size, the baseline's smallest unless --entries says which, and with
the meters alone that the limits need. In a GitHub job the summary is appended to the job's page.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness import diffs, discovery, gate, meters, plan, results
from harness.bounds import MOST
from harness.cli import _measuring as measuring
from harness.cli import _options as option
from harness.cli._progress import tell
from harness.compare import FEWEST_TIMES, incomplete
from harness.difference import between
from harness.diffs import markdown
from harness.diffs._content import Shown
from harness.errors import UsageError
from harness.figures import FIGURES
from harness.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.gate import Limit
    from harness.payroll import Payroll
    from harness.results import Run

EXAMPLES = """Examples:

python -m harness check --baseline results/reference.jsonl

python -m harness check --baseline before.jsonl my/own_way.py --fail-on peak:2%

python -m harness check --baseline before.jsonl --fail-on all-peak:5% --fail-on time:20%

python -m harness check --baseline before.jsonl --entries 10000 --format markdown
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
        metavar="FIGURE:PERCENT",
        help="A figure, and by how much it may be worse (memory: at least the 0.5% that it "
        "repeats to, rss 5%); may be repeated. Figures: "
        f"{', '.join(gate.LIMITED)}. all-: of all allocations, native ones included.",
    ),
]
Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="STRATEGY",
        help="Which of the baseline's strategies to judge: names, or paths of .py files. All, if "
        "none is named.",
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
) -> int:
    """Read the baseline, measure the same again, compare, judge."""
    memory = option.bytes_of(memory_limit)
    limits = gate.limits(fail_on)
    _repeat_often_enough(limits, repeat)
    baseline = results.read(baseline_path)
    payrolls = gate.payrolls_of(baseline, entries)
    wanted = gate.strategies_of(baseline, payrolls, names and measuring.chosen(names, list))
    meter_names = list(dict.fromkeys([*(each.figure.meter for each in limits), *(meter or ())]))
    cells = _cells(baseline, wanted, payrolls, meter_names, repeat)
    part = gate.only(baseline, cells)
    places = gate.to_judge(part, wanted, limits)
    measured = [figure for figure in FIGURES if figure.meter in meter_names]
    with measuring.saving(save, output_path, force=force) as path:
        if how_much := incomplete(baseline):
            tell(f"{baseline_path} was cut short: it has {how_much}")
        finished = measuring.measured(cells, path, dsn, timeout, cluster=cluster, memory=memory)
        difference = between(part, finished, measured)
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


def _cells(
    baseline: Run,
    wanted: list[str],
    payrolls: Sequence[Payroll],
    meter_names: Sequence[str],
    repeat: int | None,
) -> list[plan.Cell]:
    """Give the cells to measure; where there are times, the reference's too, for the ratios."""
    consume = baseline.measurements[0].cell.consume
    has_reference = "clock" in meter_names and consume is plan.Consume.HOLD
    ways = [plan.REFERENCE, *wanted] if has_reference else wanted
    cells = plan.cells(list(dict.fromkeys(ways)), payrolls, meter_names, repeat, consume)
    # no figure is of a first call, nor of one with the collector paused
    return plan.at_most_a_run(cell for cell in cells if not cell.cold and not cell.paused)


def _append_to_github_summary(text: str) -> None:
    """Append it to the page of the GitHub job that this runs in, if it does."""
    if path := os.environ.get(GITHUB_SUMMARY):
        try:
            with Path(path).open("a", encoding="utf-8") as summary:
                summary.write(f"{text}\n")
        except OSError as error:
            tell(f"no summary for GitHub: {error}")
