"""The block on writing: what each function needs and takes that writes the same payroll."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.model.metrics import METRICS
from harness.model.summary import summaries
from harness.report.answer import against_reference
from harness.report.comparison import ordered
from harness.report.document import Note, table
from harness.report.format import median_of
from harness.report.names import short
from harness.report.stack import ran_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model.run import Run
    from harness.model.summary import Summary
    from harness.report.document import Block

KEYS = ("peak", "rss_peak", "cpu", "wall")


def writing(run: Run) -> Iterator[Block]:
    """Yield a row a function, the smallest peak first; without times where none were taken."""
    found = ordered(summaries(run), KEYS[0])
    keys = [key for key in KEYS if any(key in one.samples for one in found)]
    rows = [
        [short(one.name), *(median_of(one, key) for key in keys), _beside_reference(one)]
        for one in found
    ]
    reference = f"time vs {short(run.header.reference)}"
    yield from table(["function", *(METRICS[key].title for key in keys), reference], rows)
    yield Note(f"memory and CPU time are the client's; {ran_on(run)}")


def _beside_reference(one: Summary) -> str:
    return "" if one.is_reference else against_reference(one)
