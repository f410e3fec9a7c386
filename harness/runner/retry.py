"""A run goes on where it was when its server has been away: nothing is measured amid that."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from callmeter.worker import CHECK

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence

    from harness.model.run import Measurement
    from harness.runner.plan import Cell


def run(
    cells: Iterable[Cell],
    measured: Callable[[Sequence[Cell]], Generator[Measurement]],
    was_away: Callable[[Measurement], bool],
    come_back: Callable[[], None],
) -> Generator[Measurement]:
    """Give the measurements of the cells; what failed while the server was away, measured again.

    A cell that fails so twice is a row with its error: it may be what the server does not survive.
    Raises DatabaseError, as `come_back` does, when the server stays away.
    """
    left = dict.fromkeys(cells)
    failed: set[Cell] = set()
    while left:
        with closing(measured(list(left))) as found:
            for measurement in found:
                away = was_away(measurement)
                if away and measurement.error and measurement.cell not in failed:
                    failed.add(measurement.cell)
                    break
                for cell in _done(left, measurement):
                    del left[cell]
                yield measurement
                if away:
                    break
        if left:
            come_back()


def _done(left: Iterable[Cell], measurement: Measurement) -> list[Cell]:
    """Return the cells that are done: with a check that fails, all of that strategy."""
    done = measurement.cell
    if done.meter != CHECK or not (measurement.error or measurement.unavailable):
        return [done]
    of = (done.strategy, done.workload)
    return [cell for cell in left if (cell.strategy, cell.workload) == of]
