"""Candidates made up for tests of a choice: values without a run."""

from __future__ import annotations

from harness.analysis.candidate import Candidate
from harness.analysis.prediction import Point
from harness.model.cell import REFERENCE

ALL = frozenset({"list", "mutable", "orm-identity", "stream"})


def a_candidate(name: str, each: float, seconds: float, *offers: str) -> Candidate:
    """A strategy that needs so many bytes and seconds an entry, measured at two sizes."""
    sizes = 100, 1_000
    peak, wall = (tuple(Point(n, n * cost) for n in sizes) for cost in (each, seconds))
    return Candidate(name, f"Label of {name}", frozenset(offers), peak, peak, wall)


CANDIDATES = [
    a_candidate("lean", 1, 0.001),
    a_candidate("medium", 10, 0.01, "list", "mutable"),
    a_candidate(REFERENCE, 100, 0.1, *ALL),
    a_candidate("heavy", 200, 0.1, *ALL),
]
