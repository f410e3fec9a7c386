"""Show a saved run again, in any format: no database, no measuring.

By default a summary of one screen; --full shows every payroll, every table and every explanation.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from harness.base import output
from harness.cli import _options as option
from harness.cli._measuring import show_run
from harness.cli._output import busy
from harness.cli._parser import Option
from harness.cli._readers import path

EXAMPLES = (
    "report",
    "report run.jsonl --sort wall",
    "report run.jsonl --full",
    "report --format html --output report.html",
)

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


def run(
    view: option.View,
    run_path: RunPath = None,
    full: Full = False,
    force: option.Force = False,
) -> int:
    """Read, render, write."""
    if view.output:
        output.check(view.output, "--output", replace=force)
    with busy("reading the run"):
        from harness.model.saved import REFERENCE_RUN, read

        saved = read(run_path or REFERENCE_RUN)
    show_run(saved, view, full=full)
    return 0
