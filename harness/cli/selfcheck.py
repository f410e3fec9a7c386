"""Hold every meter against calls whose need is known, and say how far off it reads.

A call that does nothing, one that makes 10 MB of Python objects and one that fills a native
buffer of 10 MB, each in a fresh process. Fails (exit code 1) when a meter is off.
"""

from __future__ import annotations

import msgspec

from callmeter import meters, self_check
from harness.base import output
from harness.cli import _options as option
from harness.cli._progress import show
from harness.report.reports._selfcheck import HEADINGS, cells
from harness.report.reports.table import aligned

EXAMPLES = """Examples:

python -m harness selfcheck

python -m harness selfcheck --output selfcheck.json
"""


def run(
    output_path: option.Output = None,
    force: option.Force = False,
    timeout: option.Timeout = 600,
) -> int:
    """Print a line for each meter and call; --output takes the readings as JSON."""
    if output_path:
        output.check(output_path, "--output", replace=force)
    readings = list(self_check.readings(meters.names(), timeout))
    if output_path:
        output.write(output_path, msgspec.json.format(msgspec.json.encode(readings)).decode())
    show(aligned(HEADINGS, [cells(reading) for reading in readings]))
    return int(any(reading.is_wrong for reading in readings))
