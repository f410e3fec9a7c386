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

if TYPE_CHECKING:
    from collections.abc import Iterable


class Variant(NamedTuple):
    """A metric that is another one's, in calls made without a warm-up or with GC paused."""

    key: str
    title: str
    of: str
    cold: bool = False
    paused: bool = False


VARIANTS = (
    Variant("first_call", "first call", "wall", cold=True),
    Variant("first_call_peak", "peak of the first call", "traced_peak", cold=True),
    Variant("paused_wall", "wall time, GC paused", "wall", paused=True),
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

BY_NAME = "name"
"""What rows are sorted by, if not by a metric."""

_VARIANT_OF = {(variant.of, variant.cold, variant.paused): variant.key for variant in VARIANTS}
PEAKS = {"peak": "retained", "traced_peak": "traced_retained", "rss_peak": "rss_retained"}
"""What memory is judged by, best first, and the metric of what is retained that goes with it."""


def metric(key: str) -> Metric:
    """Return the metric; raises UsageError, with a near miss, where there is none."""
    if key not in METRICS:
        raise unknown("metric", key, METRICS)
    return METRICS[key]


def key_of(measured: str, *, cold: bool = False, paused: bool = False) -> str | None:
    """Return the key of what was measured so; None where nobody asks for it."""
    if not cold and not paused:
        return measured if measured in METRICS else None
    return _VARIANT_OF.get((measured, cold, paused))


def judged_by(keys: Iterable[str]) -> str | None:
    """Return the peak that memory is judged by, of those that a run has."""
    known = set(keys)
    return next((key for key in PEAKS if key in known), None)
