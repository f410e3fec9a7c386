"""What every meter must do: read known calls right, in a fresh process."""

from __future__ import annotations

import gc
import subprocess
import sys
import tracemalloc
from typing import TYPE_CHECKING

import pytest

import callmeter
from callmeter import discovery, meters, self_check
from callmeter.errors import NotAvailableError, NotMeasuredError, UsageError
from callmeter.meters import clock, rss

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def readings() -> list[self_check.Reading]:
    return list(self_check.readings(meters.names(), timeout=120))


def test_every_meter_reads_every_call_within_its_limit(readings: list[self_check.Reading]) -> None:
    assert not [reading for reading in readings if reading.is_wrong]
    of_a_call = {
        name
        for name in meters.names()
        if not (hasattr(meters.load(name), "OF_MAKING") or hasattr(meters.load(name), "OF_CALLS"))
    }
    assert {reading.meter for reading in readings} == of_a_call
    assert {reading.case for reading in readings} == set(self_check.cases())


def test_native_memory_is_seen_by_all_but_tracemalloc(readings: list[self_check.Reading]) -> None:
    native = {reading.meter: reading for reading in readings if reading.case == "native buffer"}
    missed = native.pop("tracemalloc")
    assert missed.off_by == pytest.approx(1, abs=0.01)
    assert "missed, as it must be" in missed.verdict
    assert native.keys() == {"allocator", "rss"}
    assert {reading.verdict for reading in native.values()} == {"right"}


def test_a_meter_that_is_off_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_check, "WITHIN", 1e-9)
    wrong = [reading for reading in self_check.readings(["tracemalloc"], 120) if reading.is_wrong]
    assert {reading.case for reading in wrong} >= {"Python objects", "Python objects, let go"}
    assert any("OFF" in reading.verdict for reading in wrong)
    stopped = {"wall": 0.2, "cpu": 0.2, "gc": 0.0}
    known = self_check.cases()["0.2 s of collections"]
    assert self_check._of_time("clock", "", known, stopped).is_wrong


def test_a_meter_that_gives_no_figures_is_a_wrong_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = next(self_check.readings(["tracemalloc"], timeout=0.01))
    monkeypatch.setenv("PYTHONTRACEMALLOC", "1")
    failing = next(self_check.readings(["rss"], timeout=120))
    assert hanging.is_wrong
    assert "timed out" in hanging.verdict
    assert failing.is_wrong
    assert "rss cannot measure here: tracemalloc is tracing" in failing.verdict


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


def test_the_clock_reads_the_collectors_time_and_leaves_no_callback() -> None:
    callbacks = list(gc.callbacks)
    figures = clock.measure(lambda: [gc.collect() for _ in range(5)])
    assert 0.5 * figures["wall"] < figures["gc"] <= figures["wall"]
    assert clock.measure(lambda: None)["gc"] == 0
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


def test_every_file_is_a_meter_and_every_metric_has_a_key() -> None:
    for name in discovery.names(meters):
        module = discovery.load(meters, name)
        assert {"measure", "REPEATS", "ALONE", "METRICS"} <= vars(module).keys(), name
        assert module.__doc__, name
    found = [metric for name in meters.names() for metric in meters.load(name).METRICS]
    assert len(meters.metrics()) == len(found)
    for key, metric in meters.metrics().items():
        assert metric in meters.load(metric.meter).METRICS
        assert metric.is_memory == (metric.unit == "B"), key


@pytest.mark.parametrize(
    ("name", "hint"), [("alocator", "did you mean allocator"), ("zzzzz", "there are: ")]
)
def test_an_unknown_meter_has_a_near_miss(name: str, hint: str) -> None:
    with pytest.raises(UsageError, match=f"there is no meter '{name}'; {hint}"):
        meters.load(name)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux only")
def test_the_memory_of_a_child_counts_apart_from_the_calls() -> None:
    program = "import sys; held = bytes([1]) * 100_000_000; sys.exit()"
    values = callmeter.fresh(
        subprocess.call, [sys.executable, "-c", program], meters=["rss"], warm_up=False
    ).values
    assert values["rss_children"] > 100_000_000 > 10 * values["rss_peak"]
