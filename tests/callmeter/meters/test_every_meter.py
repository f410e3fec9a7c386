"""What every meter must do: read known calls right, in a process of its own."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from pathlib import Path

import pytest

from callmeter import meters, self_check
from callmeter.errors import NotAvailableError, NotMeasuredError, UsageError
from callmeter.meters import clock, rss


@pytest.fixture(scope="module")
def readings() -> list[self_check.Reading]:
    return list(self_check.readings(meters.names(), timeout=120))


def test_every_meter_reads_every_call_within_its_limit(readings: list[self_check.Reading]) -> None:
    assert not [reading for reading in readings if reading.is_wrong]
    of_calls = {name for name in meters.names() if not hasattr(meters.load(name), "OF_MAKING")}
    assert {reading.meter for reading in readings} == of_calls
    assert {reading.case for reading in readings} == set(self_check.cases())


def test_native_memory_is_seen_by_all_but_tracemalloc(readings: list[self_check.Reading]) -> None:
    native = {r.meter: r for r in readings if r.case == "native buffer"}
    missed = native.pop("tracemalloc")
    assert missed.off_by == pytest.approx(1, abs=0.01)
    assert "missed, as it must be" in missed.verdict
    assert set(native) == {"allocator", "rss"}
    for reading in native.values():
        assert reading.off_by < self_check.WITHIN


def test_a_meter_that_is_off_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_check, "WITHIN", 1e-9)
    wrong = [r for r in self_check.readings(["tracemalloc"], timeout=120) if r.is_wrong]
    assert {reading.case for reading in wrong} >= {"Python objects", "Python objects, let go"}
    assert any("OFF" in reading.verdict for reading in wrong)


def test_a_clock_that_stands_still_is_found() -> None:
    known = self_check.cases()["0.2 s of collections"]
    stopped = {"wall": 0.2, "cpu": 0.2, "gc": 0.0}
    assert self_check._of_time("clock", "", known, stopped).is_wrong


def test_a_meter_that_hangs_is_a_reading_that_says_so() -> None:
    first, *_ = self_check.readings(["tracemalloc"], timeout=0.01)
    assert first.is_wrong
    assert "timed out" in first.verdict


def test_a_meter_that_fails_is_a_reading_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONTRACEMALLOC", "1")
    first, *_ = self_check.readings(["rss"], timeout=120)
    assert first.is_wrong
    assert "rss cannot measure here: tracemalloc is tracing" in first.verdict


def test_a_traced_process_is_refused() -> None:
    tracemalloc.start()
    try:
        with pytest.raises(NotMeasuredError, match="tracemalloc is tracing"):
            meters.check_untraced("clock")
    finally:
        tracemalloc.stop()
    sys.setprofile(lambda *_: None)
    try:
        with pytest.raises(NotMeasuredError, match="debugger or profiler"):
            meters.check_untraced("clock")
    finally:
        sys.setprofile(None)


def test_the_clock_tells_the_collectors_time_and_leaves_no_callback() -> None:
    callbacks = list(gc.callbacks)
    figures = clock.measure(lambda: [gc.collect() for _ in range(20)])
    assert gc.callbacks == callbacks
    assert 0 < figures["gc"] <= figures["wall"]
    assert figures["gc"] > 0.5 * figures["wall"]
    assert clock.measure(lambda: None)["gc"] == 0


def test_the_clock_leaves_no_callback_when_the_call_fails() -> None:
    callbacks = list(gc.callbacks)
    with pytest.raises(ZeroDivisionError):
        clock.measure(lambda: 1 // 0)
    assert gc.callbacks == callbacks


def test_without_the_kernels_figures_rss_is_not_available(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(rss, "CLEAR_REFS", tmp_path / "not" / "there")
    with pytest.raises(NotAvailableError, match="that resets the peak"):
        rss.measure(lambda: None)
    monkeypatch.setattr(rss, "STATUS", tmp_path / "status")
    with pytest.raises(NotAvailableError, match="status"):
        rss.resident("VmRSS")


def test_every_metric_has_a_key_of_its_own_and_tells_its_meter() -> None:
    found = [metric for name in meters.names() for metric in meters.load(name).METRICS]
    assert len(meters.metrics()) == len(found)
    for key, metric in meters.metrics().items():
        assert metric in meters.load(metric.meter).METRICS
        assert metric.is_memory == (metric.unit == "B"), key


def test_a_meter_that_there_is_not_has_a_near_miss() -> None:
    with pytest.raises(UsageError, match="there is no meter 'alocator'; did you mean allocator"):
        meters.load("alocator")
