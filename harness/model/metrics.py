"""The metrics of a run: those of the meters, and those that follow from their cells. Pure.

Everything that shows, compares or limits figures takes them from METRICS. A new metric of a meter
appears by itself; one that is a variant of another, or computed from others, is one entry below.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from callmeter import meters
from callmeter.errors import unknown
from callmeter.meters import SHARE, Metric
from harness.model.cell import Collector
from harness.payroll.use import Part

if TYPE_CHECKING:
    from collections.abc import Iterable


class Variant(NamedTuple):
    """A metric that is another one's, of another part of a call, or of one made otherwise."""

    key: str
    title: str
    of: str
    cold: bool = False
    part: Part = Part.WHOLE
    collector: Collector = Collector.DEFAULT


VARIANTS = (
    Variant("load", "load alone", "wall", part=Part.LOAD),
    Variant("load_peak", "peak of loading alone", "peak", part=Part.LOAD),
    Variant("load_retained", "retained by loading alone", "retained", part=Part.LOAD),
    Variant("use", "sum by kind", "wall", part=Part.SUM),
    Variant("first_call", "first call", "wall", cold=True),
    Variant("first_call_peak", "peak of the first call", "traced_peak", cold=True),
    Variant("paused_wall", "wall time, GC paused", "wall", collector=Collector.PAUSED),
    Variant("relaxed_wall", "wall time, GC relaxed", "wall", collector=Collector.RELAXED),
    Variant("frozen_wall", "wall time, GC frozen", "wall", collector=Collector.FROZEN),
)
GC_SHARE = Metric("gc_share", "time in the garbage collector", SHARE, "clock", 0.10, 0.10)
"""`gc` over `wall`, call by call."""

_MEASURED = meters.metrics()
METRICS: dict[str, Metric] = {
    **_MEASURED,
    GC_SHARE.key: GC_SHARE,
    **{
        variant.key: replace(_MEASURED[variant.of], key=variant.key, title=variant.title)
        for variant in VARIANTS
    },
}
"""Every metric by its key."""

TIME = "wall"
"""The time that calls are compared by."""
TIMED = METRICS[TIME].meter
"""The meter of times: its repeats are interleaved, and compare within one run only."""
LOADED = {variant.key: variant.of for variant in VARIANTS if variant.part is Part.LOAD}
"""The metrics of loading alone, and those of the whole call."""

BY_NAME = "name"
"""What rows are sorted by, if not by a metric."""

_VARIANT_OF = {(variant.of, *variant[3:]): variant.key for variant in VARIANTS}
PEAKS = {"peak": "retained", "traced_peak": "traced_retained", "rss_peak": "rss_retained"}
"""What memory is judged by, best first, and the metric of what is retained that goes with it."""


OF_PROCESS = {"base", "base_files", "calls_live", "calls_arenas", "calls_malloc", "imports"}
"""What the process and its allocators hold: of that, a ratio to the floor says nothing."""
AFTER = {*PEAKS.values(), "load_retained", "calls_retained", "calls_live", "calls_arenas"}
"""What is held after a call less what was held before: what a warm-up left can be released in it.
"""


def metric(key: str) -> Metric:
    """Return the metric; raises UsageError, with a near miss, where there is none."""
    if key not in METRICS:
        raise unknown("metric", key, METRICS)
    return METRICS[key]


def key_of(
    measured: str,
    *,
    cold: bool = False,
    part: Part = Part.WHOLE,
    collector: Collector = Collector.DEFAULT,
) -> str | None:
    """Return the key of what was measured so; None where nobody asks for it."""
    if (cold, part, collector) == (False, Part.WHOLE, Collector.DEFAULT):
        return measured if measured in METRICS else None
    return _VARIANT_OF.get((measured, cold, part, collector))


def variants_of(meter: str) -> list[Variant]:
    """Return the variants of the meter's metrics."""
    return [variant for variant in VARIANTS if METRICS[variant.of].meter == meter]


def judged_by(keys: Iterable[str]) -> str | None:
    """Return the peak that memory is judged by, of those that a run has."""
    known = set(keys)
    return next((key for key in PEAKS if key in known), None)


def memory_pair(keys: Iterable[str]) -> tuple[str, ...]:
    """Return that peak, and what is retained; nothing where no peak is known."""
    peak = judged_by(keys)
    return (peak, PEAKS[peak]) if peak else ()
