"""What so many calls at once will need, from the numbers of calls and the sizes measured. Pure.

First over sizes, for each number of calls that was measured; then over the numbers, at the size
that is asked about. Both are lines of `harness.analysis.prediction`, with its margins: what calls
share and what each of them adds is a fixed cost and a cost a call. Where only one number was
measured, as many such groups as there must be are taken to peak together.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from harness.analysis.prediction import Basis, Point, Prediction, predict, weakest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Points = Sequence[Point]


def predict_at_once(measured: Mapping[int, Points], entries: int, number: int) -> Prediction:
    """Return what so many calls at once need, each of a payroll of that many entries.

    `measured` has the points of each number of calls; raises ValueError where there are none.
    """
    known = {count: points for count, points in sorted(measured.items()) if points}
    if not known:
        raise ValueError("nothing was measured")
    found = _at_each_number(known, entries)
    if number in found:
        return found[number]
    if len(found) == 1:
        ((count, group),) = found.items()
        return group._replace(value=group.value * ceil(number / count), basis=Basis.TOGETHER)
    line = predict([Point(count, one.value, one.margin) for count, one in found.items()], number)
    return line._replace(basis=weakest(line.basis, *(one.basis for one in found.values())))


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
