"""Render a saved run again, in any format: no database, no measuring."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from callmeter import discovery
from harness.base import output
from harness.cli import _options as option
from harness.cli._measuring import answer
from harness.model import run as results
from harness.report import reports
from harness.report.reports._content import Options

EXAMPLES = """Examples:

python -m harness report                                      # the published run

python -m harness report run.jsonl --sort time

python -m harness report --format html --output report.html
"""

RunPath = Annotated[
    Path | None,
    typer.Argument(
        metavar="RUN",
        help="A saved run, as compare and explain leave it; the published one, if none is named.",
        show_default=False,
    ),
]


def run(
    run_path: RunPath = None,
    form: option.Format = "table",
    sort: option.Sort = "peak",
    scale_to: option.ScaleTo = 10_000,
    output_path: option.Output = None,
    force: option.Force = False,
) -> int:
    """Read, render, write."""
    if output_path:
        output.check(output_path, "--output", replace=force)
    saved = results.read(run_path or results.REFERENCE_RUN)
    answer(discovery.load(reports, form).render(saved, Options(sort, scale_to)), output_path)
    return 0
