"""What a self-check says: a row for each meter and call."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from callmeter.self_check import Reading

HEADINGS = ["meter", "call", "truth: retained / peak", "read", "off by", "verdict"]


def cells(reading: Reading) -> list[str]:
    """Give the cells under HEADINGS."""
    off_by = "" if reading.off_by is None else f"{reading.off_by:.1%}"
    return [reading.meter, reading.case, reading.truth, reading.read, off_by, reading.verdict]
