"""Candidates made up for tests of a choice: values without a run."""

from __future__ import annotations

from harness.analysis.candidate import Candidate
from harness.analysis.prediction import Point
from harness.model.cell import REFERENCE

ALL = frozenset({"list", "mutable", "orm-identity", "stream"})
SIZES, NUMBERS = (100, 1_000), (1, 2, 4)


def a_candidate(name: str, each: float, seconds: float, *offers: str) -> Candidate:
    """A strategy that needs so many bytes and seconds an entry, measured at two sizes."""
    peak, wall = (tuple(Point(n, n * cost) for n in SIZES) for cost in (each, seconds))
    return Candidate(name, f"Label of {name}", frozenset(offers), peak, peak, {1: wall})


def a_served_candidate(
    name: str,
    base: float,
    each: float,
    *offers: str,
    shared: float = 0.0,
    today: float | None = None,
) -> Candidate:
    """One with that base; so many calls at once need so many bytes an entry, beside what is shared.

    `today` is the reference's base, if it was measured. Each takes as long as all of them in turn.
    """
    resident, times = (
        {number: tuple(Point(n, fixed + number * n * cost) for n in SIZES) for number in NUMBERS}
        for fixed, cost in ((shared, each), (0.0, each / 1e5))
    )
    return Candidate(
        name,
        f"Label of {name}",
        frozenset(offers),
        resident.get(1, ()),
        times=times,
        resident=resident,
        base={number: (Point(SIZES[0], base),) for number in NUMBERS},
        today={} if today is None else {number: (Point(SIZES[0], today),) for number in NUMBERS},
    )


CANDIDATES = [
    a_candidate("lean", 1, 0.001),
    a_candidate("medium", 10, 0.01, "list", "mutable"),
    a_candidate(REFERENCE, 100, 0.1, *ALL),
    a_candidate("heavy", 200, 0.1, *ALL),
]
SERVED = [
    a_served_candidate("lean", 2e4, 1, today=1e4),
    a_served_candidate("medium", 1e4, 10, "list", "mutable", today=1e4),
    a_served_candidate(REFERENCE, 1e4, 100, *ALL, shared=5e3),
]
"""The same, in a process that serves several calls at once."""
