"""Compare two saved runs: what changed, and whether by more than the noise of both.

What differs in the environment comes first. Memory is compared in bytes; times only as ratios to
the reference within each run, because two runs are two moments, if not two machines.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harness import diffs, discovery, output, results
from harness.cli import _options as option
from harness.cli._measuring import answer
from harness.difference import between
from harness.diffs._content import Shown
from harness.printable import printable

EXAMPLES = """Examples:

python -m harness diff results/local/before.jsonl results/local/after.jsonl

python -m harness diff before.jsonl after.jsonl --all

python -m harness diff before.jsonl after.jsonl --format markdown --output change.md
"""


def run(
    first: Annotated[Path, typer.Argument(metavar="A", help="The saved run to compare with.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="The saved run that is compared.")],
    form: option.DiffFormat = "table",
    every: option.All = False,
    output_path: option.Output = None,
    force: option.Force = False,
) -> int:
    """Read both, compare, write."""
    if output_path:
        output.check(output_path, "--output", replace=force)
    difference = between(results.read(first), results.read(second))
    shown = Shown((printable(str(first)), printable(str(second))), every)
    answer(discovery.load(diffs, form).render(difference, shown), output_path)
    return 0
