"""What the charts are made of: their look, their two parameters, and the marks they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from harness.report.reports._palette import GRID, INK, QUIET

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.report.reports._palette import Look

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
    chart: alt.Chart | alt.LayerChart | alt.HConcatChart, payroll: int, **size: object
) -> Spec:
    """Give the chart's specification, of the size, showing the payroll and every strategy."""
    shown = chart.properties(**size) if size else chart
    shown = shown.add_params(
        alt.param(name="payroll", value=payroll), alt.param(name="hidden", value=[])
    )
    made: Spec = {**shown.to_dict(), "config": CONFIG}
    return made


def of_rows(condition: str) -> alt.Chart:
    return (
        alt.Chart(alt.NamedData("rows"), height={"step": ROW_HEIGHT})
        .transform_filter(OF_PAYROLL)
        .transform_filter(SHOWN)
        .transform_filter(condition)
    )


def strategies(beside: Sequence[str] | None = None) -> alt.Y:
    """Give an axis of strategies, in the order of the data; `beside` names them already."""
    if beside:
        scale = alt.Scale(domain=list(beside))
        return alt.Y(
            "strategy:N", title=None, scale=scale, axis=alt.Axis(labels=False, ticks=False)
        )
    return alt.Y("strategy:N", sort=None, title=None, axis=alt.Axis(ticks=False))


def is_ratio(unit: str) -> bool:
    return unit.startswith("x ")


def axis(title: str, **options: Any) -> alt.Axis:
    """Give an axis with about six labels, a linear one on a phone with fewer, 0 among them."""
    fewer = alt.ExprRef(f"containerSize()[0] < {NARROW} ? 4 : 6")
    return alt.Axis(title=title, **{"tickCount": 6 if "values" in options else fewer, **options})


def by_colour(looks: Mapping[str, Look]) -> alt.Color:
    colours = [look.colour for look in looks.values()]
    return alt.Color("strategy:N", legend=None, scale=alt.Scale(domain=list(looks), range=colours))


def outlined(looks: Mapping[str, Look]) -> alt.Stroke:
    """Draw an outline in the strategy's colour: what is pale does not stand out by itself."""
    colours = [look.colour for look in looks.values()]
    return alt.Stroke("strategy:N", legend=None, scale=alt.Scale(domain=list(looks), range=colours))


def by_dash(looks: Mapping[str, Look]) -> alt.StrokeDash:
    dashes = [list(look.dash) for look in looks.values()]
    return alt.StrokeDash(
        "strategy:N", legend=None, scale=alt.Scale(domain=list(looks), range=dashes)
    )


def by_shape(looks: Mapping[str, Look]) -> alt.Shape:
    shapes = [look.shape for look in looks.values()]
    return alt.Shape("strategy:N", legend=None, scale=alt.Scale(domain=list(looks), range=shapes))


def at_the_end(base: alt.Chart, field: str, y: alt.Y) -> alt.Chart:
    """Write a figure to the right of the bars, in a column; on a phone only its first part."""
    said = f"containerSize()[0] < {NARROW} ? split(datum.{field}, ' · ')[0] : datum.{field}"
    figures = base.mark_text(align="left", dx=6, text=alt.ExprRef(said))
    chart: alt.Chart = figures.encode(y, x=alt.value("width"))
    return chart


def layered(layers: list[alt.Chart]) -> alt.LayerChart:
    """Lay charts over each other, the last on top."""
    return alt.LayerChart(layer=layers)


def line_at_one() -> tuple[alt.Chart, ...]:
    """Draw the line of what the figures are ratios to."""
    at_one = alt.Chart(alt.InlineData([{"one": 1}]))
    return (at_one.mark_rule(color=INK, strokeDash=[4, 3], strokeWidth=1.5).encode(x="one:Q"),)
