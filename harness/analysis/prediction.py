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
    """A value measured at one size; `margin` is how far its repeats lie from it, as a share."""

    entries: int
    value: float
    margin: float = 0.0


class Basis(StrEnum):
    """Where a prediction comes from."""

    MEASURED = "measured"
    INTERPOLATED = "interpolated"
    EXTRAPOLATED = "extrapolated"
    IN_PROPORTION = "scaled in proportion"
    AT_MORE = "as of more calls at once, a bound"
    IN_TURN = "as if one after the other"
    GIVEN = "as given"


def weakest(*bases: Basis) -> Basis:
    """Return the one of them, at least one, that says least."""
    order = list(Basis)
    return max(bases, key=order.index)


class Prediction(NamedTuple):
    """A value in its metric's unit, its margin as a share of it, and where it comes from."""

    value: float
    margin: float
    basis: Basis

    @property
    def high(self) -> float:
        """The upper end: what a budget must allow."""
        return self.value * (1 + self.margin)


def predict(points: Sequence[Point], entries: int) -> Prediction:
    """Return what a payroll of that many entries, 1 or more, will need.

    `points` are of different sizes, each of 1 entry or more; raises ValueError if there is none.
    The margin is that of the repeats, and how far off the line is where it could be checked.
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
    """Scale in proportion, with a margin that allows for no growth at all: one size shows none."""
    value = _in_proportion(only, entries)
    return Prediction(value, only.margin + _off(only.value, value), Basis.IN_PROPORTION)


def _between(known: list[Point], after: int, entries: int) -> Prediction:
    """Join the sizes on both sides: the margin is widest half-way, that of the repeats at them."""
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
    """Extend the line through the last two sizes.

    The same step again is as uncertain as the last one was; more steps add up, and of a part of a
    step the first part weighs most, as a slope that grows leaves the line at once.
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
    """Take the larger of the line and the proportion: which one has the fixed cost is unknown."""
    first = known[0]
    low, high = sorted([_line(first, known[1], entries), _in_proportion(first, entries)])
    return Prediction(high, first.margin + _off(low, high), Basis.EXTRAPOLATED)


def _bend(one: Point, middle: Point, other: Point) -> float:
    """Return the second divided difference: the next term that Newton adds to a line."""
    return (_slope(middle, other) - _slope(one, middle)) / (other.entries - one.entries)


def _slope(one: Point, other: Point) -> float:
    return (other.value - one.value) / (other.entries - one.entries)


def _line(one: Point, other: Point, entries: int) -> float:
    return one.value + _slope(one, other) * (entries - one.entries)


def _in_proportion(point: Point, entries: int) -> float:
    return point.value * entries / point.entries


def _off(other: float, value: float) -> float:
    """Return how far the other is from the value, as a share of it; 1 of a value of 0."""
    return abs(other - value) / value if value > 0 else float(other > 0)
