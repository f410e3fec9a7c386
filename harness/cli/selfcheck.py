"""Hold every meter against calls whose need is known, and say how far off it reads.

A call that does nothing, one that makes 10 MB of Python objects and one that fills a native
buffer of 10 MB, each in a fresh process. Fails (exit code 1) when a meter is off.
"""

from __future__ import annotations

from harness import discovery, meters, selfcheck
from harness.cli import _options as option
from harness.cli._progress import show
from harness.reports._content import megabytes
from harness.reports.table import aligned

EXAMPLES = "Example:  python -m harness selfcheck"

HEADINGS = ["meter", "call", "truth MB", "delta MB", "peak MB", "off by", "verdict"]


def run(timeout: option.Timeout = 600) -> int:
    """Print a line for each meter and call."""
    readings = list(selfcheck.readings(discovery.names(meters), timeout))
    cells = [
        [
            reading.meter,
            reading.case,
            megabytes(reading.truth),
            *("" if size is None else megabytes(size) for size in (reading.delta, reading.peak)),
            "" if reading.off_by is None else f"{reading.off_by:.1%}",
            reading.verdict,
        ]
        for reading in readings
    ]
    show(aligned(HEADINGS, cells))
    return int(any(reading.is_wrong for reading in readings))
