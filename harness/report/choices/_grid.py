"""The strategies of a decision as tables: those that fit, those that do not."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from tabulate import tabulate

from callmeter import units
from harness.base.escape import in_a_cell
from harness.report.choices import _words as say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.analysis.choice import Verdict

WIDTH_OF_WORDS = 34
"""Columns of the terminal left for the last cell, to keep to 100 in all."""


def fitting(verdicts: Iterable[Verdict], form: str) -> str:
    """Give the table of those that fit, with what each gives up."""
    cells = [[*_figures(verdict), say.gives_up(verdict)] for verdict in verdicts]
    return _table("gives up", cells, form)


def missing(verdicts: Iterable[Verdict], form: str) -> str:
    """Give the table of those that do not, with the reasons."""
    cells = [[*_figures(verdict), "; ".join(say.reasons(verdict))] for verdict in verdicts]
    return _table("why not", cells, form)


def every(verdicts: Iterable[Verdict], form: str) -> str:
    """Give the table of all, with whether they fit, and why not."""
    cells = [
        [*_figures(verdict), "yes" if verdict.fits else f"no: {'; '.join(say.reasons(verdict))}"]
        for verdict in verdicts
    ]
    return _table("fits", cells, form)


def _figures(verdict: Verdict) -> list[str]:
    retains = units.format_bytes(verdict.delta.value) if verdict.delta else ""
    peak, time = say.predicted_size(verdict.peak), say.predicted_time(verdict.wall)
    return [verdict.way.strategy, peak, retains, time]


def _table(words: str, cells: list[list[str]], form: str) -> str:
    """Give a table of text, figures and text; in the terminal the last column is wrapped."""
    headings = ["strategy", "peak", "retains", "time", words]
    if form == "pipe":
        cells = [[in_a_cell(cell) for cell in (f"`{name}`", *rest)] for name, *rest in cells]
    else:
        cells = [
            [*rest, fill(last, WIDTH_OF_WORDS, break_on_hyphens=False)] for *rest, last in cells
        ]
    return tabulate(
        cells,
        headings,
        tablefmt=form,
        disable_numparse=True,
        colalign=("left", "right", "right", "right", "left"),
    )
