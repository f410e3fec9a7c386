"""Whether the machine was busy with other work while times were taken. Pure.

The shares are of the machine's processors, as each measurement of a time has them. A short cell's
are rounded: the kernel counts in ticks of 10 ms, process by process. So they are summed over cells
one after the other, a second or more, which is a spell.
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from harness.model.metrics import METRICS, TIMED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.model.run import Measurement, Run

SHORTEST = 1.0
"""Seconds of a spell. Of some five processes at work, each rounded by up to two ticks, a second of
two processors is known within 5%."""
BUSY = 1 - 1 / (1 + METRICS["wall"].tolerance)
"""The share, of others, above which a spell is busy: 9%.

A read keeps the client and the server at work: on two processors, which is what the smallest
machines have, all that there are. What others have of them is lacking, and the time grows by
1 / (1 - share): above this share by more than its repeats may differ and still be steady.
"""
MOST_BUSY = 0.2
"""The part of the time that may be busy in a run that was not.

Repeats are interleaved, so that it meets one repeat of five, and a median of five is not moved by
one. By two it is.
"""


class Spell(NamedTuple):
    """A second or more in which times were taken, and the shares that others had of the machine.

    `others` are other processes, None where unknown; `stolen` went to other machines on its host.
    """

    seconds: float
    others: float | None
    stolen: float

    @property
    def is_busy(self) -> bool:
        """Whether others had more than a time allows for."""
        return (self.others or 0.0) + self.stolen > BUSY


class Shares(NamedTuple):
    """Of the spells of a run: the share in the median, and the worst."""

    median: float
    worst: float


class Busy(NamedTuple):
    """How busy the machine was with others while a run's times were taken.

    `time` is the part of it in busy spells; `mhz`, the lowest and highest frequency of the fastest
    processor, None where unknown.
    """

    time: float
    others: Shares | None
    stolen: Shares
    mhz: tuple[int, int] | None

    @property
    def is_busy(self) -> bool:
        """Whether the times are not to be relied on."""
        return self.time > MOST_BUSY


def busy(run: Run) -> Busy | None:
    """Return how busy the machine was; None where it is unknown, or nothing was timed."""
    found = list(spells(run.measurements))
    if not found:
        return None
    others = [spell.others for spell in found if spell.others is not None]
    disturbed = sum(spell.seconds for spell in found if spell.is_busy)
    clock = [measurement.mhz for measurement in run.measurements if measurement.mhz]
    return Busy(
        disturbed / sum(spell.seconds for spell in found),
        _shares(others) if others else None,
        _shares([spell.stolen for spell in found]),
        (min(clock), max(clock)) if clock else None,
    )


def spells(measurements: Iterable[Measurement]) -> Iterator[Spell]:
    """Yield the spells of the measurements, in their order; a rest of under a second is in none."""
    taken: list[Measurement] = []
    for measurement in measurements:
        if measurement.cell.meter == TIMED and measurement.stolen is not None:
            taken.append(measurement)
            if sum(each.seconds for each in taken) >= SHORTEST:
                yield _spell(taken)
                taken = []


def _spell(taken: list[Measurement]) -> Spell:
    seconds = sum(each.seconds for each in taken)
    others = [each.others * each.seconds for each in taken if each.others is not None]
    return Spell(
        seconds,
        max(0.0, sum(others) / seconds) if len(others) == len(taken) else None,
        sum((each.stolen or 0.0) * each.seconds for each in taken) / seconds,
    )


def _shares(found: list[float]) -> Shares:
    return Shares(median(found), max(found))
