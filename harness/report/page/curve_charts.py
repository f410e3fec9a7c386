"""The charts of curves of a run's page: over the repetition, calls at once, and many calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report import axes
from harness.report.charts import curves, marks
from harness.report.format import counted
from harness.report.page.chart import Chart

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.report.axes import Axis
    from harness.report.charts.marks import Basis, Mark
    from harness.report.charts.palette import Style

_REPEATING = (
    "And as values repeat less? {field}, {size}",
    "{field}, {memory}, as the pools that values are drawn from grow; both axes logarithmic, and "
    "alike at every size.",
)
CURVES = {
    "retained": _REPEATING,
    "peak": _REPEATING,
    "together": (
        "How does the peak grow with calls at once? {size}",
        "The peak of all of them, each with a payroll to itself, all results held until the last "
        "is there. Linear, from 0.",
    ),
    "throughput": (
        "And how many are served a second? {size}",
        "Calls at once over the wall time of all. A level line: the interpreter's lock, or the "
        "server, lets one work at a time.",
    ),
}
"""The question and the caption of a curve, by its field."""
ON_BASE = (
    " It is what a container's limit counts: the base, which the process holds before any call, "
    "is in it. Dashed: the container that is set above."
)
SERVED = {
    "after": (
        "What does a worker hold after each call?",
        "RSS after a call",
        "Each result is let go before the next call, as a service does. A line that becomes level "
        "is memory that is free and not given back; one that never does, a leak.",
    ),
    "highest": (
        "And how high does it come meanwhile?",
        "highest RSS so far",
        "The highest peak up to each call.",
    ),
}
"""The question, the axis and the caption of what was resident, by its field."""


def over(
    axis: Axis, basis: Basis, styles: Mapping[str, Style], calls: list[Mark]
) -> Iterator[Chart]:
    """Yield the charts of figures over the axis, those of a size side by side."""
    for curve in sorted(curves.curves(calls, [axis]), key=lambda curve: curve.size):
        size = counted(curve.size, "entry") if curve.size else ""
        title, caption = CURVES[curve.field]
        words = {"field": curve.field.capitalize(), "memory": basis.memory}
        is_on_base = basis.together == marks.IN_CONTAINER
        caption += ON_BASE if curve.field == "together" and is_on_base else ""
        yield Chart(
            f"{axis.field}-{curve.field}-{curve.size}",
            title.format(size=size, **words).rstrip(),
            caption.format(**words),
            curves.over_axis(curve, curves.title_of(curve.field, basis), styles),
            "calls",
            (axis.size_field, curve.field),
            paired=True,
            every_payroll=True,
            of_service=axis is axes.AT_ONCE,
        )


def served(styles: Mapping[str, Style]) -> Iterator[Chart]:
    """Yield the charts of what workers held that served many calls."""
    for field, (title, what, caption) in SERVED.items():
        yield Chart(
            f"served-{field}",
            title,
            f"{caption} In MB above what was resident before the first call; from 0.",
            curves.over_calls(field, f"{what}, MB", styles),
            "served",
            (field,),
            paired=True,
            of_service=True,
        )
