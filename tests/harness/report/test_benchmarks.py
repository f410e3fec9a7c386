"""Runs in the forms of other tools: all that these need of them is there, and true."""

from __future__ import annotations

import json
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callmeter.errors import UsageError
from harness.model.cell import REFERENCE, Consume
from harness.model.summary import summaries
from harness.report import comparison
from harness.report.benchmarks import benchmarks
from harness.report.document import Document
from harness.report.formats import bencher, pytest_benchmark
from harness.report.formats.pytest_benchmark import statistics_of
from runs import HOSTILE, made_run
from support import a_run, memory, times

if TYPE_CHECKING:
    from harness.model.run import Run

STATISTICS = {
    *("min", "max", "mean", "stddev", "rounds", "median", "iqr", "q1", "q3", "ops", "total"),
    *("iqr_outliers", "stddev_outliers", "outliers", "ld15iqr", "hd15iqr", "data", "iterations"),
}
"""What `pytest --benchmark-json` writes of a benchmark."""
WHOLE = {"machine_info", "commit_info", "benchmarks", "datetime", "version"}
ONE = {"group", "name", "fullname", "params", "param", "extra_info", "options", "stats"}


def as_bencher(run: Run) -> dict[str, dict[str, dict[str, float]]]:
    found: dict[str, Any] = json.loads(bencher.write(comparison.document(run), 80))
    return found


def as_pytest(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(pytest_benchmark.write(comparison.document(run), 80))
    return found


def test_a_name_has_all_that_a_figure_depends_on() -> None:
    run = made_run((1000,), repetitions=(1, 5), at_once=(1, 4), explained=False)
    found = benchmarks(run)
    assert len(found) == len(summaries(run))
    for name in ("lean[1000x6-realistic]", "lean[1000x6-realistic-pools5-at_once4]"):
        assert name in found
    streamed = benchmarks(made_run((1000,), consume=Consume.FOLD, explained=False))
    assert "lean[1000x6-realistic-fold]" in streamed


def test_what_failed_is_no_benchmark() -> None:
    run = made_run((1000,), errors={"lean": "broken"})
    assert not [name for name in as_bencher(run) if name.startswith("lean")]
    assert not [one for one in as_pytest(run)["benchmarks"] if one["name"].startswith("lean")]


def test_bencher_has_every_metric_as_a_measure() -> None:
    run = made_run((1000,))
    found = as_bencher(run)
    for name, summary in benchmarks(run).items():
        assert len(found[name]) == len(summary.samples)
        for values in found[name].values():
            assert values["lower_value"] <= values["value"] <= values["upper_value"]
    lean = found["lean[1000x6-realistic]"]
    assert lean["latency"]["value"] == pytest.approx(0.2e9)  # nanoseconds
    assert lean["peak"]["value"] == pytest.approx(1e6)  # bytes
    assert {"traced-peak", "traced-retained", "rss-peak", "gc-share"} <= lean.keys()


def test_one_repeat_has_no_range() -> None:
    found = as_bencher(a_run(*memory("lean", 1e6)))
    assert found["lean[1000x6-realistic]"]["traced-peak"] == {"value": 1e6}


def test_pytest_benchmark_has_the_fields_that_its_compare_command_reads() -> None:
    run = made_run((1000, 10_000))
    found = as_pytest(run)
    assert found.keys() == WHOLE
    assert {"node", "machine", "system", "python_version", "cpu"} <= found["machine_info"].keys()
    assert found["machine_info"]["cpu"]["count"] is None or found["machine_info"]["cpu"]["count"]
    assert found["commit_info"]["id"]
    assert not found["commit_info"]["dirty"]
    timed = [name for name, one in benchmarks(run).items() if one.sample("wall")]
    assert [one["fullname"] for one in found["benchmarks"]] == timed
    for one in found["benchmarks"]:
        assert one.keys() == ONE
        assert one["stats"].keys() == STATISTICS
    (reference,) = (
        one for one in found["benchmarks"] if one["name"] == f"{REFERENCE}[10000x6-realistic]"
    )
    assert reference["stats"]["median"] == pytest.approx(2.5)
    assert reference["extra_info"]["peak"] == pytest.approx(160e6)
    assert reference["params"]["size"] == 10_000
    assert reference["group"] == "10,000 entries x 6 components, profile realistic"


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30))
def test_statistics_are_in_order_whatever_the_times_are(values: list[float]) -> None:
    found = statistics_of(values)
    ends = [found[key] for key in ("min", "q1", "median", "q3", "max")]
    for lower, higher in pairwise(ends):
        assert lower <= higher + 1e-9 * max(values)
    assert found["median"] == median(values)
    assert found["min"] <= found["ld15iqr"] <= found["hd15iqr"] <= found["max"]
    assert found["rounds"] == len(values)
    assert json.loads(json.dumps(found, allow_nan=False))["data"] == values


def test_a_run_without_times_and_a_document_without_a_run_are_refused() -> None:
    with pytest.raises(UsageError, match="the run has none"):
        as_pytest(a_run(*memory("lean", 1e6)))
    for form in (bencher, pytest_benchmark):
        with pytest.raises(UsageError, match="shows a run"):
            form.write(Document(()), 80)


def test_names_are_text() -> None:
    run = a_run(*times(HOSTILE, 0.1))
    assert next(iter(as_bencher(run))).startswith(HOSTILE)
    assert as_pytest(run)["benchmarks"][0]["name"].startswith(HOSTILE)
