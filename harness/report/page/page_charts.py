"""The charts of a run's page: those that its marks can fill, each with its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.model.cell import FLOOR
from harness.model.metrics import METRICS
from harness.report import axes
from harness.report.charts import charts, curves, marks
from harness.report.charts.layer_marks import layers
from harness.report.charts.palette import LAYERS, MEASURES
from harness.report.charts.served_marks import served
from harness.report.explanation import explained
from harness.report.format import counted
from harness.report.notes import COUNTED
from harness.report.page import curve_charts
from harness.report.page.chart import Chart
from harness.report.stack import collectors_process

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.model.run import Run
    from harness.report.charts.marks import Basis, Group, Mark
    from harness.report.charts.palette import Style

MOMENTS = {"peak": "What is the peak made of?", "retained": "What is retained made of?"}


def datasets(run: Run, compared: list[Group]) -> dict[str, list[Mark]]:
    """Return the marks that the charts draw, by the name of the data set."""
    return {
        "calls": marks.calls(run, compared),
        "repeats": marks.repeats(run, compared),
        "layers": layers(run)[0],
        "served": served(run, compared),
    }


def page_charts(
    run: Run, styles: Mapping[str, Style], data: Mapping[str, list[Mark]]
) -> list[Chart]:
    """Return the charts that have something to draw."""
    basis = marks.basis(run)
    found = [
        _memory(basis, styles),
        *_explained(run),
        _time(run, basis, styles),
        _trade_offs(basis, styles),
        *_grown(basis, styles, data["calls"]),
        *curve_charts.over(axes.REPETITION, basis, styles, data["calls"]),
        _spread(run),
        *curve_charts.over(axes.AT_ONCE, basis, styles, data["calls"]),
        *curve_charts.served(styles),
    ]
    return [chart for chart in found if chart.is_drawn(data)]


def _memory(basis: Basis, styles: Mapping[str, Style]) -> Chart:
    base = (
        f"Ratios to the {FLOOR}: the same payroll as plain objects, no database (dashed line at 1)."
        if marks.is_ratio(basis.memory)
        else f"In MB (10^6 bytes), since the {FLOOR} was not measured."
    )
    keys = (("solid", "retained after the call"), ("pale", "peak: the most during the call"))
    return Chart(
        "memory",
        "How much memory?",
        f"{base} Counted are {COUNTED[basis.peak]}. Linear, from 0.",
        charts.memory(basis, styles),
        "calls",
        ("peak",),
        keys if basis.holds else keys[1:],
    )


def _time(run: Run, basis: Basis, styles: Mapping[str, Style]) -> Chart:
    base = (
        f"Ratios to {basis.reference}'s wall time (dashed line at 1)."
        if marks.is_ratio(basis.time)
        else f"In microseconds an {basis.item}, since {basis.reference} was not timed."
    )
    return Chart(
        "time",
        "How long, and how much of it in the garbage collector?",
        f"{base} Medians; thin line: the quartiles. Linear, from 0. {collectors_process(run)}",
        charts.time(basis, styles),
        "calls",
        ("time",),
        (("solid", "work"), ("pale", "garbage collector")),
    )


def _trade_offs(basis: Basis, styles: Mapping[str, Style]) -> Chart:
    return Chart(
        "map",
        "What is the trade-off?",
        f"Memory: {basis.memory}; time: {basis.time}; both logarithmic. Ringed: the Pareto front, "
        "which nothing shown is both smaller and faster than; the filter draws it anew.",
        charts.trade_offs(basis, styles),
        "calls",
        ("peak", "time"),
    )


def _spread(run: Run) -> Chart:
    titles = [METRICS[key].title for key in marks.repeated(run)]
    return Chart(
        "spread",
        "How well do the repeats agree?",
        "Each point is one measurement in a fresh process; ratios to the median of the strategy's "
        "repeats. Where points lie on each other, they repeat.",
        charts.spread(titles),
        "repeats",
        ("off",),
        tuple(zip(MEASURES, titles, strict=False)),
    )


def _explained(run: Run) -> Iterator[Chart]:
    found, unit = layers(run)
    sizes = sorted({(one.items, one.item) for one in explained(run)})
    recorded = " and ".join(counted(size, item) for size, item in sizes)
    base = (
        f"Ratios to the {FLOOR}'s peak of all allocations, at the same payroll."
        if marks.is_ratio(unit)
        else f"In {unit}: the {FLOOR} was not measured in this run."
    )
    present = {mark["layer"] for mark in found if mark["size"]}
    for moment, title in MOMENTS.items():
        yield Chart(
            moment,
            title,
            f"{base} From a recording of every allocation at {recorded}.",
            charts.layers(moment, unit),
            "layers",
            ("size",),
            tuple((colour, layer) for layer, colour in LAYERS.items() if layer in present),
            paired=True,
        )


def _grown(basis: Basis, styles: Mapping[str, Style], calls: list[Mark]) -> Iterator[Chart]:
    for field, what, unit in (("peak", "peak", basis.memory), ("time", "wall time", basis.time)):
        sizes = {call["entries"] for call in calls if call["grows"] and call[field] is not None}
        if len(sizes) > 1:
            drawing = curves.growth(field, f"{what}, {unit}", sorted(sizes), styles)
            yield Chart(
                f"growth-{field}",
                f"How does the {field} grow?",
                f"{what.capitalize()}, {unit}; both axes logarithmic. {_level(unit)}",
                drawing,
                "calls",
                (field,),
                paired=True,
                every_payroll=True,
            )


def _level(unit: str) -> str:
    """Return what a level line means."""
    if unit == "MB":
        return "A level line: the same memory at any size."
    if not marks.is_ratio(unit):
        return "A level line: in proportion to the payroll."
    return f"Ratios to {unit.removeprefix('x ')} at the same size: a level line grows as it does."
