"""What a payroll of another size will need, from the sizes that were measured. Pure.

Between two measured sizes a straight line joins their medians: memory is a fixed cost and a cost
an entry, and where a cost grows faster than the payroll, the line lies above it. Beyond the
largest size the line through the two largest goes on. How far such a line can be trusted is seen
by hiding a measured size from it, and comparing what it says there with what was measured.
"""

from __future__ import annotations

from bisect import bisect
from enum import StrEnum
from math import log
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Point(NamedTuple):
    """A figure as measured at one size; `margin` is how far its repeats lie from it, over it."""

    entries: int
    value: float
    margin: float = 0.0


class Basis(StrEnum):
    """Where a prediction comes from."""

    MEASURED = "measured"
    INTERPOLATED = "interpolated"
    EXTRAPOLATED = "extrapolated"
    IN_PROPORTION = "scaled in proportion"


class Prediction(NamedTuple):
    """A figure in its unit, its margin over it (0.02: +-2%), and where it comes from."""

    value: float
    margin: float
    basis: Basis

    @property
    def high(self) -> float:
        """The upper end: what a budget must allow."""
        return self.value * (1 + self.margin)


def predict(points: Sequence[Point], entries: int) -> Prediction:
    """Give the figure at a payroll of that many entries (1 or more).

    `points` are of different sizes, each of 1 entry or more; raises ValueError if there is none.
    The margin is that of the repeats, and what the line is off where it could be checked.
    """
    known = sorted(points)
    if not known:
        raise ValueError("nothing was measured")
    after = bisect([point.entries for point in known], entries)
    if after and known[after - 1].entries == entries:
        return Prediction(known[after - 1].value, known[after - 1].margin, Basis.MEASURED)
    if len(known) == 1:
        only = known[0]
        return Prediction(_in_proportion(only, entries), only.margin, Basis.IN_PROPORTION)
    if after == 0:
        return _below(known, entries)
    return _beyond(known, entries) if after == len(known) else _between(known, after, entries)


def _between(known: list[Point], after: int, entries: int) -> Prediction:
    """Join the sizes on both sides: least certain half-way, as sure as measured at the ends."""
    one, other = known[after - 1], known[after]
    share = (entries - one.entries) / (other.entries - one.entries)
    value = _line(one, other, entries)
    if len(known) > 2:
        inner = zip(known, known[1:], known[2:], strict=False)
        off = max(_off(_line(a, b, hidden.entries), hidden.value) for a, hidden, b in inner)
    else:
        off = _off(_in_proportion(other, entries), value)
    repeats = one.margin + share * (other.margin - one.margin)
    return Prediction(value, repeats + off * 4 * share * (1 - share), Basis.INTERPOLATED)


def _beyond(known: list[Point], entries: int) -> Prediction:
    """Go on along the last two sizes: the less certain, the more steps like theirs away."""
    one, last = known[-2:]
    value = max(_line(one, last, entries), last.value)
    if len(known) > 2:
        steps = log(entries / last.entries) / log(last.entries / one.entries)
        off = steps * _off(_line(known[-3], one, last.entries), last.value)
    else:
        off = _off(_in_proportion(last, entries), value)
    return Prediction(value, last.margin + off, Basis.EXTRAPOLATED)


def _below(known: list[Point], entries: int) -> Prediction:
    """Give the larger of the line and the proportion: one of them knows of the fixed cost."""
    first = known[0]
    ways = _line(first, known[1], entries), _in_proportion(first, entries)
    return Prediction(max(ways), first.margin + _off(min(ways), max(ways)), Basis.EXTRAPOLATED)


def _line(one: Point, other: Point, entries: int) -> float:
    slope = (other.value - one.value) / (other.entries - one.entries)
    return one.value + slope * (entries - one.entries)


def _in_proportion(point: Point, entries: int) -> float:
    return point.value * entries / point.entries


def _off(said: float, true: float) -> float:
    """Give how far off a figure is, over the true one."""
    if true == 0:
        return float(said != 0)
    return abs(said - true) / true
