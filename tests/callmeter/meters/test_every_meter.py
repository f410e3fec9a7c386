"""What every meter must do: read known calls right, in a process of its own."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from pathlib import Path

import pytest
from callmeter.errors import NotAvailableError, NotMeasuredError
from callmeter.meters import clock, rss

from callmeter import discovery, meters, self_check


@pytest.fixture(scope="module")
def readings() -> list[self_check.Reading]:
    return list(self_check.readings(discovery.names(meters), timeout=120))


def test_every_meter_reads_every_call_within_its_limit(readings: list[self_check.Reading]) -> None:
    assert not [reading for reading in readings if reading.is_wrong]
    assert {reading.meter for reading in readings} == set(discovery.names(meters))
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
    stopped = {"wall_seconds": 0.2, "cpu_seconds": 0.2, "gc_seconds": 0.0}
    assert self_check._of_time("clock", "", known, stopped).is_wrong


def test_a_meter_that_hangs_is_a_reading_that_says_so() -> None:
    first, *_ = self_check.readings(["tracemalloc"], timeout=0.01)
    assert first.is_wrong
    assert "timed out" in first.verdict


def test_a_meter_that_fails_is_a_reading_that_says_so() -> None:
    first, *_ = self_check.readings(["no_such_meter"], timeout=120)
    assert first.is_wrong
    assert "no meter" in first.verdict


def test_a_process_belongs_to_one_meter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(meters.CLAIM, "0 of a parent, say")
    meters.claim_process("clock")
    with pytest.raises(NotMeasuredError, match="rss cannot measure here: clock did"):
        meters.claim_process("rss")


def test_a_traced_process_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(meters.CLAIM, raising=False)
    tracemalloc.start()
    try:
        with pytest.raises(NotMeasuredError, match="tracemalloc is tracing"):
            meters.claim_process("clock")
    finally:
        tracemalloc.stop()
    sys.setprofile(lambda *_: None)
    try:
        with pytest.raises(NotMeasuredError, match="debugger or profiler"):
            meters.claim_process("clock")
    finally:
        sys.setprofile(None)


def test_the_clock_tells_the_collectors_time_and_leaves_no_callback() -> None:
    callbacks = list(gc.callbacks)
    figures = clock.measure(lambda: [gc.collect() for _ in range(20)])
    assert gc.callbacks == callbacks
    assert 0 < figures["gc_seconds"] <= figures["wall_seconds"]
    assert figures["gc_seconds"] > 0.5 * figures["wall_seconds"]
    assert clock.measure(lambda: None)["gc_seconds"] == 0


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
