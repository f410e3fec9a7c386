"""One JSON object: what the run ran on, and a list `rows` with units in the names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harness.reports import _content as content

if TYPE_CHECKING:
    from harness.results import Run


def render(run: Run, options: content.Options) -> str:
    """Give the object; a figure that was not measured is null."""
    rows = [row for _, rows in content.by_payroll(run, options) for row in rows]
    whole = {"environment": run.header.environment, "command": run.header.command, "rows": rows}
    return json.dumps(whole, indent=2)
