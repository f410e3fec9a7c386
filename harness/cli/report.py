"""Show a saved run again, in any format: no database, no measuring.

By default a summary of one screen; --full shows every payroll, every table and every explanation.
With --beside, the run is laid beside another one: memory relative to the floor and times relative
to the reference, in both, and whether they agree beyond what repeats differ by.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from callmeter.errors import UsageError
from harness.base import output
from harness.cli import _options as option
from harness.cli._measuring import name_of, show_run
from harness.cli._output import answer, busy
from harness.cli._parser import Option
from harness.cli._readers import path

if TYPE_CHECKING:
    from harness.model.run import Run
    from harness.report.document import Document

EXAMPLES = (
    "report",
    "report run.jsonl --sort wall",
    "report run.jsonl --full",
    "report --format html --output report.html",
    "report run.jsonl --beside published",
)
PUBLISHED = "published"

RunPath = Annotated[
    Path | None,
    Option(
        "RUN",
        "A saved run; the published one, if none is named. The commands compare, measure and "
        "explain save one.",
        path,
    ),
]
Full = Annotated[bool, Option("--full", "Show every payroll, table and explanation.")]
Beside = Annotated[
    Path | None,
    Option(
        "--beside",
        f"Lay the run beside this one. {PUBLISHED} is the published run that has most workloads in "
        "common with it.",
        path,
        "RUN",
    ),
]


def run(
    view: option.View,
    run_path: RunPath = None,
    full: Full = False,
    beside: Beside = None,
    force: option.Force = False,
) -> int:
    """Read, render, write."""
    if beside:
        _check_view(view)
    output.check(view.output, "--output", replace=force)
    with busy("reading the run"):
        from harness.model.saved import REFERENCE_RUN, read

        named = run_path or REFERENCE_RUN
        saved = read(named)
    if beside:
        with busy("comparing the runs"):
            document = _laid_beside((name_of(named), saved), beside, view, full=full)
        answer(document, view.form, view.output)
    else:
        show_run(saved, view, full=full)
    return 0


def _check_view(view: option.View) -> None:
    """Raise UsageError for what shows one run, and would be ignored."""
    if view.form in option.PICTURES:
        raise UsageError(f"--format {view.form} shows one run: leave out --beside")
    if view.wide or view.metric:
        which = "--wide" if view.wide else "--metric"
        raise UsageError(f"--beside shows peak, retained and time: leave out {which}")


def _laid_beside(mine: tuple[str, Run], beside: Path, view: option.View, *, full: bool) -> Document:
    """Return the document; raises UsageError where the two have nothing in common."""
    from harness.analysis.common import most_in_common
    from harness.model.saved import CHOSEN_FROM, REFERENCE_RUN, read
    from harness.report import beside as report

    if str(beside) != PUBLISHED:
        other = name_of(beside), read(beside)
    else:
        published = {name_of(one): read(one) for one in CHOSEN_FROM}
        name = most_in_common(mine[1], published)
        if name is None:
            reference = published[name_of(REFERENCE_RUN)]
            raise UsageError(report.nothing_in_common(mine, "the published runs", of=reference))
        other = name, published[name]
    return report.document(mine, other, sort=view.sort, full=full)
