"""What charts draw of workers that served many calls: RSS as it was, call after call. Pure."""

from __future__ import annotations

from itertools import accumulate
from math import ceil
from typing import TYPE_CHECKING

from harness.model.summary import groups_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.model.run import Measurement, Run
    from harness.report.charts.marks import Group, Mark

MOST_POINTS = 100
"""Points of a line: of more calls, one stands for those since the last one."""


def served(run: Run, compared: Sequence[Group]) -> list[Mark]:
    """Return marks of the first worker of each strategy and workload, in MB.

    `after` is the most that was resident after any call that the mark stands for; `highest`, the
    highest peak so far. Both are above what was resident before the first call.
    """
    measured = groups_of(run)
    return [
        {"payroll": place, "strategy": call.name, **mark}
        for place, group in enumerate(compared)
        for call in group
        if not call.is_yardstick
        for mark in _worker(measured[call.subject])
    ]


def _worker(group: Sequence[Measurement]) -> Iterator[Mark]:
    series = next((one.series for one in group if "after" in one.series), {})
    after, peaks = series.get("after", []), series.get("peaks", [])
    step = ceil(len(after) / MOST_POINTS) or 1
    highest = [*accumulate(peaks, max)]
    for start in range(0, len(after), step):
        last = min(start + step, len(after))
        yield {
            "call": last,
            "after": round(max(after[start:last]) / 1e6, 2),
            "highest": round(highest[last - 1] / 1e6, 2) if last <= len(highest) else None,
        }
