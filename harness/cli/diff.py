"""Compare two saved runs: what changed by more than their noise.

What differs in the environment comes first. Memory is compared in bytes; times only as ratios to
the reference within each run, because two runs are two moments, if not two machines.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from harness.base import output
from harness.base.escape import printable
from harness.cli import _options as option
from harness.cli._output import answer, busy
from harness.cli._parser import Option
from harness.cli._readers import path

EXAMPLES = (
    "diff before.jsonl after.jsonl",
    "diff before.jsonl after.jsonl --all",
    "diff before.jsonl after.jsonl --fail-on peak:5%",
    "diff before.jsonl after.jsonl --format markdown",
)

Before = Annotated[Path, Option("A", "The saved run to compare with.", path)]
After = Annotated[Path, Option("B", "The saved run that is compared.", path)]
FailOn = Annotated[
    list[str] | None,
    Option(
        "--fail-on",
        "Exit with 1 if a metric is worse by more. It is written as `check` has it, peak:5%; may "
        "be repeated.",
        metavar="KEY:PERCENT",
        is_many=True,
    ),
]


def run(
    first: Before,
    second: After,
    every: option.All = False,
    fail_on: FailOn = None,
    form: option.TextFormat = "text",
    output_path: option.Output = None,
    force: option.Force = False,
) -> int:
    """Read both, compare, write."""
    output.check(output_path, "--output", replace=force)
    with busy("comparing the runs"):
        from harness.analysis import baseline, gate
        from harness.analysis.difference import between
        from harness.model.cell import workloads
        from harness.model.saved import read
        from harness.report import difference as report

        limits = gate.limits(fail_on or [])
        before = read(first)
        difference = between(before, read(second))
        found = None
        if limits:
            names = baseline.names_judged(before, workloads(m.cell for m in before.measurements))
            found = gate.judged(difference, gate.to_judge(before, names, limits), limits)
        names_of_runs = printable(str(first)), printable(str(second))
        document = report.document(difference, names_of_runs, every=every, gate=found)
    answer(document, form, output_path)
    return int(found is not None and not found.is_passed)
