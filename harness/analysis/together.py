"""What so many calls at once will need, from the numbers of calls and the sizes measured. Pure.

First over sizes, for each number of calls that was measured; then over the numbers, at the size
that is asked about. Both are lines of `harness.analysis.prediction`, with its margins: what calls
share and what each of them adds is a fixed cost and a cost a call. Where only one number was
measured, that bounds fewer calls, but says nothing of more: a further call brings a connection, a
thread and arenas of its own, and a first call may use what its warm-up left.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from harness.analysis.prediction import Basis, Point, Prediction, predict, weakest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Points = Sequence[Point]


def predict_at_once(measured: Mapping[int, Points], entries: int, number: int) -> Prediction | None:
    """Return what so many calls at once need, each of a payroll of that many entries.

    `measured` has the points of each number of calls; raises ValueError where there are none. None
    where all of them are of one number, and more are asked about.
    """
    known = {count: points for count, points in sorted(measured.items()) if points}
    if not known:
        raise ValueError("nothing was measured")
    found = _at_each_number(known, entries)
    if number in found:
        return found[number]
    if len(found) == 1:
        ((count, group),) = found.items()
        return group._replace(basis=Basis.AT_MORE) if number < count else None
    line = predict([Point(count, one.value, one.margin) for count, one in found.items()], number)
    return line._replace(basis=weakest(line.basis, *(one.basis for one in found.values())))


def predict_slowest(measured: Mapping[int, Points], entries: int, number: int) -> Prediction:
    """Return how long the slowest of so many calls at once takes, in seconds.

    As `predict_at_once`; where all points are of one number, more calls take their turns.
    """
    found = predict_at_once(measured, entries, number)
    if found:
        return found
    ((count, points),) = ((count, points) for count, points in measured.items() if points)
    group = predict(points, entries)
    return group._replace(value=group.value * ceil(number / count), basis=Basis.IN_TURN)


def base_at_once(measured: Mapping[int, Points], number: int) -> Prediction | None:
    """Return what a process holds that is ready for so many calls at once; None if unknown.

    It depends on no payroll: of each number of calls, the largest that was measured counts. What is
    above the fewest calls is of the further ones, a connection each, and goes on as a line does.
    """
    found = {count: _largest(points) for count, points in sorted(measured.items()) if points}
    if not found or number in found:
        return found.get(number)
    (least, first), *others = found.items()
    if number < least:
        return first._replace(basis=Basis.AT_MORE)
    if not others:
        return None
    further = [Point(count - least, max(0.0, one.value - first.value)) for count, one in others]
    growth = predict(further, number - least)
    value = first.value + growth.value
    repeats = max(one.margin for one in found.values())
    basis = Basis.INTERPOLATED if number < max(found) else Basis.EXTRAPOLATED
    return Prediction(value, repeats + (growth.high - growth.value) / value, basis)


def _largest(points: Points) -> Prediction:
    found = (Prediction(point.value, point.margin, Basis.MEASURED) for point in points)
    return max(found, key=lambda one: one.high)


def _at_each_number(known: Mapping[int, Points], entries: int) -> dict[int, Prediction]:
    """Return what each number of calls needs there: where lines cross, no less than fewer."""
    found: dict[int, Prediction] = {}
    most: Prediction | None = None
    for count in known:
        one = _at_size(known, count, entries)
        if most and one.basis is not Basis.MEASURED and one.value < most.value:
            one = most._replace(basis=one.basis)
        found[count] = most = one
    return found


def _at_size(known: Mapping[int, Points], count: int, entries: int) -> Prediction:
    """Return what that number of calls needs, which was measured at one size or more.

    Of one size, another one is reached as one call reaches it, if that was measured at several.
    """
    points, one_call = known[count], known.get(1, ())
    is_measured = any(point.entries == entries for point in points)
    if is_measured or len(points) > 1 or len(one_call) < 2:
        return predict(points, entries)
    (only,) = points
    there, asked = predict(one_call, only.entries), predict(one_call, entries)
    margin = (1 + only.margin) * (1 + there.margin) * (1 + asked.margin) - 1
    basis = weakest(there.basis, asked.basis, Basis.INTERPOLATED)
    return Prediction(only.value * asked.value / there.value, margin, basis)
