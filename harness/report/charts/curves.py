"""Curves: a figure of every strategy as the payroll, its values or the calls at once change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import altair as alt

from harness.report.axes import AXES
from harness.report.charts import parts
from harness.report.charts.marks import is_ratio
from harness.report.charts.palette import FRONT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.report.axes import Axis
    from harness.report.charts.marks import Basis, Mark
    from harness.report.charts.palette import Style

LEGEND_COLUMNS = 4
STEPS = [digit * 10.0**power for power in range(-3, 6) for digit in (1, 1.5, 2, 3, 4, 5, 7)]
"""Where the axis of a curve has its lines: curves differ by less than the sizes of a payroll do."""
FARTHEST = 2.5
"""Times the highest figure of a curve up to which the line of a container is drawn with it."""
ON_THE_BASE = (
    "isValid(base) && isValid(datum.base_mb) "
    "? datum.together - datum.base_mb + base + datum.more_mb : datum.together"
)
"""What calls at once take up, on the base that is set or else on the measured one."""


class Curve(NamedTuple):
    """A field over those places of an axis that workloads of one size were measured at.

    The size is 0 of functions, whose calls have none. `domain` is from the smallest to the largest
    figure; of a logarithmic axis at any size, so that curves compare.
    """

    axis: Axis
    field: str
    size: int
    places: tuple[int, ...]
    domain: tuple[float, float]


def curves(calls: Sequence[Mark], axes: Sequence[Axis] = AXES) -> list[Curve]:
    """Return a curve for each axis, field and size that has several places on the axis."""
    found = []
    for axis in axes:
        for field in axis.fields:
            drawn = [
                mark
                for mark in calls
                if mark[axis.size_field] is not None
                and not mark["is_yardstick"]
                and (mark[field] or 0) > 0
            ]
            for size in sorted({mark[axis.size_field] for mark in drawn}):
                of_size = [mark for mark in drawn if mark[axis.size_field] == size]
                places = sorted({mark[axis.field] for mark in of_size})
                figures = [mark[field] for mark in (drawn if axis.is_logarithmic else of_size)]
                if len(places) > 1:
                    domain = (min(figures), max(figures))
                    found.append(Curve(axis, field, size, tuple(places), domain))
    return found


def title_of(field: str, basis: Basis) -> str:
    """Return what the field is, with its unit, for the axis of a curve."""
    named = {"together": basis.together, "throughput": "calls a second"}
    return named.get(field, f"{field}, {basis.memory}")


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


def over_axis(
    curve: Curve, title: str, styles: Mapping[str, Style], *, legend: bool = False
) -> alt.LayerChart:
    """Draw a curve, with the strategies' names beside it or in a legend.

    Ratios have a line at 1. What a container must hold has the line of the parameter `container`,
    and stands on the parameter `base`, both in MB, where they are set.
    """
    axis, field = curve.axis, curve.field
    base = parts.of_calls(
        f"datum.{axis.size_field} === {curve.size} && datum.{field} > 0 && !datum.is_yardstick",
        every_payroll=True,
    ).transform_calculate(level=ON_THE_BASE if field == "together" else f"datum.{field}")
    x, y = _scales(curve, title)
    tooltip = parts.tooltip((f"{axis.field}:Q", axis.label, ","), ("level:Q", title, ",.3f"))
    layers = _lines(base, x, y, styles, tooltip, legend=legend)
    low, high = curve.domain
    if is_ratio(title.rpartition(", ")[2]) and low < 1 < high:
        layers = [parts.line_at_one("y", "level"), *layers]
    if field == "together":
        layers = [*layers, *_container(high * FARTHEST)]
    if not legend:
        layers += _names(base, axis.field, x, y, styles)
    return parts.layered(layers).properties(height=240 if legend else 360)


def over_calls(field: str, title: str, styles: Mapping[str, Style]) -> alt.LayerChart:
    """Draw a field of the data set `served` over the calls of a worker, one after the other."""
    base = parts.of_marks("served", f"datum.{field} !== null")
    x = alt.X("call:Q", scale=alt.Scale(nice=False), axis=parts.axis("call", tickMinStep=1))
    y = alt.Y(f"{field}:Q", axis=parts.axis(title))
    tooltip = parts.tooltip(("call:Q", "call", ","), (f"{field}:Q", title, ",.1f"))
    line, points = _lines(base, x, y, styles, tooltip)
    layers = [line, points.encode(opacity=alt.value(0))]  # there for their tooltips
    return parts.layered([*layers, *_names(base, "call", x, y, styles)]).properties(height=360)


def _scales(curve: Curve, title: str) -> tuple[alt.X, alt.Y]:
    axis = curve.axis
    if not axis.is_logarithmic:
        across = parts.axis(axis.label, values=curve.places, format=",")
        scale = alt.Scale(zero=False, nice=False, padding=14)
        return alt.X(f"{axis.field}:Q", scale=scale, axis=across), alt.Y(
            "level:Q", scale=alt.Scale(zero=True), axis=parts.axis(title)
        )
    across = parts.axis(f"{axis.label} (logarithmic)", values=curve.places, format=",")
    low, high = curve.domain
    up = alt.Scale(type="log", nice=False, domain=[low * 0.9, high * 1.1])
    return alt.X(f"{axis.field}:Q", scale=parts.logarithmic(14), axis=across), alt.Y(
        "level:Q", scale=up, axis=parts.axis(title, values=STEPS)
    )


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


def _container(farthest: float) -> list[alt.Chart]:
    """Return the line of the container and its name, where it is set; beyond that, words alone.

    What is not to be seen is at 0, since a scale without data has no extent.
    """
    base = alt.Chart(alt.InlineData([{}])).transform_calculate(
        is_near=f"isValid(container) && container <= {farthest}",
        is_far=f"isValid(container) && container > {farthest}",
        level="datum.is_near ? container : 0",
    )
    near, far = (
        alt.condition(f"datum.{name}", alt.value(1), alt.value(0)) for name in ("is_near", "is_far")
    )
    words: dict[str, Any] = {"align": "left", "baseline": "bottom", "dy": -3, "color": FRONT}
    line = base.mark_rule(color=FRONT, strokeDash=[6, 4], strokeWidth=2)
    name = base.mark_text(text="container", **words)
    above = base.mark_text(text="the container is far above", **words)
    return [
        line.encode(y="level:Q", opacity=near),
        name.encode(x=alt.value(4), y="level:Q", opacity=near),
        above.encode(x=alt.value(4), y=alt.value(0), opacity=far),
    ]
