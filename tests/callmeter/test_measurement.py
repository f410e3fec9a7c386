"""One call measured, in this process and in fresh ones, against what it is known to need."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tracemalloc
from pathlib import Path

import memray
import pytest

import callmeter
import measured_functions as functions
from callmeter.call import CountError
from callmeter.errors import NotMeasuredError, TargetError, UsageError
from callmeter.measurement import Measurement, measure_async, measure_body, name_of

NUMBER = 5_000
KNOWN = NUMBER * (functions.SIZE + sys.getsizeof(b""))
"""Bytes of what is retained; twice that is needed for a moment."""


def is_as_known(measurement: Measurement) -> None:
    assert measurement.retained == pytest.approx(KNOWN, rel=0.03)
    assert measurement.peak == pytest.approx(2 * KNOWN, rel=0.03)
    assert measurement.items == NUMBER
    assert measurement.retained_per_item == measurement.retained / NUMBER
    assert measurement.peak_per_item == measurement.peak / NUMBER


def test_a_call_in_this_process() -> None:
    measurement = callmeter.measure(functions.blocks, NUMBER)
    is_as_known(measurement)
    assert (measurement.name, measurement.where) == ("blocks", "this process")
    assert len(measurement.result) == NUMBER


def test_a_call_in_a_fresh_process() -> None:
    measurement = callmeter.fresh(functions.blocks, NUMBER)
    is_as_known(measurement)
    assert (measurement.name, measurement.where) == ("blocks", "a fresh process")
    assert measurement.result is None


def test_a_call_in_an_event_loop() -> None:
    is_as_known(asyncio.run(measure_async(functions.later, NUMBER)))
    is_as_known(callmeter.measure(functions.later, NUMBER))
    is_as_known(callmeter.fresh(functions.later, NUMBER))


def test_what_is_done_by_a_block() -> None:
    held: list[bytes] = []
    measurement = measure_body("block", lambda: held.extend(functions.blocks(NUMBER)))
    assert measurement.retained == pytest.approx(KNOWN, rel=0.03)
    assert (measurement.name, measurement.items, len(held)) == ("block", None, NUMBER)


def test_the_items_of_an_iterator_are_held() -> None:
    measurement = callmeter.measure(functions.one_by_one, NUMBER)
    assert len(measurement.result) == measurement.items == NUMBER
    assert measurement.retained == pytest.approx(KNOWN, rel=0.03)


def test_what_came_before_does_not_count() -> None:
    before = functions.blocks(10 * NUMBER)
    measurement = callmeter.measure(lambda: [bytes(100)])
    assert measurement.peak < 100_000
    assert len(before) == 10 * NUMBER


def test_arguments_go_to_the_function() -> None:
    for measurement in (
        callmeter.measure(functions.blocks, 2, size=10 * KNOWN),
        callmeter.fresh(functions.blocks, 2, size=10 * KNOWN),
    ):
        assert measurement.items == 2
        assert measurement.retained == pytest.approx(20 * KNOWN, rel=0.01)


def test_nothing_given_has_no_figure_an_item() -> None:
    measurement = callmeter.measure(list)
    assert measurement.items == 0
    assert measurement.peak_per_item is measurement.retained_per_item is None


def test_each_meter_measures_what_its_metrics_are() -> None:
    meters = ("allocator", "tracemalloc", "clock")
    for measurement in (
        callmeter.measure(functions.blocks, NUMBER, meters=meters),
        callmeter.fresh(functions.blocks, NUMBER, meters=meters),
    ):
        values = measurement.values
        assert values.keys() == {
            *("peak", "retained", "traced_peak", "traced_retained", "wall", "cpu", "gc")
        }
        assert values["traced_peak"] == pytest.approx(values["peak"], rel=0.02)
        assert values["wall"] > 0


def test_what_was_not_measured_says_how_it_would_be() -> None:
    measurement = callmeter.measure(functions.blocks, 1, meters=["clock"])
    with pytest.raises(AttributeError, match="peak was not measured: add 'allocator'"):
        _ = measurement.peak
    with pytest.raises(NotMeasuredError, match="nothing was recorded: add 'allocator'"):
        _ = measurement.layers
    with pytest.raises(UsageError, match="there is no meter 'clok'; did you mean clock"):
        callmeter.measure(functions.blocks, 1, meters=["clok"])
    with pytest.raises(UsageError, match="the meter imports needs a fresh process"):
        callmeter.measure(functions.blocks, 1, meters=["imports"])


def test_layers_add_up_to_the_figures() -> None:
    here = callmeter.measure(functions.blocks, NUMBER)
    assert sum(here.layers.peak.values()) == here.peak
    assert sum(here.layers.retained.values()) == here.retained
    there = callmeter.fresh(functions.blocks, NUMBER)
    assert sum(there.layers.peak.values()) == pytest.approx(there.peak, rel=0.01)
    for measurement in (here, there):
        (most, *_) = measurement.layers.peak_places
        assert "measured_functions.py:" in most


def test_a_call_that_changes_its_data_is_found_or_measured_once() -> None:
    for measure in (callmeter.measure, callmeter.fresh):
        functions.CALLS.clear()
        with pytest.raises(CountError, match="the second call gave 2 items, the first 1"):
            measure(functions.growing)
    functions.CALLS.clear()
    assert callmeter.measure(functions.growing, warm_up=False).items == 1
    assert callmeter.fresh(functions.growing, warm_up=False).items == 1

    async def twice() -> None:
        functions.CALLS.clear()
        with pytest.raises(CountError):
            await measure_async(functions.growing)

    asyncio.run(twice())


def test_what_the_call_raises_is_raised() -> None:
    with pytest.raises(LookupError, match="no payroll"):
        callmeter.measure(functions.failing, "no payroll")
    with pytest.raises(LookupError, match="no payroll") as caught:
        callmeter.fresh(functions.failing, "no payroll")
    (note,) = caught.value.__notes__
    assert "In the fresh process" in note
    assert "measured_functions.py" in note


def test_a_process_that_gives_no_answer_says_so() -> None:
    with pytest.raises(NotMeasuredError, match="ended with exit code 3"):
        callmeter.fresh(functions.ending)
    with pytest.raises(NotMeasuredError, match=r"timed out after 0\.5 s"):
        callmeter.fresh(functions.blocks, 10**9, timeout=0.5)


def test_what_is_not_found_by_its_name_cannot_be_sent() -> None:
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
        memray.Tracker(tmp_path / "theirs"),
        pytest.raises(NotMeasuredError, match="memray records this process already"),
    ):
        callmeter.measure(functions.blocks, 1)


def test_a_tracer_is_suspended_while_the_call_is_measured_and_then_goes_on() -> None:
    seen: list[object] = []

    def traced() -> list[int]:
        seen.append(sys.gettrace())
        return [1]

    def tracer(*_: object) -> None: ...

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        callmeter.measure(traced)
        after = sys.gettrace()
    finally:
        sys.settrace(before)
    assert seen == [tracer, None]  # the warm-up is traced as it is otherwise
    assert after is tracer


def test_this_python_is_a_python() -> None:
    is_as_known(callmeter.fresh(functions.blocks, NUMBER, python=sys.executable))


def test_another_python_measures_the_call(tmp_path: Path) -> None:
    other = tmp_path / "venv" / "bin" / "python"
    make = (sys.executable, "-m", "venv", "--without-pip", str(other.parents[1]))
    subprocess.run(make, check=True)
    measurement = callmeter.fresh(functions.prefix, meters=["tracemalloc"], python=str(other))
    assert measurement.values["traced_peak"] > 0
    with pytest.raises(callmeter.NotAvailableError, match="memray does not run here"):
        callmeter.fresh(functions.blocks, 1, python=str(other))


def test_a_function_is_called_by_its_name_in_its_class() -> None:
    assert name_of(Measurement.layers.func) == "Measurement.layers"
    assert name_of(functions.blocks) == "blocks"
