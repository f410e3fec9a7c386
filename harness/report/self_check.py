"""The readings of a self-check: a row for each meter and call. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from harness.report.document import Document, table
from harness.report.format import tenths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callmeter.self_check import Reading


def document(readings: Sequence[Reading]) -> Document:
    """Return the document of the readings."""
    rows = [
        [
            reading.meter,
            reading.case,
            reading.truth,
            reading.read,
            "" if reading.off_by is None else tenths(reading.off_by),
            reading.verdict,
        ]
        for reading in readings
    ]
    headings = ["meter", "call", "truth:\nretained / peak", "read", "off by", "verdict"]
    blocks = table(headings, rows, text_columns=2, last_is_text=True)
    return Document(blocks, data={"rows": [msgspec.to_builtins(reading) for reading in readings]})
