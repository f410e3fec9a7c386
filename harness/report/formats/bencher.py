"""For Bencher: its Metric Format, by benchmark a measure for each metric.

The form is https://bencher.dev/docs/reference/bencher-metric-format.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from callmeter.meters import SECONDS
from harness.report.benchmarks import benchmarks

if TYPE_CHECKING:
    from callmeter.meters import Metric
    from harness.model.sample import Sample
    from harness.report.document import Document

NANOSECONDS = 1e9
"""In a second: what Bencher has times in."""
BUILT_IN = {"wall": "latency"}
"""Metrics that Bencher has a measure for, in nanoseconds."""


def write(document: Document, width: int) -> str:  # noqa: ARG001 (data has no width)
    """Return the object of the document's run; raises UsageError where there is none."""
    found = benchmarks(document.drawn_run("bencher"))
    measured = {
        name: {measure(sample.metric): _values(sample) for sample in summary.samples.values()}
        for name, summary in found.items()
    }
    return json.dumps(measured, indent=2)


def measure(metric: Metric) -> str:
    """Return the slug of the metric's measure: `traced-peak`."""
    return BUILT_IN.get(metric.key, metric.key.replace("_", "-"))


def _values(sample: Sample) -> dict[str, float]:
    """Return the median, and where the repeats lie, if there are several.

    Bytes, shares, and times in nanoseconds.
    """
    low, high = sample.range
    values = {"value": sample.median}
    if sample.n > 1:
        values |= {"lower_value": low, "upper_value": high}
    if sample.metric.unit != SECONDS:
        return values
    return {which: round(value * NANOSECONDS, 1) for which, value in values.items()}
