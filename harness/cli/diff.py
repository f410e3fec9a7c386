"""Compare two saved runs: what changed, and whether by more than the noise of both.

What differs in the environment comes first. Memory is compared in bytes; times only as ratios to
the reference within each run, because two runs are two moments, if not two machines.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from callmeter import discovery
from harness.analysis import gate
from harness.analysis.difference import between
from harness.base import output
from harness.base.printable import printable
from harness.cli import _options as option
from harness.cli._measuring import answer
from harness.model import run as results
from harness.report import diffs
from harness.report.diffs._content import Shown

EXAMPLES = """Examples:

python -m harness diff before.jsonl after.jsonl

python -m harness diff before.jsonl after.jsonl --all

python -m harness diff before.jsonl after.jsonl --fail-on all-peak:5%

python -m harness diff before.jsonl after.jsonl --format markdown --output change.md
"""


FailOn = Annotated[
    list[str] | None,
    typer.Option(
        metavar="[NAME=]FIGURE:PERCENT",
        help="Exit with 1 if a figure is worse by more, as `check` does; may be repeated.",
        show_default=False,
    ),
]


def run(
    first: Annotated[Path, typer.Argument(metavar="A", help="The saved run to compare with.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="The saved run that is compared.")],
    form: option.DiffFormat = "table",
    every: option.All = False,
    fail_on: FailOn = None,
    output_path: option.Output = None,
    force: option.Force = False,
) -> int:
    """Read both, compare, write."""
    if output_path:
        output.check(output_path, "--output", replace=force)
    limits = gate.limits(fail_on or [])
    before = results.read(first)
    difference = between(before, results.read(second))
    found = None
    if limits:
        workloads = {m.cell.workload for m in before.measurements}
        names = gate.names_judged(before, workloads)
        found = gate.judged(difference, gate.to_judge(before, names, limits), limits)
    shown = Shown((printable(str(first)), printable(str(second))), every, found)
    answer(discovery.load(diffs, form).render(difference, shown), output_path)
    return int(found is not None and not found.is_passed)
