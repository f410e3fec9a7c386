"""What would change a choice: the answers of the same rule to other limits. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, NamedTuple, Protocol

from harness.analysis.choice import judge, winner

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.analysis.candidate import Candidate
    from harness.analysis.choice import Judgement, Limits

FARTHEST = 10
"""How many times the largest size in sight the search for another answer goes."""
STEP = 1.05
"""The sizes tried are this far apart, before the place of a change is found exactly."""


class HasUpperEnd(Protocol):
    """What a budget is held against."""

    @property
    def high(self) -> float:
        """What a budget must allow."""


class Threshold(NamedTuple):
    """The limit (bytes, seconds, entries, calls) from which on that one wins; None: nothing."""

    start: float
    winner: str | None


@dataclass(frozen=True)
class Answers:
    """The winners for every budget of memory and of time, and every number of entries.

    The other limits stay as they are. `by_at_once` has those for every number of calls at once,
    nothing where one call alone is judged. `without_need` has the winners without a need, where it
    is another one; `with_need`, those with a trait that the present winner gives up.
    """

    by_memory: tuple[Threshold, ...]
    by_time: tuple[Threshold, ...]
    by_entries: tuple[Threshold, ...]
    by_at_once: tuple[Threshold, ...]
    without_need: dict[str, str | None]
    with_need: dict[str, str | None]


def answers(candidates: Sequence[Candidate], limits: Limits) -> Answers:
    """Return the winners under other limits than these."""
    best = judge(candidates, limits)[0]
    answer = best.strategy if best.fits else None
    given_up = (best.gives_up or ()) if answer else ()
    without = {
        need: tuple(other for other in limits.needs if other != need) for need in limits.needs
    }
    return Answers(
        _thresholds(candidates, lambda most: replace(limits, memory=most), lambda of: of.need),
        _thresholds(candidates, lambda most: replace(limits, time=most), lambda of: of.wall),
        _by_entries(candidates, limits),
        _by_at_once(candidates, limits),
        {
            need: other
            for need, rest in without.items()
            if (other := winner(candidates, replace(limits, needs=rest))) != answer
        },
        {
            trait: winner(candidates, replace(limits, needs=(*limits.needs, trait)))
            for trait in given_up
        },
    )


def farthest(candidates: Sequence[Candidate], limits: Limits) -> int:
    """Return the number of entries up to which another answer is looked for."""
    return max(_sizes(candidates, limits)) * FARTHEST


def _sizes(candidates: Sequence[Candidate], limits: Limits) -> set[int]:
    return {limits.entries, *(size for candidate in candidates for size in candidate.sizes)}


def most_at_once(candidates: Sequence[Candidate], limits: Limits) -> int:
    """Return the number of calls at once up to which another answer is looked for.

    Where a single number was measured of every strategy, nothing is known of more.
    """
    known = [limits.at_once, *(number for one in candidates for number in one.resident)]
    is_line = any(len(candidate.resident) > 1 for candidate in candidates)
    return max(known) * (FARTHEST if is_line else 1)


def _thresholds(
    candidates: Sequence[Candidate],
    limited: Callable[[float], Limits],
    needed: Callable[[Judgement], HasUpperEnd | None],
) -> tuple[Threshold, ...]:
    """Return the winners as a budget grows: they change only where another one begins to fit."""
    unlimited = map(needed, judge(candidates, limited(inf)))
    found: list[Threshold] = []
    for start in sorted({prediction.high for prediction in unlimited if prediction}):
        # A little above: high / start may come out above 1 by a rounding.
        name = winner(candidates, limited(start * (1 + 1e-12)))
        if name and (not found or found[-1].winner != name):
            found.append(Threshold(start, name))
    return tuple(found)


def _by_entries(candidates: Sequence[Candidate], limits: Limits) -> tuple[Threshold, ...]:
    """Return the winners as the payroll grows, from the smallest size in sight."""
    first, last = min(_sizes(candidates, limits)), farthest(candidates, limits)
    return _as_it_grows(first, last, lambda entries: replace(limits, entries=entries), candidates)


def _by_at_once(candidates: Sequence[Candidate], limits: Limits) -> tuple[Threshold, ...]:
    """Return the winners as calls at once become more; none where one alone is judged."""
    service = limits.service
    if service is None:
        return ()
    return _as_it_grows(
        1,
        most_at_once(candidates, limits),
        lambda number: replace(limits, service=service._replace(at_once=number)),
        candidates,
    )


def _as_it_grows(
    first: int, last: int, limited: Callable[[int], Limits], candidates: Sequence[Candidate]
) -> tuple[Threshold, ...]:
    def at(number: int) -> str | None:
        return winner(candidates, limited(number))

    size = first
    found = [Threshold(size, at(size))]
    while size < last:
        larger = min(last, max(size + 1, int(size * STEP)))
        if (name := at(larger)) != found[-1].winner:
            found.append(Threshold(_first(size, larger, found[-1].winner, at), name))
        size = larger
    return tuple(found)


def _first(same: int, other: int, name: str | None, at: Callable[[int], str | None]) -> int:
    """Return the first size after `same`, where `name` wins, at which it does not."""
    while other - same > 1:
        middle = (same + other) // 2
        if at(middle) == name:
            same = middle
        else:
            other = middle
    return other
