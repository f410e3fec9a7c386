"""Measuring again what failed while the database server was away."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from callmeter.worker import CHECK
from harness.model.cell import subject_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence

    from harness.model.cell import Cell
    from harness.model.run import Measurement


def run(
    cells: Iterable[Cell],
    measure: Callable[[Sequence[Cell]], Generator[Measurement]],
    was_away: Callable[[Measurement], bool],
    wait_until_back: Callable[[], None],
) -> Generator[Measurement]:
    """Yield the measurements of the cells; what failed while the server was away, measured again.

    A cell that fails so twice is a row with its error: it may be what the server does not survive.
    Raises DatabaseError, as `wait_until_back` does, when the server stays away.
    """
    remaining = dict.fromkeys(cells)
    failed: set[Cell] = set()
    while remaining:
        with closing(measure(list(remaining))) as found:
            for measurement in found:
                is_away = was_away(measurement)
                if is_away and measurement.error and measurement.cell not in failed:
                    failed.add(measurement.cell)
                    break
                for cell in _done(remaining, measurement):
                    del remaining[cell]
                yield measurement
                if is_away:
                    break
        if remaining:
            wait_until_back()


def _done(remaining: Iterable[Cell], measurement: Measurement) -> list[Cell]:
    """Return the cells that are done: with a check that fails, all of that strategy."""
    done = measurement.cell
    if done.meter != CHECK or not (measurement.error or measurement.unavailable):
        return [done]
    return [cell for cell in remaining if subject_of(cell) == subject_of(done)]
