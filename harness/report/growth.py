"""How the figures grow with the payroll: at each size, and a straight line through them. Pure."""

from __future__ import annotations

from collections import defaultdict
from statistics import linear_regression
from typing import TYPE_CHECKING

from callmeter.meters import BYTES, SECONDS
from callmeter.units import digits
from harness.model.cell import how_values_repeat
from harness.model.metrics import METRICS, PEAKS, TIME
from harness.model.summary import summaries
from harness.report.document import table
from harness.report.format import SHOWN_UNIT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model.cell import Consume
    from harness.model.run import Run
    from harness.model.summary import Summary
    from harness.report.document import Block

GROWING = (*PEAKS, *PEAKS.values(), TIME)
"""The metrics of a call that grow with what it reads."""
UNIT_OF_ENTRY = {BYTES: ("B", 1.0), SECONDS: ("us", 1e6)}
"""The unit of what an entry costs, and how many of it the metric's own unit is."""


def blocks(run: Run) -> Iterator[Block]:
    """Yield a table for each metric that was measured at two sizes or more."""
    groups: dict[tuple[int, str, int, Consume], dict[str, dict[int, Summary]]] = {}
    for summary in summaries(run):
        workload = summary.workload
        if workload.size:
            repeat = how_values_repeat(workload.profile, workload.repetition)
            kind = (workload.components, repeat, workload.at_once, summary.subject.consume)
            by_name = groups.setdefault(kind, defaultdict(dict))
            by_name[summary.name][workload.size] = summary
    for (_, repeat, at_once, consume), by_name in groups.items():
        together = f", {at_once:,} calls at once" if at_once > 1 else ""
        like = f", {repeat}{together}, {consume}" if len(groups) > 1 else together
        yield from _of(by_name, like)


def _of(by_name: dict[str, dict[int, Summary]], like: str) -> Iterator[Block]:
    sizes = sorted({size for found in by_name.values() for size in found})
    for key in GROWING:
        metric = METRICS[key]
        (unit, scale), (whole_unit, whole) = UNIT_OF_ENTRY[metric.unit], SHOWN_UNIT[metric.unit]
        rows = []
        for name, found in by_name.items():
            points = {n: v for n in sizes if n in found and (v := found[n].value(key)) is not None}
            if len(points) > 1:
                slope, intercept = linear_regression(list(points), list(points.values()))
                at_sizes = (digits(points[n] / n * scale) if n in points else "" for n in sizes)
                rows.append([name, *at_sizes, digits(slope * scale), digits(intercept * whole)])
        at = [f"{unit}/entry\nat {n:,}" for n in sizes]
        headings = ["strategy", *at, f"slope\n{unit}/entry", f"intercept\n{whole_unit}"]
        yield from table(headings, rows, title=f"Growth: {metric.title}{like}")
