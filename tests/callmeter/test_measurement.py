"""One call measured, in this process and in fresh ones, against what it is known to need."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tracemalloc
from typing import TYPE_CHECKING

import memray
import pytest

import callmeter
import measured_functions as functions
from callmeter.call import CountError
from callmeter.errors import NotMeasuredError, TargetError, UsageError
from callmeter.measurement import Measurement, measure_async, measure_body, name_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Measure = Callable[..., Measurement]

NUMBER = 5_000
KNOWN = NUMBER * (functions.SIZE + sys.getsizeof(b""))
"""Bytes of what is retained."""
MEASURES = pytest.mark.parametrize("measure", [callmeter.measure, callmeter.fresh])


def is_as_known(measurement: Measurement, times: int = 1) -> None:
    """Check the figures of a call that needs `times` as much at its peak as it retains."""
    assert measurement.retained == pytest.approx(KNOWN, rel=0.03)
    assert measurement.peak == pytest.approx(times * KNOWN, rel=0.03)
    assert measurement.items == NUMBER
    assert measurement.retained_per_item == measurement.retained / NUMBER
    assert measurement.peak_per_item == measurement.peak / NUMBER


def test_a_call_in_this_process_and_in_a_fresh_one() -> None:
    here = callmeter.measure(functions.doubled, NUMBER)
    fresh = callmeter.fresh(functions.doubled, NUMBER)
    is_as_known(here, times=2)
    is_as_known(fresh, times=2)
    assert (here.name, here.where, len(here.result)) == ("doubled", "this process", NUMBER)
    assert (fresh.name, fresh.where, fresh.result) == ("doubled", "a fresh process", None)
    assert sum(here.layers.peak.values()) == here.peak
    assert sum(here.layers.retained.values()) == here.retained
    assert sum(fresh.layers.peak.values()) == pytest.approx(fresh.peak, rel=0.01)
    for measurement in (here, fresh):
        assert "measured_functions.py:" in next(iter(measurement.layers.peak_places))


def test_a_call_in_an_event_loop_and_an_iterator() -> None:
    is_as_known(asyncio.run(measure_async(functions.awaited, NUMBER)))
    for function in (functions.awaited, functions.one_by_one):
        is_as_known(callmeter.measure(function, NUMBER))
        is_as_known(callmeter.fresh(function, NUMBER))


def test_a_block_is_measured_without_a_warm_up() -> None:
    held: list[bytes] = []
    measurement = measure_body("block", lambda: held.extend(functions.blocks(NUMBER)))
    assert measurement.retained == pytest.approx(KNOWN, rel=0.03)
    assert (measurement.name, measurement.items, len(held)) == ("block", None, NUMBER)


def test_what_came_before_does_not_count() -> None:
    before = functions.blocks(10 * NUMBER)
    measurement = callmeter.measure(functions.nothing)
    assert len(before) == 10 * NUMBER
    assert measurement.peak < 100_000
    assert measurement.items == 0
    assert measurement.peak_per_item is measurement.retained_per_item is None


@MEASURES
def test_each_meter_measures_what_its_metrics_are(measure: Measure) -> None:
    meters = ("allocator", "tracemalloc", "clock")
    values = measure(functions.blocks, 2, size=KNOWN, meters=meters).values
    assert values.keys() == {
        *("peak", "retained", "traced_peak", "traced_retained", "wall", "cpu", "gc")
    }
    assert values["peak"] == pytest.approx(2 * KNOWN, rel=0.01)
    assert values["traced_peak"] == pytest.approx(values["peak"], rel=0.02)
    assert values["wall"] > 0


def test_the_error_of_what_was_not_measured_names_the_meter() -> None:
    measurement = callmeter.measure(functions.blocks, 1, meters=["clock"])
    with pytest.raises(AttributeError, match="peak was not measured: add 'allocator'"):
        _ = measurement.peak
    with pytest.raises(NotMeasuredError, match="nothing was recorded: add 'allocator'"):
        _ = measurement.layers
    with pytest.raises(UsageError, match="there is no meter 'clok'; did you mean clock"):
        callmeter.measure(functions.blocks, 1, meters=["clok"])
    with pytest.raises(UsageError, match="the meter imports needs a fresh process"):
        callmeter.measure(functions.blocks, 1, meters=["imports"])


@MEASURES
def test_a_call_that_changes_its_data_is_found_or_measured_once(measure: Measure) -> None:
    functions.CALLS.clear()
    with pytest.raises(CountError, match="the second call gave 2 items, the first 1"):
        measure(functions.growing)
    functions.CALLS.clear()
    with pytest.raises(CountError):
        asyncio.run(measure_async(functions.growing))
    functions.CALLS.clear()
    assert measure(functions.growing, warm_up=False).items == 1


@MEASURES
def test_what_the_call_raises_is_raised(measure: Measure) -> None:
    with pytest.raises(LookupError, match="no payroll") as caught:
        measure(functions.failing, "no payroll")
    if measure is callmeter.fresh:
        (note,) = caught.value.__notes__
        assert "In the fresh process" in note
        assert "measured_functions.py" in note


def test_a_fresh_process_that_gives_no_answer_is_an_error() -> None:
    with pytest.raises(NotMeasuredError, match="ended with exit code 3"):
        callmeter.fresh(functions.ending)
    with pytest.raises(NotMeasuredError, match=r"timed out after 0\.5 s"):
        callmeter.fresh(functions.blocks, 10**9, timeout=0.5)
    with pytest.raises(TargetError, match="is not found by its name in a module"):
        callmeter.fresh(lambda: 1)


def test_nothing_is_measured_while_something_else_traces(tmp_path: Path) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(NotMeasuredError, match="tracemalloc is tracing this process"):
            callmeter.measure(functions.blocks, 1)
    finally:
        tracemalloc.stop()
    with (
        memray.Tracker(tmp_path / "another"),
        pytest.raises(NotMeasuredError, match="memray records this process already"),
    ):
        callmeter.measure(functions.blocks, 1)


def test_another_python_measures_the_call(tmp_path: Path) -> None:
    other = tmp_path / "venv" / "bin" / "python"
    make = (sys.executable, "-m", "venv", "--without-pip", str(other.parents[1]))
    subprocess.run(make, check=True)
    measurement = callmeter.fresh(functions.prefix, meters=["tracemalloc"], python=str(other))
    assert measurement.values["traced_peak"] > 0
    with pytest.raises(callmeter.NotAvailableError, match="memray does not run here"):
        callmeter.fresh(functions.blocks, 1, python=str(other))


def test_a_function_is_called_by_its_name_in_its_class() -> None:
    assert name_of(functions.OddError.__init__) == "OddError.__init__"
