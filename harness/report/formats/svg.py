"""For a README: one chart of a run's memory and time, for light and dark pages alike."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import altair as alt

from harness.report import answer, axes
from harness.report.charts import charts, curves, marks, parts, vega
from harness.report.charts.palette import INK, PAPER, QUIET, dark_rules, styles
from harness.report.document import Pairs, Text
from harness.report.format import counted
from harness.report.names import title_of_group
from harness.report.notes import cut_short

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.model.run import Run
    from harness.model.summary import Summary
    from harness.report.charts.curves import Curve
    from harness.report.charts.marks import Mark
    from harness.report.document import Document

    Picture = alt.HConcatChart | alt.VConcatChart

MEMORY_WIDTH, TIME_WIDTH, CURVE_WIDTH = 330, 230, 220
WRAP_AT = 52
"""Characters of a line above each chart."""

PADDING = {"left": 30, "right": 24, "top": 14, "bottom": 12}
"""Pixels around the charts: a reader's font may be wider than the one they were measured with."""

TITLES = {
    axes.REPETITION: "Memory as values repeat less: pools of values {:,}x to {:,}x",
    axes.AT_ONCE: "As more calls are made at once: {:,} to {:,}",
}
"""What curves show, over their first place and their last."""

HEADINGS = {"together": "Peak of all", "throughput": "Throughput"}
"""What a field of a curve is headed, if not by its name."""

TITLE = {
    "anchor": "start",
    "offset": 8,
    "fontSize": 13,
    "subtitleFontSize": 12,
    "color": INK,
    "subtitleColor": QUIET,
}


def write(document: Document, width: int) -> str:  # noqa: ARG001 (its width is fixed)
    """Return the SVG of the workload nearest to 10,000 entries; every axis is linear, from 0.

    Of a run of several repetitions, or else of several calls at once, it has the curves over them
    instead, at every size. It has the colours of light pages, and a style that turns them dark
    where the reader's are, which browsers heed for a picture in an `img` too. Raises UsageError
    without a run.
    """
    run = document.drawn_run("svg")
    compared = marks.groups(run, document.sort)
    first = marks.first_shown(compared)
    calls = compared[first] if compared else []
    title = title_of_group(calls) if calls else "Nothing was compared."
    warnings = [*_warnings(run, calls)]
    every = marks.calls(run, compared)
    picture: Picture
    found = next(filter(None, (curves.curves(every, [axis]) for axis in axes.AXES)), [])
    if found:
        axis = found[0].axis
        shown = [mark for mark in every if mark[axis.size_field] is not None]
        places = [place for curve in found for place in curve.places]
        title = TITLES[axis].format(min(places), max(places))
        picture = _curves(run, shown, found)
    else:
        shown = [mark for mark in every if mark["payroll"] == first]
        picture = _bars(run, shown)
    picture = picture.properties(title=_title(title, warnings, picture))
    spec = parts.specification(picture, first)
    spec["config"] = {**spec["config"], "background": PAPER, "padding": PADDING, "title": TITLE}
    spec.setdefault("datasets", {})["calls"] = shown
    start, _, rest = vega.to_svg(spec).partition(">")
    text = escape(" ".join([title, *_answer(run, calls), *warnings]))
    style = f"@media (prefers-color-scheme: dark) {{\n{dark_rules()}\n}}"
    return f'{start} role="img"><title>{text}</title>\n<style>\n{style}\n</style>\n{rest}'


def _warnings(run: Run, calls: Sequence[Summary]) -> Iterator[str]:
    yield from filter(None, [cut_short(run)])
    yield from (f"{call.name}: {call.error}" for call in calls if call.error)


def _answer(run: Run, calls: Sequence[Summary]) -> Iterator[str]:
    """Yield the answer in sentences, for those who do not see the charts."""
    for block in answer.blocks(run.header, calls) if calls else ():
        if isinstance(block, Pairs):
            yield from (f"{term} {text}." for term, text in block.pairs)
        elif isinstance(block, Text):
            yield block.text


def _bars(run: Run, shown: list[Mark]) -> Picture:
    """Return the memory and the time of the calls, side by side."""
    basis = marks.basis(run)
    look = styles((mark["strategy"] for mark in shown), run.header.reference, run.header.yardsticks)
    with_memory = [mark["strategy"] for mark in shown if mark["peak"] is not None]
    drawn: list[alt.LayerChart | alt.Chart] = []
    if with_memory:
        below = "solid: retained; pale: peak" if basis.holds else "peak"
        heading = _heading("Memory", basis.memory, below)
        drawn.append(charts.memory(basis, look).properties(width=MEMORY_WIDTH, title=heading))
    if any(mark["time"] is not None for mark in shown):
        heading = _heading("Time", basis.time, "solid: work; pale: garbage collector")
        time = charts.time(basis, look, with_memory)
        drawn.append(time.properties(width=TIME_WIDTH, title=heading))
    if not drawn:
        drawn.append(alt.Chart(alt.InlineData([{}])).mark_point(opacity=0))
    return alt.hconcat(*drawn, spacing=28)


def _curves(run: Run, shown: list[Mark], found: list[Curve]) -> Picture:
    """Return what is retained above the peak, at each size side by side; one legend for all."""
    basis = marks.basis(run)
    drawn = [mark["strategy"] for mark in shown if not mark["is_yardstick"]]
    look = styles(drawn, run.header.reference, run.header.yardsticks)
    rows = []
    width = CURVE_WIDTH if len({curve.size for curve in found}) > 1 else MEMORY_WIDTH
    for field in dict.fromkeys(curve.field for curve in found):
        charts_of_field = [
            curves.over_axis(curve, curves.title_of(field, basis), look, legend=True).properties(
                width=width, title=f"{HEADINGS.get(field, field.capitalize())}{_size(curve)}"
            )
            for curve in found
            if curve.field == field
        ]
        rows.append(alt.hconcat(*charts_of_field, spacing=28))
    return alt.vconcat(*rows, spacing=20)


def _size(curve: Curve) -> str:
    return f", {counted(curve.size, 'entry')}" if curve.size else ""


def _title(title: str, warnings: list[str], picture: Picture) -> alt.TitleParams:
    """Return the title of the whole, as wide as what is below it."""
    rows = getattr(picture, "vconcat", None) or [picture]
    width = WRAP_AT * len(rows[0].hconcat)
    subtitle = [line for text in warnings for line in wrap(text, width)]
    return alt.TitleParams(wrap(title, width), subtitle=subtitle, fontSize=14)


def _heading(what: str, unit: str, below: str) -> alt.TitleParams:
    dashed = " (dashed line)" if marks.is_ratio(unit) else ""
    return alt.TitleParams(f"{what}, {unit}{dashed}", subtitle=below)
