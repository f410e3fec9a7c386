"""Tables for a README, an issue or a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.base.escape import in_markdown
from harness.report import words
from harness.report.reports import _content as content
from harness.report.reports import _growth as growth
from harness.report.reports import _layers as layers
from harness.report.reports import _sentences as say
from harness.report.reports.table import aligned

if TYPE_CHECKING:
    from harness.model.compare import Row
    from harness.model.run import Run


def render(run: Run, options: content.Options) -> str:
    """Give the tables of each payroll of the run, and the layers of what was explained."""
    parts = [line for said in say.cut_short(run) for line in (f"**{said}**", "")]
    for title, rows in content.by_payroll(run, options):
        if not layers.only_explained(run):
            parts += [f"**{title}**", "", *_compared(rows)]
        else:
            parts += say.unavailable(rows)
        if failed := say.failed(rows):
            parts += [*(f"- **error** {line}" for line in failed), ""]
    for title, headings, cells in growth.tables(run):
        parts += [f"**Growth: {title}**", "", aligned(one_line(headings), cells, "pipe"), ""]
    parts += _explained(list(layers.explained(run)))
    return "\n".join([*map(in_markdown, parts), f"<sub>{in_markdown(words.ran_on(run))}</sub>"])


def _explained(found: list[layers.Explained]) -> list[str]:
    parts: list[str] = []
    for moment in layers.MOMENTS if found else ():
        parts += [aligned(*layers.as_table(found, moment), "pipe"), ""]
    for each in found:
        for moment in layers.MOMENTS:
            lines = list(layers.place_lines(each, moment))
            parts += [f"{each.strategy}, {moment}:", "```", *lines, "```", ""] if lines else []
        parts += [f"{each.strategy} retains:", "```", *layers.census_lines(each), "```", ""]
    return parts


def _compared(rows: list[Row]) -> list[str]:
    parts = []
    for headings, cells in content.tables(rows):
        parts += [aligned(one_line(headings), cells, "pipe"), ""]
    notes = [
        *say.missed(rows),
        *say.resident(rows),
        *say.unavailable(rows),
        *say.unsteady(rows),
        *say.verdict(rows),
    ]
    return [*parts, "  \n".join(notes).replace("* trace", "\\* trace"), ""]


def one_line(headings: list[str]) -> list[str]:
    """Give the headings without their line breaks, which Markdown's tables do not have."""
    return [heading.replace("\n", " ") for heading in headings]
