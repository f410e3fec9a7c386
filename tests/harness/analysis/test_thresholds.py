"""What would change the choice: the rule's own answers to other limits."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from candidates import ALL, CANDIDATES, SERVED
from harness.analysis.choice import Limits, winner
from harness.analysis.container import Service
from harness.analysis.thresholds import Threshold, answers
from harness.model.cell import REFERENCE


def test_what_would_change_the_answer() -> None:
    found = answers(CANDIDATES, Limits(1_000, 2e4, needs=("list",)))
    assert found.by_memory == (Threshold(1e4, "medium"), Threshold(1e5, REFERENCE))
    assert found.by_time == (Threshold(10, "medium"),)
    assert found.by_entries == (
        Threshold(100, REFERENCE),
        Threshold(201, "medium"),
        Threshold(2_001, None),
    )
    assert found.without_need == {}
    assert found.with_need == {"orm-identity": None, "stream": None}
    assert found.by_at_once == ()
    nothing_fits = answers(CANDIDATES, Limits(1_000, 5e3, needs=("list",)))
    assert nothing_fits.without_need == {"list": "lean"}
    assert nothing_fits.with_need == {}


@given(
    st.integers(1, 10**6),
    st.floats(1, 1e12),
    st.none() | st.floats(1e-6, 1e5),
    st.sets(st.sampled_from(sorted(ALL))),
)
def test_the_answers_to_other_limits_are_the_rules(
    entries: int, memory: float, time: float | None, needs: set[str]
) -> None:
    limits = Limits(entries, memory, time, tuple(sorted(needs)))
    found = answers(CANDIDATES, limits)
    for start, name in found.by_memory:
        assert winner(CANDIDATES, replace(limits, memory=start * 1.000001)) == name
    for start, name in found.by_time:
        assert winner(CANDIDATES, replace(limits, time=start * 1.000001)) == name
    for start, name in found.by_entries:
        assert winner(CANDIDATES, replace(limits, entries=int(start))) == name


def test_what_would_change_the_answer_of_a_container() -> None:
    found = answers(SERVED, Limits(1_000, 2.2e5, service=Service(4)))
    assert found.by_memory == (
        Threshold(2.4e4, "lean"),
        Threshold(5e4, "medium"),
        Threshold(4.3e5, REFERENCE),
    )
    assert found.by_at_once == (
        Threshold(1, REFERENCE),
        Threshold(3, "medium"),
        Threshold(22, "lean"),
    )


@given(st.integers(1, 10**5), st.floats(1e3, 1e9), st.integers(1, 30))
def test_the_answers_for_a_container_are_the_rules(
    entries: int, container: float, at_once: int
) -> None:
    limits = Limits(entries, container, service=Service(at_once))
    found = answers(SERVED, limits)
    for start, name in found.by_memory:
        assert winner(SERVED, replace(limits, memory=start * 1.000001)) == name
    for start, name in found.by_at_once:
        assert winner(SERVED, replace(limits, service=Service(int(start)))) == name
