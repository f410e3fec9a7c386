"""Tables for the terminal, with what they imply for a larger payroll."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tabulate import tabulate

from harness.base.escape import in_a_cell
from harness.report import words
from harness.report.reports import _content as content
from harness.report.reports import _growth as growth
from harness.report.reports import _layers as layers
from harness.report.reports import _sentences as say

if TYPE_CHECKING:
    from harness.model.compare import Row
    from harness.model.run import Run


def render(run: Run, options: content.Options) -> str:
    """Give the tables of each payroll of the run, and the layers of each explanation."""
    parts = [words.ran_on(run), *say.cut_short(run)]
    payrolls = list(content.by_payroll(run, options))
    sizes = {rows[0]["entries"] for _, rows in payrolls}
    for title, rows in payrolls:
        if not layers.only_explained(run):
            # What was measured is not estimated too, from another size.
            is_said = options.scale_to not in sizes - {rows[0]["entries"]}
            parts += ["", title, *_compared(rows, options, is_said=is_said)]
        else:
            parts += say.unavailable(rows)
        parts += [f"ERROR {line}" for line in say.failed(rows)]
    for title, headings, cells in growth.tables(run):
        parts += ["", f"Growth: {title}", "", aligned(headings, cells)]
    for explained in layers.explained(run):
        parts += ["", *layers.as_bars(explained)]
    return "\n".join(parts)


def aligned(
    headings: list[str], cells: list[list[str]], form: str = "simple", text_columns: int = 1
) -> str:
    """Give a table whose first columns are text and whose others are figures.

    In Markdown (`pipe`) a bar within a cell is escaped: it would end the cell.
    """
    if form == "pipe":
        headings = [in_a_cell(heading) for heading in headings]
        cells = [[in_a_cell(cell) for cell in row] for row in cells]
    align = [*["left"] * text_columns, *["right"] * (len(headings) - text_columns)]
    return tabulate(cells, headings, tablefmt=form, disable_numparse=True, colalign=align)


def _compared(rows: list[Row], options: content.Options, *, is_said: bool) -> list[str]:
    parts = []
    for headings, cells in content.tables(rows):
        parts += ["", aligned(headings, cells)]
    heading, lines = say.implication(rows, options) if is_said else ("", [])
    width = max((len(name) for name, _ in lines), default=0)
    scaled = [heading, *(f"  {name:{width}}  {what}" for name, what in lines), ""] if lines else []
    notes = [*say.missed(rows), *say.resident(rows), *say.unavailable(rows), *say.unsteady(rows)]
    return [*parts, "", *say.legend(rows), "", *scaled, *notes, *say.verdict(rows)]
