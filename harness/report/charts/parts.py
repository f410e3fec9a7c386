"""What charts are made of: their configuration, their parameters, axes, scales and marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from harness.report.charts.marks import is_ratio
from harness.report.charts.palette import GRID, INK, QUIET

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.report.charts.palette import Style

Spec = dict[str, Any]
SHOWN = "indexof(hidden, datum.strategy) < 0"
OF_PAYROLL = "datum.payroll === payroll"
ROW_HEIGHT = 26
NARROW = 480
"""Pixels of width below which less is written."""

ROUND = [digit * 10.0**power for power in range(-5, 8) for digit in (1, 2, 5)]
"""Where logarithmic axes have their lines: not at every digit."""

FONT = "Arial, Helvetica, Liberation Sans, sans-serif"
CONFIG: Spec = {
    "background": None,
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": QUIET,
        "titleFontWeight": "normal",
        "titleFontSize": 12,
        "labelFontSize": 12,
        "gridColor": GRID,
        "domainColor": GRID,
        "tickColor": GRID,
        "labelLimit": 190,
    },
    "axisX": {"labelSeparation": 6},
    "text": {"color": INK, "fontSize": 12},
}


def specification(
    chart: alt.Chart | alt.LayerChart | alt.HConcatChart | alt.VConcatChart,
    payroll: int,
    **size: object,
) -> Spec:
    """Return the chart's specification, of the size, showing the payroll and every strategy.

    A container, and a base that is not as measured, are for the reader to set.
    """
    sized = chart.properties(**size) if size else chart
    known = {"payroll": payroll, "hidden": [], "container": None, "base": None}
    sized = sized.add_params(*(alt.param(name=name, value=value) for name, value in known.items()))
    spec: Spec = {**sized.to_dict(), "config": CONFIG}
    return spec


def of_calls(condition: str, *, every_payroll: bool = False) -> alt.Chart:
    """Return the base of a chart of the calls of one payroll, or of all, that are not hidden."""
    return of_marks("calls", condition, every_payroll=every_payroll)


def of_marks(dataset: str, condition: str, *, every_payroll: bool = False) -> alt.Chart:
    """Return the base of a chart of those marks of the data set that it shows."""
    chart = alt.Chart(alt.NamedData(dataset), height={"step": ROW_HEIGHT})
    if not every_payroll:
        chart = chart.transform_filter(OF_PAYROLL)
    return chart.transform_filter(SHOWN).transform_filter(condition)


def strategies(beside: Sequence[str] | None = None) -> alt.Y:
    """Return an axis of strategies, in the order of the data; `beside` has their names already."""
    if beside:
        scale = alt.Scale(domain=list(beside))
        return alt.Y(
            "strategy:N", title=None, scale=scale, axis=alt.Axis(labels=False, ticks=False)
        )
    return alt.Y("strategy:N", sort=None, title=None, axis=alt.Axis(ticks=False))


def axis(title: str, **options: Any) -> alt.Axis:
    """Return an axis with about six labels, a linear one on a phone with fewer, 0 among them."""
    fewer = alt.ExprRef(f"containerSize()[0] < {NARROW} ? 4 : 6")
    return alt.Axis(title=title, **{"tickCount": 6 if "values" in options else fewer, **options})


def logarithmic(padding: int) -> alt.Scale:
    """Return a logarithmic scale with that many pixels beyond its first and last mark."""
    return alt.Scale(type="log", nice=False, padding=padding)


def tooltip(*fields: tuple[str, str, str]) -> list[alt.Tooltip]:
    """Return the strategy and those fields: the name with its type, the title, the format."""
    named = (
        alt.Tooltip(field, title=title, format=form or alt.Undefined)
        for field, title, form in fields
    )
    return [alt.Tooltip("strategy:N"), *named]


def colour(styles: Mapping[str, Style], legend: alt.Legend | None = None) -> alt.Color:
    """Return the colour of each strategy."""
    return alt.Color(**_by_strategy(styles, "colour", legend))


def outline(styles: Mapping[str, Style]) -> alt.Stroke:
    """Return an outline in the strategy's colour, without which a pale bar is hard to see."""
    return alt.Stroke(**_by_strategy(styles, "colour"))


def shape(styles: Mapping[str, Style], legend: alt.Legend | None = None) -> alt.Shape:
    """Return the shape of each strategy."""
    return alt.Shape(**_by_strategy(styles, "shape", legend))


def dash(styles: Mapping[str, Style], legend: alt.Legend | None = None) -> alt.StrokeDash:
    """Return the dashes of each strategy's line."""
    return alt.StrokeDash(**_by_strategy(styles, "dash", legend))


def _by_strategy(
    styles: Mapping[str, Style], part: str, legend: alt.Legend | None = None
) -> dict[str, Any]:
    values = [getattr(style, part) for style in styles.values()]
    scale = alt.Scale(domain=list(styles), range=values)
    return {"shorthand": "strategy:N", "legend": legend, "scale": scale}


def at_the_end(base: alt.Chart, field: str, y: alt.Y) -> alt.Chart:
    """Write a text to the right of the bars, in a column; on a phone only its first part."""
    text = f"containerSize()[0] < {NARROW} ? split(datum.{field}, ' · ')[0] : datum.{field}"
    texts = base.mark_text(align="left", dx=6, text=alt.ExprRef(text))
    chart: alt.Chart = texts.encode(y, x=alt.value("width"))
    return chart


def layered(layers: Sequence[alt.Chart], unit: str = "") -> alt.LayerChart:
    """Lay charts over each other, the last on top; above them, of ratios, the line at 1."""
    rules = [line_at_one("x", "one")] if is_ratio(unit) else []
    return alt.LayerChart(layer=[*layers, *rules])


def line_at_one(channel: str, field: str) -> alt.Chart:
    """Return the dashed line where a ratio on the channel, `x` or `y`, is 1."""
    rule = alt.Chart(alt.InlineData([{field: 1}])).mark_rule(
        color=INK, strokeDash=[4, 3], strokeWidth=1.5
    )
    chart: alt.Chart = rule.encode(**{channel: f"{field}:Q"})
    return chart
