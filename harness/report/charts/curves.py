"""Curves: a figure of every strategy over the sizes of a payroll, and over how values repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import altair as alt

from harness.report.charts import parts
from harness.report.charts.palette import INK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.report.charts.marks import Mark
    from harness.report.charts.palette import Style

FIELDS = ("retained", "peak")
"""What is drawn over the repetition, in this order."""
LEGEND_COLUMNS = 4
STEPS = [digit * 10.0**power for power in range(-3, 6) for digit in (1, 1.5, 2, 3, 4, 5, 7)]
"""Where the axis of a curve has its lines: curves differ by less than the sizes of a payroll do."""


class Curve(NamedTuple):
    """A figure over the repetitions that payrolls of one size were measured at.

    `domain` is from the smallest to the largest figure at any size, so that curves compare.
    """

    field: str
    size: int
    repetitions: tuple[int, ...]
    domain: tuple[float, float]


def curves(calls: Sequence[Mark]) -> list[Curve]:
    """Return a curve for each field and each size that has several repetitions."""
    found = []
    for field in FIELDS:
        drawn = [
            mark
            for mark in calls
            if mark["curve"] and not mark["is_yardstick"] and (mark[field] or 0) > 0
        ]
        figures = [mark[field] for mark in drawn]
        for size in sorted({mark["curve"] for mark in drawn}):
            repetitions = {mark["repetition"] for mark in drawn if mark["curve"] == size}
            if len(repetitions) > 1:
                domain = (min(figures), max(figures))
                found.append(Curve(field, size, tuple(sorted(repetitions)), domain))
    return found


def growth(
    field: str, title: str, sizes: Sequence[int], styles: Mapping[str, Style]
) -> alt.LayerChart:
    """Draw a field of the calls over the sizes measured, a line for each strategy."""
    base = parts.of_calls(f"datum.grows && datum.{field} > 0", every_payroll=True)
    x = alt.X(
        "entries:Q",
        scale=parts.logarithmic(14),
        axis=parts.axis("entries of the payroll (logarithmic)", values=sizes, format=","),
    )
    y = alt.Y(f"{field}:Q", scale=parts.logarithmic(14), axis=parts.axis(title, values=parts.ROUND))
    tooltip = parts.tooltip(("entries:Q", "entries", ","), (f"{field}:Q", title, ",.3f"))
    layers = _lines(base, x, y, styles, tooltip)
    return parts.layered([*layers, *_names(base, "entries", x, y, styles)]).properties(height=360)


def over_repetition(
    curve: Curve, unit: str, styles: Mapping[str, Style], *, legend: bool = False
) -> alt.LayerChart:
    """Draw a curve, with the strategies' names beside it or in a legend; ratios, with a line at 1.

    Strategies that share values lie low while values repeat and rise as they do less.
    """
    base = parts.of_calls(
        f"datum.curve === {curve.size} && datum.{curve.field} > 0 && !datum.is_yardstick",
        every_payroll=True,
    )
    title = f"{curve.field}, {unit}"
    across = parts.axis(
        "pools of values, times larger (logarithmic)", values=curve.repetitions, format=","
    )
    x = alt.X("repetition:Q", scale=parts.logarithmic(14), axis=across)
    low, high = curve.domain
    scale = alt.Scale(type="log", nice=False, domain=[low * 0.9, high * 1.1])
    y = alt.Y(f"{curve.field}:Q", scale=scale, axis=parts.axis(title, values=STEPS))
    tooltip = parts.tooltip(
        ("repetition:Q", "pools, times larger", ","), (f"{curve.field}:Q", title, ",.3f")
    )
    layers = _lines(base, x, y, styles, tooltip, legend=legend)
    if parts.is_ratio(unit) and low < 1 < high:
        layers = [_level_at_one(), *layers]
    if not legend:
        layers += _names(base, "repetition", x, y, styles)
    return parts.layered(layers).properties(height=240 if legend else 360)


def _lines(
    base: alt.Chart,
    x: alt.X,
    y: alt.Y,
    styles: Mapping[str, Style],
    tooltip: list[alt.Tooltip],
    *,
    legend: bool = False,
) -> list[alt.Chart]:
    key = alt.Legend(title=None, orient="bottom", columns=LEGEND_COLUMNS) if legend else None
    colour, shape, dash = (part(styles, key) for part in (parts.colour, parts.shape, parts.dash))
    line = base.mark_line(strokeWidth=2).encode(x, y, colour, dash)
    points = base.mark_point(filled=True, size=60, opacity=1).encode(
        x, y, colour, shape, tooltip=tooltip
    )
    return [line, points]


def _names(
    base: alt.Chart, field: str, x: alt.X, y: alt.Y, styles: Mapping[str, Style]
) -> list[alt.Chart]:
    """Return the marks of the largest value of the field, and the names beside them."""
    last = base.transform_joinaggregate(most=f"max({field})", groupby=["strategy"])
    last = last.transform_filter(f"datum.{field} === datum.most")
    ends = last.mark_point(filled=True, size=60, opacity=1)
    ends = ends.encode(x, y, parts.colour(styles), parts.shape(styles))
    names = last.mark_text(align="left", dx=8).encode(x, y, text="strategy:N")
    return [ends.properties(name="points"), names.properties(name="column")]


def _level_at_one() -> alt.Chart:
    at_one = alt.Chart(alt.InlineData([{"one": 1}]))
    chart: alt.Chart = at_one.mark_rule(color=INK, strokeDash=[4, 3], strokeWidth=1.5).encode(
        y="one:Q"
    )
    return chart
