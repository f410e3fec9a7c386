"""What every meter must do: read known calls right, in a process of its own."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from pathlib import Path

import pytest

from harness import discovery, meters, selfcheck
from harness.errors import NotAvailableError, SharedProcessError
from harness.meters import clock, rss


@pytest.fixture(scope="module")
def readings() -> list[selfcheck.Reading]:
    return list(selfcheck.readings(discovery.names(meters), timeout=120))


def test_every_meter_reads_every_call_within_its_limit(readings: list[selfcheck.Reading]) -> None:
    assert not [reading for reading in readings if reading.is_wrong]
    assert {reading.meter for reading in readings} == set(discovery.names(meters))
    assert {reading.case for reading in readings} == set(selfcheck.cases())


def test_native_memory_is_seen_by_all_but_tracemalloc(readings: list[selfcheck.Reading]) -> None:
    native = {r.meter: r for r in readings if r.case == "native buffer"}
    missed = native.pop("tracemalloc")
    assert missed.off_by == pytest.approx(1, abs=0.01)
    assert "missed, as it must be" in missed.verdict
    assert set(native) == {"allocator", "rss"}
    for reading in native.values():
        assert reading.off_by < selfcheck.WITHIN


def test_a_meter_that_is_off_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selfcheck, "WITHIN", 1e-9)
    wrong = [r for r in selfcheck.readings(["tracemalloc"], timeout=120) if r.is_wrong]
    assert {reading.case for reading in wrong} >= {"Python objects", "Python objects, let go"}
    assert any("OFF" in reading.verdict for reading in wrong)


def test_a_clock_that_stands_still_is_found() -> None:
    known = selfcheck.cases()["0.2 s of collections"]
    stopped = {"wall_seconds": 0.2, "cpu_seconds": 0.2, "gc_seconds": 0.0}
    assert selfcheck._of_time("clock", "", known, stopped).is_wrong


def test_a_meter_that_hangs_is_a_reading_that_says_so() -> None:
    first, *_ = selfcheck.readings(["tracemalloc"], timeout=0.01)
    assert first.is_wrong
    assert "timed out" in first.verdict


def test_a_meter_that_fails_is_a_reading_that_says_so() -> None:
    first, *_ = selfcheck.readings(["no_such_meter"], timeout=120)
    assert first.is_wrong
    assert "no meter" in first.verdict


def test_a_process_belongs_to_one_meter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(meters.CLAIM, "0 of a parent, say")
    meters.claim_process("clock")
    with pytest.raises(SharedProcessError, match="rss cannot measure here: clock did"):
        meters.claim_process("rss")


def test_a_traced_process_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(meters.CLAIM, raising=False)
    tracemalloc.start()
    try:
        with pytest.raises(SharedProcessError, match="tracemalloc is tracing"):
            meters.claim_process("clock")
    finally:
        tracemalloc.stop()
    sys.setprofile(lambda *_: None)
    try:
        with pytest.raises(SharedProcessError, match="debugger or profiler"):
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
