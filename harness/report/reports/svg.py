"""One picture for a README: peak and delta beside the time, for light and dark pages alike."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import altair as alt

from harness.report.reports import _chart_parts as parts
from harness.report.reports import _charts as charts
from harness.report.reports import _figures as figures
from harness.report.reports import _sentences as say
from harness.report.reports import _vega
from harness.report.reports._palette import INK, PAPER, QUIET, dark_rules, looks

if TYPE_CHECKING:
    from harness.model.run import Run
    from harness.report.reports._content import Options

MEMORY_WIDTH, TIME_WIDTH = 330, 230
WRAP_AT = 52
"""Characters of a line above each chart."""

PADDING = {"left": 30, "right": 24, "top": 14, "bottom": 12}
"""Pixels around the picture: a reader's font may be wider than the one it was measured with."""


def render(run: Run, options: Options) -> str:
    """Give the SVG of the payroll nearest to 10,000 entries; every axis is linear, from 0.

    It holds the colours of light pages, and a style that turns them dark where the reader's are,
    which browsers heed for a picture in an `img` too.
    """
    found = figures.payrolls(run, options)
    first = figures.first_shown(found)
    title, rows = found[first] if found else ("Nothing was compared.", [])
    shown = [row for row in figures.comparison(run, options) if row["payroll"] == first]
    notes = [*say.cut_short(run), *say.failed(rows)]
    spec = parts.specification(_picture(run, shown, title, notes), first)
    spec["config"] = {**spec["config"], "background": PAPER, "padding": PADDING}
    spec.setdefault("datasets", {})["rows"] = shown
    start, _, rest = _vega.drawn(spec).partition(">")
    told = escape(" ".join([title, *(say.verdict(rows) if rows else ()), *notes]))
    style = f"@media (prefers-color-scheme: dark) {{\n{dark_rules()}\n}}"
    return f'{start} role="img"><title>{told}</title>\n<style>\n{style}\n</style>\n{rest}'


def _picture(
    run: Run, shown: list[figures.Figure], title: str, notes: list[str]
) -> alt.HConcatChart:
    based, look = (
        figures.basis(run),
        looks((row["strategy"] for row in shown), run.header.reference),
    )
    with_memory = [row["strategy"] for row in shown if row["peak"] is not None]
    drawn: list[alt.LayerChart | alt.Chart] = []
    if with_memory:
        below = "solid: delta, retained; pale: peak" if based.holds else "peak"
        heading = _heading(f"Memory, {based.memory}{_dashed(based.memory)}", below)
        drawn.append(charts.memory(based, look).properties(width=MEMORY_WIDTH, title=heading))
    if any(row["time"] is not None for row in shown):
        heading = _heading(
            f"Time, {based.time}{_dashed(based.time)}", "solid: work; pale: garbage collector"
        )
        time = charts.time(based, look, with_memory)
        drawn.append(time.properties(width=TIME_WIDTH, title=heading))
    if not drawn:
        drawn.append(alt.Chart(alt.InlineData([{}])).mark_point(opacity=0))
    width = WRAP_AT * len(drawn)
    whole = alt.TitleParams(
        wrap(title, width),
        subtitle=[line for note in notes for line in wrap(note, width)],
        fontSize=14,
        color=INK,
        subtitleColor=QUIET,
        anchor="start",
        offset=8,
    )
    return alt.hconcat(*drawn, spacing=28).properties(title=whole)


def _dashed(unit: str) -> str:
    return " (dashed line)" if unit.startswith("x ") else ""


def _heading(text: str, below: str) -> alt.TitleParams:
    return alt.TitleParams(
        text,
        subtitle=below,
        anchor="start",
        fontSize=13,
        subtitleFontSize=12,
        color=INK,
        subtitleColor=QUIET,
        offset=8,
    )
