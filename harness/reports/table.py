"""A table for the terminal, with what it implies for a larger payroll."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tabulate import tabulate

from harness.reports import _content as content

if TYPE_CHECKING:
    from harness.compare import Row
    from harness.results import Run


def render(run: Run, options: content.Options) -> str:
    """Give one table for each payroll of the run."""
    parts = [content.ran_on(run)]
    for title, rows in content.by_payroll(run, options):
        parts += ["", title, "", _table(rows), "", *content.legend(), *_below(rows, options)]
    return "\n".join(parts)


def _table(rows: list[Row]) -> str:
    align = ("left", *["right"] * (len(content.HEADINGS) - 1))
    cells = map(content.cells, rows)
    return tabulate(cells, content.HEADINGS, disable_numparse=True, colalign=align)


def _below(rows: list[Row], options: content.Options) -> list[str]:
    heading, lines = content.implication(rows, options)
    width = max((len(name) for name, _ in lines), default=0)
    scaled = [f"  {name:{width}}  {what}" for name, what in lines]
    failed = [f"ERROR {line}" for line in content.errors(rows)]
    return ["", heading, *scaled, "", *failed, *content.unsteady(rows), content.verdict(rows)]
