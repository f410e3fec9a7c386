"""The charts of a run, as Vega-Lite specifications without their data.

They draw the named data sets of `marks`, `layer_marks` and `served_marks` and obey parameters:
`payroll`, the place of the payroll that is shown; `hidden`, the names of the strategies that are
not; `container` and `base`, in MB, what the reader sets of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from harness.report.charts import parts
from harness.report.charts.marks import is_ratio
from harness.report.charts.palette import FRONT, INK, LAYERS, MEASURES, PALE, PAPER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.report.charts.marks import Basis
    from harness.report.charts.palette import Style

SHAPES = ("circle", "square", "diamond")
"""The shapes of metrics that one chart shows, beside MEASURES."""


def memory(basis: Basis, styles: Mapping[str, Style]) -> alt.LayerChart:
    """Draw the peak as a pale bar and what is retained as a solid one, from 0."""
    base = parts.of_calls("datum.peak !== null")
    y = parts.strategies()
    tooltip = parts.tooltip(
        ("label:N", "is", ""),
        ("peak:Q", f"peak, {basis.memory}", ",.2f"),
        ("retained:Q", f"retained, {basis.memory}", ",.2f"),
        ("peak_mb:Q", "peak, MB", ",.1f"),
        ("retained_mb:Q", "retained, MB", ",.1f"),
        ("memory_lines:N", "median of lines", ""),
    )
    axis = parts.axis(f"{'peak and retained' if basis.holds else 'peak'}, {basis.memory}")
    colour, outline = parts.colour(styles), parts.outline(styles)
    peak = base.mark_bar(height={"band": 0.72}, fillOpacity=PALE, strokeWidth=1).encode(
        alt.X("peak:Q", axis=axis, stack=None), y, colour, outline, tooltip=tooltip
    )
    retained = base.mark_bar(height={"band": 0.36}, stroke=PAPER, strokeWidth=1).encode(
        alt.X("retained:Q", stack=None), y, colour, tooltip=tooltip
    )
    return parts.layered([peak, retained, parts.at_the_end(base, "peak_text", y)], basis.memory)


def time(
    basis: Basis, styles: Mapping[str, Style], beside: Sequence[str] | None = None
) -> alt.LayerChart:
    """Draw the time without the garbage collector as a solid bar, the collector's behind it.

    `beside` are the strategies of the chart that this one stands to the right of.
    """
    base = parts.of_calls("datum.time !== null")
    y = parts.strategies(beside)
    tooltip = parts.tooltip(
        ("time:Q", f"wall time, {basis.time}", ",.3f"),
        ("time_low:Q", "lower quartile", ",.3f"),
        ("time_high:Q", "upper quartile", ",.3f"),
        ("time_us:Q", f"µs an {basis.item}", ",.1f"),
        ("gc_share:Q", "in the garbage collector", ".0%"),
        ("time_lines:N", "median of lines", ""),
    )
    axis = parts.axis(f"wall time, {basis.time}")
    colour, outline = parts.colour(styles), parts.outline(styles)
    collector = base.mark_bar(height={"band": 0.6}, fillOpacity=PALE, strokeWidth=1).encode(
        alt.X("work:Q", axis=axis), y, colour, outline, x2="time:Q", tooltip=tooltip
    )
    work = base.mark_bar(height={"band": 0.6}, stroke=PAPER, strokeWidth=1).encode(
        alt.X("work:Q", stack=None), y, colour, tooltip=tooltip
    )
    quartiles = base.mark_rule(color=INK, strokeWidth=1.5).encode(
        alt.X("time_low:Q"), y, x2="time_high:Q", tooltip=tooltip
    )
    texts = parts.at_the_end(base, "time_text", y)
    return parts.layered([collector, work, quartiles, texts], basis.time)


def trade_offs(basis: Basis, styles: Mapping[str, Style]) -> alt.LayerChart:
    """Draw memory against time, both logarithmic, and the Pareto front of what is shown."""
    base = (
        parts.of_calls("datum.peak > 0 && datum.time > 0")
        .transform_filter("!datum.is_yardstick")
        .transform_window(
            sort=[alt.SortField("peak"), alt.SortField("time")],
            frame=[None, 0],
            best="min(time)",
        )
        .transform_calculate(
            front="datum.time === datum.best",
            is_front="datum.front ? 'nothing is both smaller and faster' : 'beaten'",
        )
    )
    titles = (
        f"{what} (logarithmic): less is better"
        for what in (f"peak, {basis.memory}", f"wall time, {basis.time}")
    )
    across, up = (parts.axis(title, values=parts.ROUND) for title in titles)
    x = alt.X("peak:Q", scale=parts.logarithmic(24), axis=across)
    y = alt.Y("time:Q", scale=parts.logarithmic(24), axis=up)
    tooltip = parts.tooltip(
        ("peak:Q", f"peak, {basis.memory}", ",.2f"),
        ("time:Q", f"wall time, {basis.time}", ",.3f"),
        ("is_front:N", "Pareto front", ""),
        ("memory_lines:N", "peak: median of lines", ""),
        ("time_lines:N", "time: median of lines", ""),
    )
    on_front = base.transform_filter("datum.front")
    line = on_front.mark_line(
        color=FRONT, interpolate="step-after", strokeWidth=2, strokeDash=[5, 4]
    ).encode(x, y)
    ring = on_front.mark_point(size=420, color=FRONT, filled=False, strokeWidth=2).encode(x, y)
    points = base.mark_point(filled=True, size=110, opacity=1).encode(
        x, y, parts.colour(styles), parts.shape(styles), tooltip=tooltip
    )
    names = base.mark_text(dy=-12).encode(x, y, text="strategy:N")
    layers = [line, ring, points.properties(name="points"), names.properties(name="names")]
    return parts.layered(layers).properties(height=430)


def layers(moment: str, unit: str) -> alt.LayerChart:
    """Draw what each layer holds at the moment, stacked, a bar for each strategy with its sum."""
    is_to_floor = is_ratio(unit)
    base = (
        alt.Chart(alt.NamedData("layers"))
        .transform_filter(parts.SHOWN)
        .transform_filter(alt.datum.moment == moment)
    )
    ascending = alt.EncodingSortField("size", op="sum", order="ascending")
    y = alt.Y("strategy:N", title=None, sort=ascending, axis=alt.Axis(ticks=False))
    axis = parts.axis(f"{moment}, {unit}" + ("'s peak" if is_to_floor else ""), tickCount=4)
    tooltip = parts.tooltip(
        ("layer:N", "layer", ""),
        ("sum(size):Q", unit, ",.2f"),
        ("sum(bytes_per_item):Q", "bytes an item", ",.0f"),
    )
    scale = alt.Scale(domain=list(LAYERS), range=list(LAYERS.values()))
    bars = base.mark_bar(stroke=PAPER, strokeWidth=1, height={"band": 0.8}).encode(
        alt.X("sum(size):Q", axis=axis),
        y,
        alt.Color("layer:N", legend=None, scale=scale),
        alt.Order("place:Q"),
        tooltip=tooltip,
    )
    text = alt.Text("sum(size):Q", format=",.2f" if is_to_floor else ",.0f")
    sums = base.mark_text(align="left", dx=4).encode(alt.X("sum(size):Q", stack=None), y, text)
    return parts.layered([bars, sums]).properties(height={"step": parts.ROW_HEIGHT})


def spread(metrics: Sequence[str]) -> alt.Chart:
    """Draw each repeat of the metrics, by title, as a point: how much it is off its median."""
    axis = parts.axis(
        "off the median of the repeats",
        format="+%",
        labelExpr="datum.value ? datum.label : '0%'",
    )
    names = list(metrics)
    colours = alt.Scale(domain=names, range=list(MEASURES))
    shapes = alt.Scale(domain=names, range=list(SHAPES))
    base = alt.Chart(alt.NamedData("repeats"), height={"step": parts.ROW_HEIGHT, "for": "position"})
    chart: alt.Chart = (
        base.transform_filter(parts.OF_PAYROLL)
        .transform_filter(parts.SHOWN)
        .mark_point(filled=True, opacity=1, size=44, stroke=PAPER, strokeWidth=0.5)
        .encode(
            alt.X("off:Q", scale=alt.Scale(padding=8), axis=axis),
            parts.strategies(),
            alt.YOffset("metric:N", scale=alt.Scale(domain=names)),
            alt.Color("metric:N", legend=None, scale=colours),
            alt.Shape("metric:N", legend=None, scale=shapes),
            tooltip=parts.tooltip(
                ("metric:N", "metric", ""),
                ("off:Q", "off its median", "+.2%"),
                ("line:Q", "line", ""),
            ),
        )
    )
    return chart
