"""Hold every meter against calls whose need is known.

A call that does nothing, one that makes 10 MB of Python objects and one that fills a native
buffer of 10 MB, each in a fresh process. Fails (exit code 1) when a meter is off.
"""

from __future__ import annotations

from harness.base import output
from harness.cli import _options as option
from harness.cli._output import answer, busy

EXAMPLES = ("selfcheck", "selfcheck --format json --output selfcheck.json")


def run(
    form: option.TextFormat = "text",
    output_path: option.Output = None,
    force: option.Force = False,
    timeout: option.Timeout = 600,
) -> int:
    """Measure, write."""
    from callmeter import meters, self_check
    from harness.report import self_check as report

    output.check(output_path, "--output", replace=force)
    with busy("measuring calls whose need is known, about 20 s"):
        readings = list(self_check.readings(meters.names(), timeout))
    answer(report.document(readings), form, output_path)
    return int(any(reading.is_wrong for reading in readings))
