"""What memory is needed as values repeat less: a column for each size of their pools. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness.model.cell import FLOOR, plural
from harness.model.metrics import METRICS
from harness.model.summary import summaries
from harness.report.document import table
from harness.report.format import cell, times
from harness.report.notes import memory_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model.cell import Consume, Workload
    from harness.model.run import Run
    from harness.model.summary import Summary
    from harness.report.document import Block


class Alike(NamedTuple):
    """What payrolls agree on that differ in the repetition alone."""

    size: int | None
    components: int
    profile: str | None
    consume: Consume


def alike(workload: Workload, consume: Consume) -> Alike:
    """Return what the workload agrees on with those of other repetitions."""
    return Alike(workload.size, workload.components, workload.profile, consume)


def blocks(run: Run, of: Alike | None = None) -> Iterator[Block]:
    """Yield a table of what is retained and one of the peak, over several repetitions.

    They are of each kind of payroll that was measured at two or more, or of that one. Figures are
    ratios to the floor at the same repetition, where that was measured.
    """
    groups: dict[Alike, list[Summary]] = {}
    for summary in summaries(run):
        kind = alike(summary.workload, summary.subject.consume)
        if summary.workload.is_payroll and of in (None, kind):
            groups.setdefault(kind, []).append(summary)
    for kind, found in groups.items():
        if len({summary.workload.repetition for summary in found}) > 1:
            for key in reversed(memory_keys(found)):
                yield from _table(kind, found, key)


def _table(kind: Alike, found: list[Summary], key: str) -> Iterator[Block]:
    repetitions = sorted({summary.workload.repetition for summary in found})
    is_to_floor = any(summary.ratio(key, "floor") is not None for summary in found)
    by_name: dict[str, dict[int, str]] = {}
    for summary in found:
        if not summary.is_yardstick and (text := _figure(summary, key, is_to_floor)):
            by_name.setdefault(summary.name, {})[summary.workload.repetition] = text
    rows = [
        [name, *(cells.get(repetition, "") for repetition in repetitions)]
        for name, cells in by_name.items()
    ]
    unit = f"x {FLOOR}" if is_to_floor else "MB"
    size = f"{kind.size:,} {plural('entry', kind.size or 0)} x {kind.components} components"
    title = f"As values repeat less: {METRICS[key].title}, {unit}, {size}"
    yield from table(["strategy", *(f"pools\n{n:,}x" for n in repetitions)], rows, title=title)


def _figure(one: Summary, key: str, is_to_floor: bool) -> str:
    number = one.ratio(key, "floor") if is_to_floor else one.value(key)
    if number is None:
        return ""
    return times(number) if is_to_floor else cell(METRICS[key], number)
