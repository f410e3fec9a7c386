"""The charts of a run, as Vega-Lite specifications without their data.

Each draws from the named data sets of `_figures` and obeys two parameters: `payroll`, the place
of the payroll that is shown, and `hidden`, the names of the strategies that are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from harness.report.reports import _chart_parts as parts
from harness.report.reports._palette import FRONT, INK, LAYERS, MEASURES, PALE, PAPER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.report.reports._figures import Basis
    from harness.report.reports._palette import Look


def memory(based: Basis, looks: Mapping[str, Look]) -> alt.LayerChart:
    """Draw the peak as a pale bar and the delta as a solid one, from 0, with the floor's line."""
    base = parts.of_rows("datum.peak !== null")
    unit = f"{'peak and delta' if based.holds else 'peak'}, {based.memory}"
    y = parts.strategies()
    tooltip = [
        alt.Tooltip("strategy:N"),
        alt.Tooltip("label:N", title="is"),
        alt.Tooltip("peak:Q", title=f"peak, {based.memory}", format=",.2f"),
        alt.Tooltip("delta:Q", title=f"delta, {based.memory}", format=",.2f"),
        alt.Tooltip("peak_mb:Q", title="peak, MB", format=",.1f"),
        alt.Tooltip("delta_mb:Q", title="delta, MB", format=",.1f"),
        alt.Tooltip("memory_lines:N", title="median of lines"),
    ]
    colour, outline = parts.by_colour(looks), parts.outlined(looks)
    peak = base.mark_bar(height={"band": 0.72}, fillOpacity=PALE, strokeWidth=1).encode(
        alt.X("peak:Q", axis=parts.axis(unit), stack=None), y, colour, outline, tooltip=tooltip
    )
    delta = base.mark_bar(height={"band": 0.36}, stroke=PAPER, strokeWidth=1).encode(
        alt.X("delta:Q", stack=None), y, colour, tooltip=tooltip
    )
    layers = [peak, delta, parts.at_the_end(base, "peak_said", y)]
    return parts.layered([*layers, *(parts.line_at_one() if parts.is_ratio(based.memory) else ())])


def time(
    based: Basis, looks: Mapping[str, Look], beside: Sequence[str] | None = None
) -> alt.LayerChart:
    """Draw the time without the garbage collector as a solid bar, the collector's behind it.

    `beside` are the strategies of the chart that this one stands to the right of.
    """
    base = parts.of_rows("datum.time !== null")
    unit = f"wall time, {based.time}"
    y = parts.strategies(beside)
    tooltip = [
        alt.Tooltip("strategy:N"),
        alt.Tooltip("time:Q", title=f"wall time, {based.time}", format=",.3f"),
        alt.Tooltip("time_low:Q", title="lower quartile", format=",.3f"),
        alt.Tooltip("time_high:Q", title="upper quartile", format=",.3f"),
        alt.Tooltip("time_us:Q", title="µs an entry", format=",.1f"),
        alt.Tooltip("gc_share:Q", title="in the garbage collector", format=".0%"),
        alt.Tooltip("time_lines:N", title="median of lines"),
    ]
    colour, outline = parts.by_colour(looks), parts.outlined(looks)
    collecting = base.mark_bar(height={"band": 0.6}, fillOpacity=PALE, strokeWidth=1).encode(
        alt.X("work:Q", axis=parts.axis(unit)), y, colour, outline, x2="time:Q", tooltip=tooltip
    )
    work = base.mark_bar(height={"band": 0.6}, stroke=PAPER, strokeWidth=1).encode(
        alt.X("work:Q", stack=None), y, colour, tooltip=tooltip
    )
    quartiles = base.mark_rule(color=INK, strokeWidth=1.5).encode(
        alt.X("time_low:Q"), y, x2="time_high:Q", tooltip=tooltip
    )
    layers = [collecting, work, quartiles, parts.at_the_end(base, "time_said", y)]
    return parts.layered([*layers, *(parts.line_at_one() if parts.is_ratio(based.time) else ())])


def by_layer(moment: str, unit: str) -> alt.LayerChart:
    """Draw what each layer holds at the moment, stacked, a bar for each strategy with its sum."""
    ratio = parts.is_ratio(unit)
    base = (
        alt.Chart(alt.NamedData("layers"))
        .transform_filter(parts.SHOWN)
        .transform_filter(alt.datum.moment == moment)
    )
    ascending = alt.EncodingSortField("size", op="sum", order="ascending")
    y = alt.Y("strategy:N", title=None, sort=ascending, axis=alt.Axis(ticks=False))
    title = f"{moment}, {unit}" + ("'s peak" if ratio else "")
    tooltip = [
        alt.Tooltip("strategy:N"),
        alt.Tooltip("layer:N"),
        alt.Tooltip("sum(size):Q", title=unit, format=",.2f"),
        alt.Tooltip("sum(bytes_per_entry):Q", title="bytes an entry", format=",.0f"),
    ]
    scale = alt.Scale(domain=list(LAYERS), range=list(LAYERS.values()))
    bars = base.mark_bar(stroke=PAPER, strokeWidth=1, height={"band": 0.8}).encode(
        alt.X("sum(size):Q", axis=parts.axis(title, tickCount=4)),
        y,
        alt.Color("layer:N", legend=None, scale=scale),
        alt.Order("place:Q"),
        tooltip=tooltip,
    )
    sums = base.mark_text(align="left", dx=4).encode(
        alt.X("sum(size):Q", stack=None),
        y,
        alt.Text("sum(size):Q", format=",.2f" if ratio else ",.0f"),
    )
    return parts.layered([bars, sums])


def trade_offs(based: Basis, looks: Mapping[str, Look]) -> alt.LayerChart:
    """Draw memory against time, both logarithmic, and the Pareto front of what is shown."""
    base = (
        parts.of_rows("datum.peak > 0 && datum.time > 0")
        .transform_filter("!datum.baseline")
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
    x = alt.X(
        "peak:Q",
        scale=alt.Scale(type="log", nice=False, padding=24),
        axis=parts.axis(f"peak, {based.memory} (logarithmic): less is better", values=parts.ROUND),
    )
    y = alt.Y(
        "time:Q",
        scale=alt.Scale(type="log", nice=False, padding=24),
        axis=parts.axis(
            f"wall time, {based.time} (logarithmic): less is better", values=parts.ROUND
        ),
    )
    shape, colour = parts.by_shape(looks), parts.by_colour(looks)
    tooltip = [
        alt.Tooltip("strategy:N"),
        alt.Tooltip("peak:Q", title=f"peak, {based.memory}", format=",.2f"),
        alt.Tooltip("time:Q", title=f"wall time, {based.time}", format=",.3f"),
        alt.Tooltip("is_front:N", title="Pareto front"),
        alt.Tooltip("memory_lines:N", title="peak: median of lines"),
        alt.Tooltip("time_lines:N", title="time: median of lines"),
    ]
    on_front = base.transform_filter("datum.front")
    line = on_front.mark_line(
        color=FRONT, interpolate="step-after", strokeWidth=2, strokeDash=[5, 4]
    ).encode(x, y)
    ring = on_front.mark_point(size=420, color=FRONT, filled=False, strokeWidth=2).encode(x, y)
    points = base.mark_point(filled=True, size=110, opacity=1).encode(
        x, y, colour, shape, tooltip=tooltip
    )
    names = base.mark_text(dy=-12).encode(x, y, text="strategy:N")
    layers = [line, ring, points.properties(name="points"), names.properties(name="names")]
    return parts.layered(layers).properties(height=430)


def growth(
    figure: str, title: str, sizes: Sequence[int], looks: Mapping[str, Look]
) -> alt.LayerChart:
    """Draw a figure over the sizes measured, a line for each strategy."""
    base = (
        alt.Chart(alt.NamedData("rows"))
        .transform_filter(parts.SHOWN)
        .transform_filter(f"datum.{figure} > 0")
    )
    x = alt.X(
        "entries:Q",
        scale=alt.Scale(type="log", nice=False, padding=14),
        axis=parts.axis("entries of the payroll (logarithmic)", values=sizes, format=","),
    )
    y = alt.Y(
        f"{figure}:Q",
        scale=alt.Scale(type="log", nice=False, padding=14),
        axis=parts.axis(title, values=parts.ROUND),
    )
    colour, shape = parts.by_colour(looks), parts.by_shape(looks)
    tooltip = [
        alt.Tooltip("strategy:N"),
        alt.Tooltip("entries:Q", format=","),
        alt.Tooltip(f"{figure}:Q", title=title, format=",.3f"),
    ]
    line = base.mark_line(strokeWidth=2).encode(x, y, colour, parts.by_dash(looks))
    points = base.mark_point(filled=True, size=60, opacity=1).encode(
        x, y, colour, shape, tooltip=tooltip
    )
    last = base.transform_joinaggregate(most="max(entries)", groupby=["strategy"]).transform_filter(
        "datum.entries === datum.most"
    )
    ends = last.mark_point(filled=True, size=60, opacity=1).encode(x, y, colour, shape)
    names = last.mark_text(align="left", dx=8).encode(x, y, text="strategy:N")
    layers = [line, points, ends.properties(name="points"), names.properties(name="column")]
    return parts.layered(layers).properties(height=360)


def spread() -> alt.Chart:
    """Draw each repeat as a point: by how much it is off the median of its repeats."""
    kinds = ["peak", "RSS peak", "wall time"]
    chart: alt.Chart = (
        alt.Chart(alt.NamedData("repeats"), height={"step": parts.ROW_HEIGHT, "for": "position"})
        .transform_filter(parts.OF_PAYROLL)
        .transform_filter(parts.SHOWN)
        .mark_point(filled=True, opacity=1, size=44, stroke=PAPER, strokeWidth=0.5)
        .encode(
            alt.X(
                "off:Q",
                scale=alt.Scale(padding=8),
                axis=parts.axis(
                    "off the median of the repeats",
                    format="+%",
                    labelExpr="datum.value ? datum.label : '0%'",
                ),
            ),
            parts.strategies(),
            alt.YOffset("figure:N", scale=alt.Scale(domain=kinds)),
            alt.Color("figure:N", legend=None, scale=alt.Scale(domain=kinds, range=list(MEASURES))),
            alt.Shape(
                "figure:N",
                legend=None,
                scale=alt.Scale(domain=kinds, range=["circle", "square", "diamond"]),
            ),
            tooltip=[
                alt.Tooltip("strategy:N"),
                alt.Tooltip("figure:N"),
                alt.Tooltip("off:Q", title="off its median", format="+.2%"),
                alt.Tooltip("line:Q", title="line"),
            ],
        )
    )
    return chart
