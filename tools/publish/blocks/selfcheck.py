"""What every meter read of calls whose need is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from callmeter.self_check import Reading
from harness.base.errors import ResultsError
from harness.report.reports._selfcheck import HEADINGS, cells
from harness.report.reports.table import aligned

if TYPE_CHECKING:
    from pathlib import Path


def make(paths: list[Path]) -> str:
    """Give a line a reading; raises ResultsError where there are none to be read."""
    table = []
    for path in paths:
        try:
            found = msgspec.json.decode(path.read_bytes(), type=list[Reading])
        except (OSError, msgspec.MsgspecError) as error:
            raise ResultsError(f"cannot read the self-check {path}: {error}") from error
        table += [cells(reading) for reading in found]
    return aligned(HEADINGS, table, "pipe")
