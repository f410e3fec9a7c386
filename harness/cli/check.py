"""Measure again what a saved run holds; fail when a metric got worse.

For CI: exit code 0 if nothing did, 1 if something did or a strategy fails or breaks the contract,
2 if there is nothing to judge by. Improvements never fail. Memory is judged in bytes; times as
ratios to the reference, each in its own run, and only where the repeats tell them apart.

Measures the payrolls of one size, the baseline's smallest unless --entries names another, or the
functions of a run of `measure`, and with the meters alone that the limits need. A limit may be of
one strategy or target: slotted=traced_peak:2%. The functions that a baseline names are called,
after its set-up: check no run whose code you would not run. In a GitHub job the summary is appended
to the job's page.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from callmeter.errors import UsageError
from harness.base.escape import printable
from harness.cli import _options as option
from harness.cli._measuring import ending, saving
from harness.cli._options import rare
from harness.cli._output import WIDTH, answer, tell
from harness.cli._parser import Option
from harness.cli._progress import listening
from harness.cli._readers import count, path
from harness.model.fields import MOST_AT_ONCE, MOST_REPETITION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.analysis.gate import Limit
    from harness.report.document import Document
    from harness.runner.plan import Repeats

EXAMPLES = (
    "check --baseline results/reference.jsonl",
    "check --baseline run.jsonl slotted --fail-on traced_peak:2%",
    "check --baseline a.jsonl --fail-on peak:5% --fail-on wall:9%",
    "check --baseline run.jsonl --fail-on app.repo:read=peak:5%",
    "check --baseline run.jsonl my/own_way.py --entries 10,000",
)

Baseline = Annotated[
    Path, Option("--baseline", "The saved run to hold the strategies against.", path, "RUN")
]
Entries = Annotated[
    int | None,
    Option(
        "--entries",
        "Which of the baseline's payrolls, by its entries. By default its smallest, the quickest.",
        count(),
        "N",
    ),
]
Repetition = Annotated[
    int | None,
    rare(
        "--repetition",
        "Which of the baseline's payrolls, by how many times larger its pools of values are. By "
        "default all of the size.",
        count(1, MOST_REPETITION),
        "N",
    ),
]
AtOnce = Annotated[
    int | None,
    rare(
        "--at-once",
        "Which of the baseline's measurements, by how many calls were made at once. By default "
        "all of the size.",
        count(1, MOST_AT_ONCE),
        "N",
    ),
]
FailOn = Annotated[
    list[str] | None,
    Option(
        "--fail-on",
        "A metric, and by how much it may be worse. It is written KEY:PERCENT, or "
        "NAME=KEY:PERCENT for one strategy or target, and may be repeated; by default "
        "traced_peak:5% and traced_retained:5%, or where these were not measured, peak and "
        "retained, or rss_peak. Memory may be worse by what it repeats to, 0.5% (resident 5%).",
        metavar="KEY:PERCENT",
        is_many=True,
    ),
]
Names = Annotated[
    list[str] | None,
    Option(
        "STRATEGY",
        "Which of the baseline's to judge; by default all. They are strategies, .py files "
        "or targets.",
        is_many=True,
    ),
]
GITHUB_SUMMARY = "GITHUB_STEP_SUMMARY"
"""The environment variable that names the file of Markdown which GitHub shows with a job."""


def run(
    how: option.Measuring,
    baseline_path: Baseline,
    names: Names = None,
    fail_on: FailOn = None,
    entries: Entries = None,
    repetition: Repetition = None,
    at_once: AtOnce = None,
    setup: option.Setup = None,
    meter: option.Meters = None,
    repeat: option.Repeat = None,
    live_objects: option.LiveObjects = None,
    every: option.All = False,
    form: option.TextFormat = "text",
    output_path: option.Output = None,
    dsn: option.Dsn = None,
    driver: option.Driver = None,
    cluster: option.Cluster = None,
) -> int:
    """Read the baseline, measure the same again, compare, judge."""
    from harness.analysis import baseline as of_baseline
    from harness.analysis import gate
    from harness.analysis.difference import COMPARED, between
    from harness.model.saved import read
    from harness.model.summary import incomplete
    from harness.report import difference as report
    from harness.runner.again import Again
    from harness.runner.record import Settings
    from harness.runner.session import chosen_strategies

    baseline = read(baseline_path)
    limits = gate.limits(fail_on or gate.defaults(baseline))
    _check_repeat(limits, repeat)
    workloads = of_baseline.workloads_of(baseline, entries, repetition, at_once)
    named = chosen_strategies(names or ())
    wanted = of_baseline.names_of(baseline, workloads, named)
    more = _more(meter, baseline.calls)
    by = list(dict.fromkeys([*(limit.metric.meter for limit in limits), *more]))
    again = Again(baseline, wanted, workloads, by, repeat, setup, named)
    with saving(how, output_path) as settings:
        if amount := incomplete(baseline):
            tell(f"{baseline_path} was cut short: it has {amount}")
        with listening() as listener:
            beside = again.live_objects if live_objects is None else live_objects
            through = driver or again.driver
            chosen = Settings(
                dsn, through, cluster=cluster, live_objects=beside, **settings, **listener
            )
            cells = again.cells(chosen)
            part = of_baseline.only(baseline, cells)
            measured = {cell.name for cell in cells}
            subjects = gate.to_judge(part, [name for name in wanted if name in measured], limits)
            finished = again.run(cells, chosen)
        shown = [metric for metric in COMPARED.values() if metric.meter in by]
        difference = between(part, finished, shown)
        found = gate.judged(difference, subjects, limits)
        of_runs = printable(str(baseline_path)), printable(str(settings["save"]))
        document = report.document(difference, of_runs, every=every, gate=found)
        answer(document, form, output_path)
        _append_to_github_summary(document)
    ending(finished, settings["save"], traceback=how.traceback)
    return int(not found.is_passed)


def _check_repeat(limits: Sequence[Limit], repeat: Repeats) -> None:
    """Raise UsageError where times are to be judged by too few repeats."""
    from harness.model.sample import FEWEST_TIMES
    from harness.runner.plan import repeats_of

    for metric in (limit.metric for limit in limits if not limit.metric.is_memory):
        if repeats_of(metric.meter, repeat) < FEWEST_TIMES:
            raise UsageError(f"--fail-on {metric.key} needs --repeat {FEWEST_TIMES} or more")


def _more(meter: list[str] | None, calls: int) -> list[str]:
    """Return the meters to measure with beside those that the limits need."""
    from harness.runner.plan import meters_for

    return meters_for(option.meters_named(meter), calls) if meter else []


def _append_to_github_summary(document: Document) -> None:
    """Append it to the page of the GitHub job that this runs in, if it does."""
    if path := os.environ.get(GITHUB_SUMMARY):
        from harness.report.formats import markdown

        try:
            with Path(path).open("a", encoding="utf-8") as summary:
                summary.write(f"{markdown.write(document, WIDTH)}\n")
        except OSError as error:
            tell(f"no summary for GitHub: {error}")
