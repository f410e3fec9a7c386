"""What a payroll of another size will need, from the sizes that were measured. Pure.

Between two measured sizes a straight line joins their medians: memory is a fixed cost and a cost
an entry, and where a cost grows faster than the payroll, the line lies above it. Beyond the
largest size the line through the two largest goes on. How far such a line can be trusted is seen
from a third size: how far the growth bends between, and beyond, how far off the line through the
two sizes before the largest is at the largest.
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
        return _scaled(known[0], entries)
    if after == 0:
        return _below(known, entries)
    return _beyond(known, entries) if after == len(known) else _between(known, after, entries)


def _scaled(only: Point, entries: int) -> Prediction:
    """Scale in proportion, as unsure as the size is far: for all one size says, it may not grow."""
    value = _in_proportion(only, entries)
    return Prediction(value, only.margin + _off(only.value, value), Basis.IN_PROPORTION)


def _between(known: list[Point], after: int, entries: int) -> Prediction:
    """Join the sizes on both sides: least certain half-way, as sure as measured at the ends."""
    one, other = known[after - 1], known[after]
    share = (entries - one.entries) / (other.entries - one.entries)
    value = _line(one, other, entries)
    if len(known) > 2:
        nearest = [known[start : start + 3] for start in (after - 2, after - 1) if start >= 0]
        bend = max(abs(_bend(*three)) for three in nearest if len(three) == 3)
        miss = bend * (entries - one.entries) * (other.entries - entries)
        off = _off(value + miss, value)
    else:
        off = _off(_in_proportion(other, entries), value) * 4 * share * (1 - share)
    repeats = one.margin + share * (other.margin - one.margin)
    return Prediction(value, repeats + off, Basis.INTERPOLATED)


def _beyond(known: list[Point], entries: int) -> Prediction:
    """Go on along the last two sizes.

    The same step again is as uncertain as it was; more steps add up, and of a part of a step the
    first part weighs most, as a slope that grows departs from the line at once.
    """
    one, last = known[-2:]
    value = max(_line(one, last, entries), last.value)
    if len(known) > 2:
        off = _off(_line(known[-3], one, last.entries), last.value) * max(
            log(entries / last.entries) / log(last.entries / one.entries),
            (1 - last.entries / entries) / (1 - one.entries / last.entries),
        )
    else:
        off = _off(_in_proportion(last, entries), value)
    return Prediction(value, last.margin + off, Basis.EXTRAPOLATED)


def _below(known: list[Point], entries: int) -> Prediction:
    """Give the larger of the line and the proportion: one of them knows of the fixed cost."""
    first = known[0]
    ways = _line(first, known[1], entries), _in_proportion(first, entries)
    return Prediction(max(ways), first.margin + _off(min(ways), max(ways)), Basis.EXTRAPOLATED)


def _bend(one: Point, middle: Point, other: Point) -> float:
    """Give the second divided difference: what Newton's next term makes of a line between."""
    return (_slope(middle, other) - _slope(one, middle)) / (other.entries - one.entries)


def _slope(one: Point, other: Point) -> float:
    return (other.value - one.value) / (other.entries - one.entries)


def _line(one: Point, other: Point, entries: int) -> float:
    return one.value + _slope(one, other) * (entries - one.entries)


def _in_proportion(point: Point, entries: int) -> float:
    return point.value * entries / point.entries


def _off(other: float, figure: float) -> float:
    """Give how far from a figure another is, over the figure; no more than all of it for 0."""
    return abs(other - figure) / figure if figure > 0 else float(other > 0)
