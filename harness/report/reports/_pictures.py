"""The pictures of a run's page: those that its figures can fill, each with its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import altair as alt

from harness.report.reports import _chart_parts as parts
from harness.report.reports import _charts as charts
from harness.report.reports import _drawn_layers as drawn_layers
from harness.report.reports import _figures as figures
from harness.report.reports import _layers as layers
from harness.report.reports import _vega
from harness.report.reports._palette import LAYERS, MEASURES, looks
from harness.report.words import many_of
from harness.runner.plan import FLOOR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model.run import Run
    from harness.report.reports._content import Options


class Picture(NamedTuple):
    """A picture: what it asks and says, and what it draws.

    `fields` are those of `dataset` without which there is nothing to draw; `keys` are (colour,
    meaning); `alike` pictures stand side by side where there is room.
    """

    name: str
    title: str
    caption: str
    spec: parts.Spec
    dataset: str
    fields: tuple[str, ...]
    keys: tuple[tuple[str, str], ...] = ()
    alike: bool = False


def datasets(run: Run, options: Options) -> dict[str, list[figures.Figure]]:
    """Give the figures that the pictures draw, by the name of the data set."""
    return {
        "rows": figures.comparison(run, options),
        "repeats": figures.repeats(run, options),
        "layers": drawn_layers.explanation(run)[0],
    }


def pictures(run: Run, data: dict[str, list[figures.Figure]], first: int) -> Iterator[Picture]:
    """Give the pictures that have something to draw; `first` is the payroll to begin with."""
    compared = [*_compared(run, first), *_repeated(first)]
    made = [*compared, *_explained(run, first), *_grown(run, data, first)]
    order = ("memory", "peak", "retained", "time", "map", "growth-peak", "growth-time", "spread")
    for each in sorted(made, key=lambda each: order.index(each.name)):
        drawn = data[each.dataset]
        if any(all(one.get(field) is not None for field in each.fields) for one in drawn):
            yield each


def _compared(run: Run, first: int) -> Iterator[Picture]:
    based, look = figures.basis(run), looks(_names(run), run.header.reference)
    to_floor = (
        f"Ratios to the {FLOOR}: the same payroll as plain objects, no database (dashed line at 1)."
        if based.memory != "MB"
        else f"In MB (10^6 bytes), since the {FLOOR} was not measured."
    )
    to_reference = (
        f"Ratios to {based.reference}'s wall time (dashed line at 1)."
        if based.time.startswith("x ")
        else f"In microseconds an {based.item}, since {based.reference} was not timed."
    )
    keys = ("solid", "delta: retained after the call"), ("pale", "peak: the most during the call")
    yield Picture(
        "memory",
        "How much memory?",
        f"{to_floor} Counted are {based.counted}. Linear, from 0.",
        _sized(charts.memory(based, look), first),
        "rows",
        ("peak",),
        keys if based.holds else keys[1:],
    )
    yield Picture(
        "time",
        "How long, and how much of it in the garbage collector?",
        f"{to_reference} Medians; thin line: the quartiles. Linear, from 0.",
        _sized(charts.time(based, look), first),
        "rows",
        ("time",),
        (("solid", "work"), ("pale", "garbage collector")),
    )
    yield Picture(
        "map",
        "What is the trade-off?",
        f"Memory: {based.memory}; time: {based.time}; both logarithmic. Ringed: the Pareto front, "
        "which nothing shown is both smaller and faster than; the filter draws it anew.",
        _sized(charts.trade_offs(based, look), first),
        "rows",
        ("peak", "time"),
    )


def _repeated(first: int) -> Iterator[Picture]:
    yield Picture(
        "spread",
        "How well do the repeats agree?",
        "Each point is one measurement in a fresh process; ratios to the median of the strategy's "
        "own repeats. Where points lie on each other, they repeat.",
        _sized(charts.spread(), first),
        "repeats",
        ("off",),
        tuple(zip(MEASURES, ("peak", "RSS peak", "wall time"), strict=True)),
    )


def _explained(run: Run, first: int) -> Iterator[Picture]:
    found, unit = drawn_layers.explanation(run)
    titles = {"peak": "What is the peak made of?", "retained": "What is retained made of?"}
    payrolls = {(each.entries, each.item) for each in layers.explained(run)}
    sizes = " and ".join(f"{size:,} {many_of(size, item)}" for size, item in sorted(payrolls))
    base = (
        f"Ratios to the {FLOOR}'s peak of all allocations, at the same payroll."
        if unit.startswith("x ")
        else f"In {unit}: the {FLOOR} was not measured in this run."
    )
    present = {each["layer"] for each in found if each["size"]}
    for moment, title in titles.items():
        yield Picture(
            moment,
            title,
            f"{base} From a recording of every allocation at {sizes}.",
            _sized(charts.by_layer(moment, unit), first, height={"step": parts.ROW_HEIGHT}),
            "layers",
            ("size",),
            tuple((colour, layer) for layer, colour in LAYERS.items() if layer in present),
            alike=True,
        )


def _grown(run: Run, data: dict[str, list[figures.Figure]], first: int) -> Iterator[Picture]:
    based, look = figures.basis(run), looks(_names(run), run.header.reference)
    shown = (
        ("peak", f"peak, {based.memory}", "How does the peak grow?"),
        ("time", f"wall time, {based.time}", "How does the time grow?"),
    )
    for field, axis, title in shown:
        sized = [row for row in data["rows"] if row["entries"] and row[field] is not None]
        sizes = sorted({row["entries"] for row in sized})
        if len(sizes) > 1:
            yield Picture(
                f"growth-{field}",
                title,
                f"{axis[0].upper()}{axis[1:]}; both axes logarithmic. {_level(axis)}",
                _sized(charts.growth(field, axis, sizes, look), first),
                "rows",
                (field,),
                alike=True,
            )


def _level(axis: str) -> str:
    """Say what a level line means."""
    unit = axis.split(", ")[1]
    if unit == "MB":
        return "A level line: the same memory at any size."
    if not parts.is_ratio(unit):
        return "A level line: in proportion to the payroll."
    return f"Ratios to {unit.removeprefix('x ')} at the same size: a level line grows as it does."


def _sized(chart: alt.Chart | alt.LayerChart, first: int, **size: Any) -> parts.Spec:
    """Give the specification at the page's width, whatever that is."""
    autosize = {"type": "fit-x", "contains": "padding"}
    spec = parts.specification(chart, first, width="container", **size)
    return _vega.compiled({**spec, "autosize": autosize})


def _names(run: Run) -> set[str]:
    return {measurement.cell.strategy for measurement in run.measurements}
