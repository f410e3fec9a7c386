"""What a self-check says: a row for each meter and call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.reports._content import megabytes

if TYPE_CHECKING:
    from harness.selfcheck import Reading

HEADINGS = ["meter", "call", "truth MB", "delta MB", "peak MB", "off by", "verdict"]


def cells(reading: Reading) -> list[str]:
    """Give the cells under HEADINGS."""
    return [
        reading.meter,
        reading.case,
        megabytes(reading.truth),
        *("" if size is None else megabytes(size) for size in (reading.delta, reading.peak)),
        "" if reading.off_by is None else f"{reading.off_by:.1%}",
        reading.verdict,
    ]
