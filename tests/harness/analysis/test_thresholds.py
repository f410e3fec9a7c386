"""What would change the choice: the rule's own answers to other limits."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from candidates import ALL, CANDIDATES
from harness.analysis.choice import Limits, winner
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
