"""A table for a README, an issue or a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tabulate import tabulate

from harness.reports import _content as content

if TYPE_CHECKING:
    from harness.compare import Row
    from harness.results import Run


def render(run: Run, options: content.Options) -> str:
    """Give one Markdown table for each payroll of the run."""
    parts = []
    for title, rows in content.by_payroll(run, options):
        failed = [f"- **error** {line}" for line in content.errors(rows)]
        parts += [f"**{title}**", "", _table(rows), "", *failed, content.verdict(rows), ""]
    return "\n".join([*parts, f"<sub>{content.ran_on(run)}</sub>"])


def _table(rows: list[Row]) -> str:
    align = ("left", *["right"] * (len(content.HEADINGS) - 1))
    cells = map(content.cells, rows)
    return tabulate(cells, content.HEADINGS, tablefmt="pipe", disable_numparse=True, colalign=align)
