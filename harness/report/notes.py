"""What a reader must know before trusting the figures of a comparison. Pure.

Each note is found by one function of the summaries of a workload. Those that can change a decision
are shown by themselves; the others only where everything is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.model.cell import FLOOR, Consume
from harness.model.metrics import PEAKS, judged_by, memory_pair
from harness.model.sample import FEWEST_TIMES, LEAST_RATIO
from harness.model.summary import incomplete, metrics_of
from harness.report.format import ALIKE, RANK_TEST, listed, median_of, percent, whole_percent
from harness.report.names import short

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from harness.model.run import Run
    from harness.model.sample import Sample
    from harness.model.summary import Summary

HIDDEN = 0.10
"""Part of a peak: so much that tracemalloc does not see is worth a note."""
FAR = 0.25
"""Of the larger of two peaks: so far apart, they are not of the same memory."""
FAR_BYTES = 32e6
"""Bytes below which whole pages and arenas explain a difference."""
COUNTED = {
    "peak": "all allocations, native memory included (memray)",
    "traced_peak": "Python's allocations, native memory not included (tracemalloc)",
    "rss_peak": "resident memory, which is what a container's limit counts",
}
"""What the metrics that memory is judged by count."""
MEANINGS = {
    **dict.fromkeys(
        PEAKS.values(),
        "peak: the most bytes during the call; retained: the bytes held after it; both above what "
        "was held before. MB: 10^6 bytes.",
    ),
    "load_peak": "peak and retained are those after reading, which may make objects that stay.",
    "traced_peak": "by tracemalloc: Python's allocators only, not native memory.",
    "peak": "all allocations: native memory too, as memray records it.",
    "rss_peak": "RSS: resident memory, in whole pages, which a container's limit counts.",
    FLOOR: f"x floor: times the same figure of {FLOOR}, the same payroll as plain objects.",
    "wall": (
        f"Times are medians; {ALIKE}: closer than 5%, or {RANK_TEST} does not tell the repeats "
        "apart. Behind a ratio of times is its interval, at a confidence of 95%."
    ),
    "load": (
        "wall time: to load a payroll and to read every field of every entry and component once; "
        "load alone: without reading; sum by kind: of a payroll that was loaded before."
    ),
    "first_call": "first call: without any warm-up: connection, mappers, caches.",
    "relaxed_wall": "GC relaxed: its thresholds are 50,000, 20 and 100.",
    "frozen_wall": "GC frozen: gc.freeze() after the warm-up.",
}
"""What figures mean, by the metric (or the floor) that a run must have for it to be shown."""


def cut_short(run: Run, name: str = "this run") -> str:
    """Return that the run has a part of its plan only; "" for a whole one."""
    part = incomplete(run)
    return f"INCOMPLETE: {name} was cut short; it has {part}." if part else ""


def decisive(found: Sequence[Summary]) -> list[str]:
    """Return the notes that can change a decision."""
    return [
        *_unavailable(found),
        *_counted(found),
        *_resident(found),
        *_uncounted(found),
        *_unsteady_memory(found),
        *_too_few(found),
    ]


def every(found: Sequence[Summary]) -> list[str]:
    """Return all notes on the figures."""
    return [*decisive(found), *_native(found), *_unsteady(found)]


def judged_peak(found: Iterable[Summary]) -> str | None:
    """Return the key of the peak that memory is judged by, of those that were measured."""
    return judged_by(key for summary in found for key in summary.samples)


def memory_keys(found: Iterable[Summary]) -> tuple[str, ...]:
    """Return that peak, and what is retained; none where no memory was measured."""
    return memory_pair(key for summary in found for key in summary.samples)


def meanings(found: Sequence[Summary]) -> Iterator[str]:
    """Yield what the figures are, of those that there are."""
    keys = {key for summary in found for key in summary.samples}
    if any(summary.floor for summary in found):
        keys.add(FLOOR)
    yield from dict.fromkeys(text for key, text in MEANINGS.items() if key in keys)


def _unavailable(found: Sequence[Summary]) -> Iterator[str]:
    for text in dict.fromkeys(text for summary in found for text in summary.unavailable):
        yield f"Not available here: {text}."


def _counted(found: Sequence[Summary]) -> Iterator[str]:
    peak = judged_peak(found)
    if peak and peak != next(iter(PEAKS)):
        yield f"Memory is {COUNTED[peak]}."


def _native(found: Sequence[Summary]) -> Iterator[str]:
    hidden = [summary for summary in found if summary.native_share > HIDDEN]
    if hidden:
        names = ", ".join(
            f"{summary.name} ({whole_percent(summary.native_share)})" for summary in hidden
        )
        yield (
            f"tracemalloc does not see more than a tenth of the peak of {names}: native memory, "
            "such as a driver's copy of the result."
        )


def _resident(found: Sequence[Summary]) -> Iterator[str]:
    """Yield where resident memory is far from what was allocated, why, and what to plan with."""
    for summary in found:
        if summary.value("rss_children"):
            yield (
                f"{summary.name} starts other processes, which are not counted: the largest held "
                f"{median_of(summary, 'rss_children')}; plan with that too."
            )
        if not summary.allocators:
            yield from _far_from_resident(summary)


def _uncounted(found: Sequence[Summary]) -> Iterator[str]:
    """Yield which packages allocate memory that only the resident memory shows."""
    measured = [summary for summary in found if not summary.is_yardstick]
    for allocators in dict.fromkeys(s.allocators for s in measured if s.allocators):
        users = [summary.name for summary in measured if summary.allocators == allocators]
        who = f"All {len(users)}" if len(users) == len(measured) > 1 else listed(users)
        cold = "" if found[0].workload.is_payroll else " under --no-warm-up"
        yield (
            f"{who}: the allocator of {listed(allocators)} is not counted; "
            f"plan with the RSS peak{cold}."
        )


def _far_from_resident(one: Summary) -> Iterator[str]:
    peak, rss = one.value("peak"), one.value("rss_peak")
    if peak is None or rss is None or abs(rss - peak) <= FAR * max(peak, rss, FAR_BYTES):
        return
    larger, where = (
        ("rss_peak", "memory beside malloc, or arenas and pages that are not full")
        if rss > peak
        else ("peak", "memory that was asked for and not touched, or was resident before")
    )
    yield (
        f"{one.name}: RSS peaks at {median_of(one, 'rss_peak')}, all allocations at "
        f"{median_of(one, 'peak')}: {where}; plan with {median_of(one, larger)}."
    )


def _unsteady_memory(found: Sequence[Summary]) -> Iterator[str]:
    """Yield whose memory, of what is judged, is not the same in every repeat."""
    for key in memory_keys(found):
        if off := _off(found, key):
            names = ", ".join(f"{summary.name} {percent(sample.spread)}" for summary, sample in off)
            metric = off[0][1].metric
            yield (
                f"Repeats of the {metric.title} lie further apart than "
                f"{percent(metric.tolerance)}: {names}."
            )


def _unsteady(found: Sequence[Summary]) -> Iterator[str]:
    """Yield the other metrics of which that is so, in one line: their cells are marked."""
    parts = []
    for metric in metrics_of(found):
        if metric.key not in memory_keys(found) and (off := _off(found, metric.key)):
            one, sample = max(off, key=lambda pair: pair[1].spread)
            most = f"{percent(sample.spread)} at most ({one.name})"
            parts.append(f"{len(off)} of the {metric.title}, {most}")
    if parts:
        yield f"~: the repeats lie further apart than they may: {'; '.join(parts)}."


def _off(found: Sequence[Summary], key: str) -> list[tuple[Summary, Sample]]:
    """Return the samples of a metric whose repeats differ by more than they may."""
    pairs = ((summary, summary.sample(key)) for summary in found)
    return [(summary, sample) for summary, sample in pairs if sample and not sample.is_steady]


def _too_few(found: Sequence[Summary]) -> Iterator[str]:
    others = [summary for summary in found if not summary.is_reference]
    unknown = [
        key
        for summary in others
        for key in ("wall", "load")
        if summary.ratio(key, "reference") and summary.differs(key) is None
    ]
    if unknown and found[0].subject.consume is Consume.HOLD:
        reference = short(found[0].reference_name)
        yield (
            f"?: fewer than {FEWEST_TIMES} repeats show a difference from {reference}'s time only "
            f"where it is a factor of {LEAST_RATIO} or more, and the repeats do not overlap; add "
            "--repeat."
        )
