"""For what reads pytest-benchmark's JSON: the wall times, and beside each the other metrics.

The form is that of `pytest --benchmark-json`, version 5, whose `compare` command reads it.
"""

from __future__ import annotations

import json
from statistics import mean, median, quantiles, stdev
from typing import TYPE_CHECKING, Any

import msgspec

from callmeter.errors import UsageError
from harness.model.cell import kind_of
from harness.model.fields import MOST_VALUE
from harness.model.metrics import TIME
from harness.report.benchmarks import benchmarks, parameter_of
from harness.report.names import title_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model.run import Header
    from harness.model.summary import Summary
    from harness.report.document import Document

VERSION = "5.0.0"
"""Of pytest-benchmark, whose form this is."""
FENCE = 1.5
"""Of the distance of the quartiles: what lies farther outside them is an outlier."""
SHORTEST = 1 / MOST_VALUE
"""Seconds below which there is no rate."""
DIRTY = "-dirty"


def write(document: Document, width: int) -> str:  # noqa: ARG001 (data has no width)
    """Return the object of the document's run; raises UsageError where there is none, or no times.

    It names no host: a run does not know its own.
    """
    run = document.drawn_run("pytest_benchmark")
    timed = [
        _benchmark(name, summary)
        for name, summary in benchmarks(run).items()
        if summary.sample(TIME)
    ]
    if not timed:
        raise UsageError("pytest_benchmark is of times, and the run has none: measure with clock")
    whole = {
        "machine_info": _machine(run.header),
        "commit_info": _commit(run.header),
        "benchmarks": timed,
        "datetime": run.header.environment.get("date", ""),
        "version": VERSION,
    }
    return json.dumps(whole, indent=2)


def _benchmark(name: str, summary: Summary) -> dict[str, Any]:
    """Return one benchmark: its times in seconds, and the medians of its other metrics."""
    others = {key: sample.median for key, sample in summary.samples.items() if key != TIME}
    is_payroll = summary.workload.is_payroll
    workload = msgspec.structs.asdict(summary.workload) if is_payroll else {}
    return {
        "group": title_of(summary.workload, summary.subject.consume) if is_payroll else None,
        "name": name,
        "fullname": name,
        "params": {
            kind_of([summary.workload]): summary.name,
            **workload,
            "consume": summary.subject.consume,
        },
        "param": parameter_of(summary) or None,
        "extra_info": {"items": summary.items, **others},
        "options": {},
        "stats": statistics_of(summary.samples[TIME].values),
    }


def statistics_of(values: Sequence[float]) -> dict[str, Any]:
    """Return what pytest-benchmark counts of the rounds, each of one call; times in seconds."""
    middle, average = median(values), mean(values)
    deviation = stdev(values) if len(values) > 1 else 0.0
    q1, _, q3 = quantiles(values, n=4, method="inclusive") if len(values) > 1 else [middle] * 3
    low, high = q1 - FENCE * (q3 - q1), q3 + FENCE * (q3 - q1)
    within = [value for value in values if low <= value <= high]
    far = sum(abs(value - average) > deviation for value in values)
    outside = len(values) - len(within)
    return {
        "min": min(values),
        "max": max(values),
        "mean": average,
        "stddev": deviation,
        "rounds": len(values),
        "median": middle,
        "iqr": q3 - q1,
        "q1": q1,
        "q3": q3,
        "iqr_outliers": outside,
        "stddev_outliers": far,
        "outliers": f"{far};{outside}",
        "ld15iqr": min(within, default=min(values)),
        "hd15iqr": max(within, default=max(values)),
        "ops": 1 / average if average > SHORTEST else 0.0,
        "total": sum(values),
        "data": list(values),
        "iterations": 1,
    }


def _machine(header: Header) -> dict[str, Any]:
    """Return the environment under pytest-benchmark's names, and the rest of it as it is."""
    known = header.environment
    system, _, machine = known["system"].partition(" ")
    implementation, _, version = known["python"].partition(" ")
    cores = known.get("cores", "")
    return {
        **known,
        "node": "",
        "processor": known.get("processor", ""),
        "machine": machine,
        "system": system,
        "release": "",
        "python_implementation": implementation,
        "python_implementation_version": version,
        "python_version": version,
        "cpu": {
            "brand_raw": known.get("processor", ""),
            "count": int(cores) if cores.isdecimal() and len(cores) < 10 else None,
        },
    }


def _commit(header: Header) -> dict[str, Any]:
    """Return the commit of the harness, which is what a run knows of commits."""
    commit = header.environment["commit"]
    return {
        "id": commit.removesuffix(DIRTY),
        "time": None,
        "author_time": None,
        "dirty": commit.endswith(DIRTY),
        "project": "mapping-strategies",
        "branch": "(unknown)",
    }
