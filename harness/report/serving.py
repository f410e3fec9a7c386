"""What a worker holds that serves many calls, one after the other, and why. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callmeter.meters.rss import ARENA
from harness.model.metrics import METRICS
from harness.model.summary import by_workload, groups_of, smallest_first
from harness.report.document import Note, table
from harness.report.format import cell
from harness.report.names import title_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.model.cell import Consume, Subject, Workload
    from harness.model.run import Measurement, Run
    from harness.model.summary import Summary
    from harness.report.document import Block

COLUMNS = {
    "calls_peak": "highest\nRSS MB",
    "calls_retained": "RSS after\nthe last",
    "calls_live": "of it\nallocated",
    "calls_arenas": "free in\nPython's",
    "calls_malloc": "free in\nmalloc",
}
MEANING = (
    "Bytes above what was resident before the first call. What is free and was not given back: "
    "arenas of Python's allocator, each pinned by what survives in it, and malloc's, which "
    "malloc_trim(3) would give back. Allocated: a cache, or a leak if it never becomes steady."
)


def blocks(run: Run, shown: tuple[Workload, Consume] | None = None) -> Iterator[Block]:
    """Yield a table for each workload whose calls followed each other, or for that one."""
    measured = groups_of(run)
    for pair, found in by_workload(run).items():
        strategies = (one for one in found if one.sample("calls_peak") and not one.is_yardstick)
        served = smallest_first(strategies, "calls_peak")
        if served and shown in (None, pair):
            first = served[0].subject
            calls = max(measurement.cell.calls for measurement in measured[first])
            title = f"A worker that served {calls:,} calls in turn: {title_of(*pair)}"
            yield from table(
                ["strategy", *COLUMNS.values(), "steady\nfrom call"],
                [_row(one, measured) for one in served],
                title=title,
            )
            yield Note(MEANING)


def _row(one: Summary, measured: Mapping[Subject, Sequence[Measurement]]) -> list[str]:
    values = ((key, one.value(key)) for key in COLUMNS)
    texts = ["" if value is None else _rounded(key, value) for key, value in values]
    after = next((m.series["after"] for m in measured[one.subject] if "after" in m.series), [])
    start = steady_from(after)
    return [one.name, *texts, f"{start:,}" if start else "never"]


def _rounded(key: str, value: float) -> str:
    """Return megabytes to two places: less is noise of a process."""
    return cell(METRICS[key], round(value, -4) + 0.0)


def steady_from(after: Sequence[float]) -> int | None:
    """Return the call, from 1, after which RSS grew by an arena at most; None if it never stopped.

    It is none where that is only so of the last quarter of the calls, or less.
    """
    highest = max(after, default=0.0)
    first = next((nth for nth, value in enumerate(after) if value >= highest - ARENA), None)
    return None if first is None or first >= len(after) * 3 / 4 else first + 1
