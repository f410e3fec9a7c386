"""What a reader must know before trusting the figures of a comparison. Pure.

Each note is found by one function of the summaries of a workload. Those that can change a decision
are shown by themselves; the others only where everything is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callmeter.units import format_bytes
from harness.model.cell import FLOOR, Consume
from harness.model.metrics import PEAKS, judged_by
from harness.model.summary import FEWEST_TIMES, metrics_of
from harness.report.format import ALIKE, percent, short

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.model.summary import Summary

HIDDEN = 0.10
"""Part of a peak: so much that tracemalloc does not see is worth a note."""
FAR = 0.25
"""Of the larger of two peaks: so far apart, they are not of the same memory."""
FAR_BYTES = 32e6
"""Bytes below which whole pages and arenas explain a difference."""


def decisive(found: Sequence[Summary]) -> list[str]:
    """Return the notes that can change a decision."""
    return [
        *_unavailable(found),
        *_python_only(found),
        *_resident(found),
        *_unsteady(found, memory_keys(found)),
        *_too_few(found),
    ]


def every(found: Sequence[Summary]) -> list[str]:
    """Return all notes, and what the figures mean."""
    first = memory_keys(found)
    rest = [metric.key for metric in metrics_of(found) if metric.key not in first]
    return [*decisive(found), *_native(found), *_unsteady(found, rest), *meanings(found)]


def memory_keys(found: Sequence[Summary]) -> list[str]:
    """Return the peak that memory is judged by, and what is retained; none without either."""
    peak = judged_by(key for each in found for key in each.samples)
    return [peak, PEAKS[peak]] if peak else []


def meanings(found: Sequence[Summary]) -> Iterator[str]:
    """Yield what the figures are, of those that there are."""
    keys = {key for each in found for key in each.samples}
    if keys & {*PEAKS, *PEAKS.values()}:
        yield (
            "peak: the most bytes during the call; retained: the bytes held after it; both above "
            "what was held before. MB: 10^6 bytes."
        )
    if "traced_peak" in keys:
        yield "by tracemalloc: Python's allocators only, not native memory."
    if "peak" in keys:
        yield "all allocations: native memory too, as memray records it."
    if "rss_peak" in keys:
        yield "RSS: resident memory, in whole pages, which a container's limit counts."
    if any(each.floor for each in found):
        yield f"x floor: times the same figure of {FLOOR}, the same payroll as plain objects."
    if "wall" in keys:
        yield f"Times are medians; {ALIKE}: the middle halves of the repeats overlap."
    if "first_call" in keys:
        yield "first call: without any warm-up: connection, mappers, caches."


def _unavailable(found: Sequence[Summary]) -> Iterator[str]:
    for text in dict.fromkeys(text for each in found for text in each.unavailable):
        yield f"Not available here: {text}."


def _python_only(found: Sequence[Summary]) -> Iterator[str]:
    if judged_by(key for each in found for key in each.samples) == "traced_peak":
        yield "Memory is as tracemalloc counts it: Python's allocators, not native memory."


def _native(found: Sequence[Summary]) -> Iterator[str]:
    hidden = [each for each in found if each.native_share > HIDDEN]
    if hidden:
        names = ", ".join(f"{each.name} ({each.native_share:.0%})" for each in hidden)
        yield (
            f"tracemalloc does not see more than a tenth of the peak of {names}: native memory, "
            "such as a driver's copy of the result."
        )


def _resident(found: Sequence[Summary]) -> Iterator[str]:
    """Yield where resident memory is far from what was allocated, why, and what to plan with."""
    for each in found:
        peak, rss = each.value("peak"), each.value("rss_peak")
        if children := each.value("rss_children"):
            yield (
                f"{each.name} starts other processes, which are not counted: the largest held "
                f"{format_bytes(children)}; plan with that too."
            )
        if each.allocators and not each.workload.is_payroll:
            yield (
                f"{each.name} uses {', '.join(each.allocators)}, with an allocator that the count "
                "of all allocations does not see and that keeps what the warm-up took; plan with "
                "the RSS peak under --no-warm-up."
            )
        elif peak is not None and rss is not None and _are_far(peak, rss):
            where = (
                "memory beside malloc, or arenas and pages that are not full"
                if rss > peak
                else "memory that was asked for and not touched, or was resident before"
            )
            yield (
                f"{each.name}: RSS peaks at {format_bytes(rss)}, all allocations at "
                f"{format_bytes(peak)}: {where}; plan with {format_bytes(max(rss, peak))}."
            )


def _are_far(peak: float, rss: float) -> bool:
    return abs(rss - peak) > FAR * max(peak, rss, FAR_BYTES)


def _unsteady(found: Sequence[Summary], keys: Sequence[str]) -> Iterator[str]:
    """Yield the metrics whose repeats differ by more than they may."""
    for metric in metrics_of(found):
        off = [
            (each.name, sample.spread)
            for each in found
            if (sample := each.sample(metric.key)) and not sample.is_steady
        ]
        if off and metric.key in keys:
            names = ", ".join(f"{name} {percent(spread)}" for name, spread in off)
            yield (
                f"Repeats of the {metric.title} lie further apart than "
                f"{percent(metric.tolerance)}: {names}."
            )


def _too_few(found: Sequence[Summary]) -> Iterator[str]:
    few = [s for each in found if (s := each.sample("wall")) and s.n < FEWEST_TIMES]
    others = [each for each in found if not each.is_reference and each.reference]
    if few and others and found[0].subject.consume is Consume.HOLD:
        reference = short(found[0].reference_name)
        yield (
            f"?: fewer than {FEWEST_TIMES} repeats, too few to tell a time from {reference}'s; "
            "add --repeat."
        )
