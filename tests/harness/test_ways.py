"""What a run knows of each strategy."""

from __future__ import annotations

import pytest

from callmeter.errors import UsageError
from callmeter.worker import CHECK
from harness.analysis.prediction import Point
from harness.analysis.ways import Payrolls, meter_to_judge_by, ways
from harness.model.run import FORMAT, Header, Measurement, Run
from harness.runner.plan import Cell
from support import a_workload


def cells(strategy: str, meter: str, figures: dict[str, float], **more: str) -> list[Measurement]:
    cell = Cell(strategy, meter, a_workload(100))
    return [Measurement(cell, figures, **more)]


RUN = Run(
    Header(FORMAT, 3, "", {}, {}),
    cells("a", "tracemalloc", {"peak_bytes": 5.0})
    + cells("a", "allocator", {"allocator_peak_bytes": 6.0})
    + cells("b", "allocator", {}, error="broken, quite")
    + cells("d", CHECK, {}, error="BrokenContractError: entry 1")
    + cells("c", "tracemalloc", {"peak_bytes": 5.0})
    + cells("floor", "allocator", {"allocator_peak_bytes": 1.0}),
)


def test_all_allocations_are_what_is_judged_where_they_were_measured() -> None:
    assert meter_to_judge_by(RUN, None) == "allocator"
    assert meter_to_judge_by(RUN, "tracemalloc") == "tracemalloc"
    with pytest.raises(UsageError, match="no figures of the meter rss; it has: allocator, trace"):
        meter_to_judge_by(RUN, "rss")
    with pytest.raises(UsageError, match="the run has no times; measure with --meter clock"):
        meter_to_judge_by(RUN, None, timed=True)


def test_ways_are_what_the_run_measured_without_the_baselines() -> None:
    found = {each.strategy: each for each in ways(RUN, Payrolls(), "allocator", {"a": ["list"]})}
    assert found.keys() == {"a", "b", "c", "d"}
    assert found["a"].offers == {"list"}
    assert found["a"].peak == (Point(100, 6, 0.005),)
    assert found["b"].unmeasured_at(100) == "broken, quite"
    assert found["d"].unmeasured_at(1) == "BrokenContractError: entry 1 at 100 entries"
    assert found["c"].unmeasured == "no allocator"
    with pytest.raises(UsageError, match=r"no lists of 7 components .*; it has: lists of 6 comp"):
        ways(RUN, Payrolls(components=7), "allocator", {})
