"""The choice: what fits, what is recommended, and what would change it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.changes import Other, Rung, changes
from harness.analysis.choice import Limits, judged, winner
from harness.analysis.prediction import Point
from harness.analysis.ways import Failure, Way
from harness.runner.plan import REFERENCE

ALL = frozenset({"list", "mutable", "orm-identity", "stream"})


def way(name: str, each: float, seconds: float, *offers: str) -> Way:
    """A way that needs so many bytes and seconds an entry, measured at two sizes."""
    sizes = 100, 1_000
    peak, wall = (tuple(Point(n, n * cost) for n in sizes) for cost in (each, seconds))
    return Way(name, f"Label of {name}", frozenset(offers), peak, peak, wall)


WAYS = [
    way("lean", 1, 0.001),
    way("medium", 10, 0.01, "list", "mutable"),
    way(REFERENCE, 100, 0.1, *ALL),
    way("heavy", 200, 0.1, *ALL),
]


def names(limits: Limits) -> list[str]:
    return [each.way.strategy for each in judged(WAYS, limits) if each.fits]


def test_what_fits_is_ordered_by_what_it_gives_up_and_then_by_its_peak() -> None:
    assert names(Limits(1_000, 1e9)) == [REFERENCE, "heavy", "medium", "lean"]
    assert names(Limits(1_000, 1.5e5)) == [REFERENCE, "medium", "lean"]
    assert names(Limits(1_000, 1.5e4)) == ["medium", "lean"]
    assert names(Limits(1_000, 1e9, time=5)) == ["lean"]
    assert names(Limits(1_000, 1e9, needs=("orm-identity",))) == [REFERENCE, "heavy"]
    assert names(Limits(1_000, 1)) == []


def test_a_budget_must_hold_the_upper_end() -> None:
    unsure = Way("unsure", "", ALL, peak=(Point(100, 100, margin=0.1),))
    assert winner([unsure], Limits(100, 109)) is None
    assert winner([unsure], Limits(100, 110.1)) == "unsure"


def test_what_is_unknown_meets_no_need_and_comes_last() -> None:
    unknown = replace(WAYS[0], strategy="unknown", offers=None)
    found = judged([unknown, *WAYS], Limits(1_000, 1e9))
    assert found[-1].way.strategy == "unknown"
    assert found[-1].gives_up is None
    assert winner([unknown], Limits(1_000, 1e9, needs=("list",))) is None


def test_what_was_not_measured_does_not_fit() -> None:
    failed = replace(WAYS[0], unmeasured="it broke")
    assert winner([failed], Limits(1_000, 1e9)) is None
    large = replace(WAYS[0], failures=(Failure(1_000, 1_000, "it timed out"),))
    assert winner([large], Limits(999, 1e9)) == "lean"
    for entries in (1_000, 10_000):
        assert winner([large], Limits(entries, 1e9)) is None
    assert judged([large], Limits(2_000, 1e9))[0].unmeasured == "it timed out at 1,000 entries"
    wrong = replace(WAYS[0], failures=(Failure(1_000, 0, "it is wrong"),))
    assert winner([wrong], Limits(1, 1e9)) is None
    timeless = replace(WAYS[0], wall=())
    assert winner([timeless], Limits(1_000, 1e9)) == "lean"
    assert winner([timeless], Limits(1_000, 1e9, time=1e9)) is None


def test_what_would_change_the_answer() -> None:
    found = changes(WAYS, Limits(1_000, 2e4, needs=("list",)))
    assert found.memory == (Rung(1e4, "medium"), Rung(1e5, REFERENCE))
    assert found.time == (Rung(10, "medium"),)
    assert found.entries == (Rung(100, REFERENCE), Rung(201, "medium"), Rung(2_001, None))
    assert found.dropped == ()
    assert found.added == (Other("orm-identity", None), Other("stream", None))
    nothing = changes(WAYS, Limits(1_000, 5e3, needs=("list",)))
    assert nothing.dropped == (Other("list", "lean"),)


@given(
    st.integers(1, 10**6),
    st.floats(1, 1e12),
    st.none() | st.floats(1e-6, 1e5),
    st.sets(st.sampled_from(sorted(ALL))),
)
def test_the_answers_said_of_other_limits_are_the_rules(
    entries: int, memory: float, time: float | None, needs: set[str]
) -> None:
    limits = Limits(entries, memory, time, tuple(sorted(needs)))
    found = changes(WAYS, limits)
    for rung in found.memory:
        assert winner(WAYS, replace(limits, memory=rung.start * 1.000001)) == rung.winner
    for rung in found.time:
        assert winner(WAYS, replace(limits, time=rung.start * 1.000001)) == rung.winner
    for rung in found.entries:
        assert winner(WAYS, replace(limits, entries=int(rung.start))) == rung.winner
