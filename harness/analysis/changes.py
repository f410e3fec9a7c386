"""What would change the choice: the same rule under other limits. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from harness.analysis.choice import judged, reference_offers, winner, without

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.analysis.choice import Limits, Verdict
    from harness.analysis.ways import Way

FARTHEST = 10
"""How many times the largest size in sight the search for another answer goes."""
STEP = 1.05
"""The sizes tried are this far apart, before the place of a change is found exactly."""


class Rung(NamedTuple):
    """From that limit on (bytes, seconds or entries) that strategy is the answer; None: nothing."""

    start: float
    winner: str | None


class Other(NamedTuple):
    """With or without that need, that strategy is the answer; None: nothing."""

    need: str
    winner: str | None


@dataclass(frozen=True)
class Changes:
    """What the answer is for every budget of memory and of time, and every number of entries.

    The other limits stay as they are. `dropped` are the needs whose absence changes the answer;
    `added`, those traits that the answer gives up, and what they would make of it.
    """

    memory: tuple[Rung, ...]
    time: tuple[Rung, ...]
    entries: tuple[Rung, ...]
    dropped: tuple[Other, ...]
    added: tuple[Other, ...]


def changes(ways: Sequence[Way], limits: Limits) -> Changes:
    """Give what would change the answer to these limits."""
    now = judged(ways, limits)[0]
    answer = now.way.strategy if now.fits else None
    return Changes(
        memory=_ladder(ways, lambda most: replace(limits, memory=most), _peak),
        time=_ladder(ways, lambda most: replace(limits, time=most), _wall),
        entries=_sizes(ways, limits),
        dropped=tuple(
            Other(need, other)
            for need in limits.needs
            if (other := winner(ways, without(limits, need))) != answer
        ),
        added=tuple(
            Other(trait, winner(ways, replace(limits, needs=(*limits.needs, trait))))
            for trait in sorted(reference_offers(ways))
            if answer and trait in (now.gives_up or ())
        ),
    )


def _peak(verdict: Verdict) -> float | None:
    return verdict.peak.high if verdict.peak else None


def _wall(verdict: Verdict) -> float | None:
    return verdict.wall.high if verdict.wall else None


def _ladder(
    ways: Sequence[Way], limited: Callable[[float], Limits], need: Callable[[Verdict], float | None]
) -> tuple[Rung, ...]:
    """Give the answers as one budget grows: it can change only where another way begins to fit."""
    unlimited = judged(ways, limited(inf))
    starts = sorted({most for each in unlimited if (most := need(each)) is not None})
    rungs: list[Rung] = []
    for start in starts:
        # A little above: high / start may come out above 1 by a rounding.
        name = winner(ways, limited(start * (1 + 1e-12)))
        if name and (not rungs or rungs[-1].winner != name):
            rungs.append(Rung(start, name))
    return tuple(rungs)


def _sizes(ways: Sequence[Way], limits: Limits) -> tuple[Rung, ...]:
    """Give the answers as the payroll grows, from the smallest size in sight."""
    measured = {limits.entries, *(point.entries for way in ways for point in way.peak)}
    size, last = min(measured), max(measured) * FARTHEST

    def at(entries: int) -> str | None:
        return winner(ways, replace(limits, entries=entries))

    rungs = [Rung(size, at(size))]
    while size < last:
        farther = min(last, max(size + 1, int(size * STEP)))
        name = at(farther)
        if name != rungs[-1].winner:
            rungs.append(Rung(_first(size, farther, rungs[-1].winner, at), name))
        size = farther
    return tuple(rungs)


def _first(same: int, other: int, name: str | None, at: Callable[[int], str | None]) -> int:
    """Give the first size after `same`, where `name` wins, at which it does not."""
    while other - same > 1:
        middle = (same + other) // 2
        if at(middle) == name:
            same = middle
        else:
            other = middle
    return other
