"""The repeats of a metric, and whether two samples of it differ. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median, quantiles
from typing import TYPE_CHECKING

from harness.model.rank_test import excludes_one, ratio_interval

if TYPE_CHECKING:
    from callmeter.meters import Metric

FEWEST_TIMES = 5
"""Repeats from which an exact rank test at 5% tells two times apart.

With 4 it would have to find every repeat of one below every repeat of the other.
"""
LEAST_RATIO = 1.5
"""Of two medians, from which fewer repeats tell two times apart, if their ranges do not meet.

There are tests of no use on so few, so the difference must be larger than any noise that a machine
in ordinary use is seen to have. It takes two repeats each: one alone has no range, and a single
slow moment would pass for a difference.
"""


@dataclass(frozen=True)
class Sample:
    """The repeats of a metric: one value or more, in the metric's unit."""

    metric: Metric
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle of the repeats."""
        return median(self.values)

    @property
    def n(self) -> int:
        """How many repeats there are."""
        return len(self.values)

    @property
    def range(self) -> tuple[float, float]:
        """Where the repeats lie: all of them for memory, the middle half otherwise."""
        if self.n < 2:
            return self.values[0], self.values[0]
        if self.metric.is_memory:
            return min(self.values), max(self.values)
        low, _, high = quantiles(self.values, n=4, method="inclusive")
        return low, high

    @property
    def spread(self) -> float:
        """The width of the range over the median; 0 where the median is."""
        low, high = self.range
        return (high - low) / abs(self.median) if self.median else 0.0

    @property
    def is_steady(self) -> bool:
        """Whether the repeats agree as well as the metric's do."""
        low, high = self.range
        return self.spread <= self.metric.tolerance or high - low <= self.metric.resolution


def interval_of_ratio(mine: Sample, theirs: Sample) -> tuple[float, float] | None:
    """Return where the ratio of my times to theirs lies, at a confidence of 95%.

    None of memory, whose repeats hardly differ, and with fewer than FEWEST_TIMES repeats of either.
    """
    if mine.metric.is_memory or min(mine.n, theirs.n) < FEWEST_TIMES:
        return None
    return ratio_interval(mine.values, theirs.values)


def differ(mine: Sample, theirs: Sample) -> bool | None:
    """Whether two samples of a metric differ; None where too few repeats tell.

    Of memory, if all repeats of one lie above all of the other. Of times, if the interval of their
    ratio excludes 1; with fewer than FEWEST_TIMES repeats, if they are LEAST_RATIO apart.
    """
    if mine.metric.is_memory:
        return mine.range[1] < theirs.range[0] or theirs.range[1] < mine.range[0]
    if interval := interval_of_ratio(mine, theirs):
        return excludes_one(interval)
    return True if _are_far_apart(mine, theirs) else None


def _are_far_apart(mine: Sample, theirs: Sample) -> bool:
    less, more = sorted((mine, theirs), key=lambda sample: sample.median)
    return (
        min(mine.n, theirs.n) > 1
        and max(less.values) < min(more.values)
        and more.median >= LEAST_RATIO * less.median
    )
