"""Whether the machine was busy while times were taken."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.busy import BUSY, busy, spells
from harness.model.run import Measurement
from support import a_cell, a_run, memory, times


def timed(
    *others: float | None, seconds: float = 1.0, stolen: float = 0.0, mhz: int | None = None
) -> list[Measurement]:
    """A time for each share of other processes, of a cell that takes so long."""
    return [
        msgspec.structs.replace(one, seconds=seconds, others=share, stolen=stolen, mhz=mhz)
        for one, share in zip(times("lean", *[0.1] * len(others)), others, strict=True)
    ]


def test_a_run_is_busy_where_more_than_a_fifth_of_its_time_was() -> None:
    quiet, disturbed = BUSY - 0.01, BUSY + 0.01
    for count, is_busy in ((0, False), (2, False), (3, True), (10, True)):
        found = busy(a_run(*timed(*[disturbed] * count, *[quiet] * (10 - count))))
        assert found is not None
        assert found.time == pytest.approx(count / 10)
        assert found.is_busy is is_busy


def test_the_median_and_the_worst_are_of_the_spells() -> None:
    found = busy(a_run(*timed(0.1, 0.2, 0.9, mhz=2100), *memory("lean", 1e6)))
    assert found is not None
    assert found.others == pytest.approx((0.2, 0.9))
    assert found.stolen == (0, 0)
    assert found.mhz == (2100, 2100)


def test_short_cells_are_summed_up_to_a_second() -> None:
    """One alone is a few ticks of the kernel's, and rounded by as much."""
    first, second = spells(timed(-0.05, 0.25, 0.0, 0.2, 0.9, seconds=0.5))
    assert (first.seconds, first.others) == (1, pytest.approx(0.1))
    assert second.others == pytest.approx(0.1)
    assert busy(a_run(*timed(0.9, seconds=0.5))) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.001, 5)), max_size=30))
def test_a_spell_lies_between_its_cells(cells: list[tuple[float, float]]) -> None:
    taken = [
        Measurement(a_cell("lean", "clock", nth), {}, seconds=long, others=share, stolen=0.0)
        for nth, (share, long) in enumerate(cells)
    ]
    found = list(spells(taken))
    assert sum(spell.seconds for spell in found) <= sum(long for _, long in cells) + 1e-6
    for spell in found:
        assert spell.seconds >= 1
        assert spell.others is not None
        assert min(share for share, _ in cells) - 1e-9 <= spell.others
        assert spell.others <= max(share for share, _ in cells) + 1e-9


def test_what_other_machines_took_counts_too() -> None:
    found = busy(a_run(*timed(None, None, stolen=0.3)))
    assert found is not None
    assert (found.is_busy, found.others, found.stolen.worst) == (True, None, 0.3)


def test_a_run_of_before_and_one_of_memory_are_unknown() -> None:
    assert busy(a_run(*times("lean", 0.1, 0.2), *memory("lean", 1e6))) is None
    of_memory = [msgspec.structs.replace(one, stolen=0.9, seconds=9) for one in memory("lean", 1.0)]
    assert busy(a_run(*of_memory)) is None
