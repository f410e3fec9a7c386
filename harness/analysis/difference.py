"""Two runs, figure by figure: what changed, and whether by more than the noise of both. Pure.

Memory is compared in bytes. Times of two runs are not comparable, as the machine or the moment is
another one: what is compared is the ratio to the reference within each run.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from harness.model.compare import FEWEST_TIMES, incomplete, overlap, repeats_within
from harness.model.figures import FIGURES, Figure, Place, Side, rows_by_place, sides_of
from harness.model.run import ALWAYS_KNOWN
from harness.runner.plan import FLOOR

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from harness.model.compare import Row
    from harness.model.run import Run

MACHINE = ("processor", "cores", "memory", "system", "libc")
"""What two runs on the same machine agree on; it takes more to be sure that they are."""


class Verdict(StrEnum):
    """What is to be said of two values."""

    CHANGED = "beyond the noise"
    ALIKE = "within the noise"
    UNKNOWN = "cannot be told"


class Change(NamedTuple):
    """A figure in both runs; `ratio` is after to before, None where before is nothing."""

    place: Place
    figure: Figure
    before: Side
    after: Side
    ratio: float | None
    verdict: Verdict


class OnlyIn(NamedTuple):
    """What one run has and the other has not: a strategy, or one figure of it."""

    place: Place
    figure: Figure | None
    second: bool


class Failure(NamedTuple):
    """A strategy that has an error instead of figures, in the first run or in the second."""

    place: Place
    error: str
    second: bool


class Setting(NamedTuple):
    """Something of the environment that is not the same: None, where a run does not say it."""

    what: str
    before: str | None
    after: str | None


class Difference(NamedTuple):
    """All that two runs differ in, and do not."""

    settings: list[Setting]
    is_same_machine: bool
    changes: list[Change]
    only_in: list[OnlyIn]
    failures: list[Failure]
    cut_short: tuple[str | None, str | None]
    runs: tuple[Run, Run]

    def of(self, verdict: Verdict) -> list[Change]:
        """Give the changes that this is said of."""
        return [change for change in self.changes if change.verdict is verdict]

    def floor_changed(self, change: Change) -> bool:
        """Tell whether the floor's same figure changed, so that ratios to it did without cause."""
        floor = change.place._replace(strategy=FLOOR)
        same = ((each.place, each.figure) for each in self.of(Verdict.CHANGED))
        return change.figure.is_memory and (floor, change.figure) in same


def between(before: Run, after: Run, figures: Collection[Figure] = FIGURES) -> Difference:
    """Compare the second run with the first, in those figures."""
    first, second = rows_by_place(before), rows_by_place(after)
    old, new = (dict(sides_of(run, figures)) for run in (before, after))
    changes = [
        Change(place, figure, side, new[place, figure], *_judged(figure, side, new[place, figure]))
        for (place, figure), side in old.items()
        if (place, figure) in new and new[place, figure].reference == side.reference
    ]
    one, other = (run.header.environment for run in (before, after))
    return Difference(
        settings=list(_settings(one, other)),
        is_same_machine=all(one.get(key, "?") == other.get(key) != "unknown" for key in MACHINE),
        changes=changes,
        only_in=list(_only_in(first, second, old.keys(), new.keys())),
        failures=[
            Failure(place, row["error"], second=is_second)
            for is_second, found in ((False, first), (True, second))
            for place, row in found.items()
            if row["error"]
        ],
        cut_short=(incomplete(before), incomplete(after)),
        runs=(before, after),
    )


def _judged(figure: Figure, before: Side, after: Side) -> tuple[float | None, Verdict]:
    """Give the ratio, and whether the change is larger than both the rule and the repeats say."""
    ratio = after.value / before.value if before.value > 0 else None
    if not figure.is_memory and min(before.repeats, after.repeats) < FEWEST_TIMES:
        return ratio, Verdict.UNKNOWN
    allowed = repeats_within("seconds" if not figure.is_memory else figure.field)
    is_small = ratio is not None and abs(ratio - 1) <= allowed
    is_small |= abs(after.value - before.value) <= figure.slack
    same_range = overlap((before.low, before.high), (after.low, after.high))
    return ratio, Verdict.ALIKE if is_small or same_range else Verdict.CHANGED


def _settings(before: dict[str, str], after: dict[str, str]) -> Iterator[Setting]:
    for what in dict.fromkeys(chain(ALWAYS_KNOWN, before, after)):
        if before.get(what) != after.get(what):
            yield Setting(what, before.get(what), after.get(what))


def _only_in(
    first: dict[Place, Row],
    second: dict[Place, Row],
    old: Collection[tuple[Place, Figure]],
    new: Collection[tuple[Place, Figure]],
) -> Iterator[OnlyIn]:
    for is_second, mine, theirs in ((False, first, second), (True, second, first)):
        yield from (OnlyIn(place, None, is_second) for place in mine if place not in theirs)
    for is_second, one, other, rows_there in ((False, old, new, second), (True, new, old, first)):
        for place, figure in one:
            row: dict[str, Any] | None = rows_there.get(place)
            if (place, figure) not in other and row is not None and not row["error"]:
                yield OnlyIn(place, figure, is_second)
