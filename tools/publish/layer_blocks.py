"""The block on where the bytes go: by layer at the peak, and in what is retained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report import explanation
from harness.report.document import Note, Table
from harness.report.stack import ran_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model.run import Run
    from harness.report.document import Block

NAMES = ("full_orm", "slotted", "shared_values_orm", "merged_orm")
"""With the ORM and without it, with equal values shared, and with batches besides."""


def layers(run: Run) -> Iterator[Block]:
    """Yield the layers of the strategies named, of the largest payroll that was explained."""
    found = [one for one in explanation.explained(run) if one.name in NAMES]
    most = max((one.items for one in found), default=0)
    shown = sorted(
        (one for one in found if one.items == most), key=lambda one: NAMES.index(one.name)
    )
    for part in explanation.blocks(shown):
        if isinstance(part, Table):
            yield part
    yield Note(f"{most:,} entries, as memray recorded every allocation; {ran_on(run)}")
