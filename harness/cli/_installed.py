"""Measuring where a package is missing: what needs it is left out, and a line says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import strategies
from harness.cli._progress import tell
from harness.payroll import yardsticks as baselines
from harness.report.words import listed

if TYPE_CHECKING:
    from collections.abc import Collection

    from harness.runner.plan import Cell


def installed(cells: list[Cell], named: Collection[str]) -> list[Cell]:
    """Return the cells of what can be imported; print a line that names what cannot.

    Raises MissingPackageError for a strategy that was named.
    """
    missing: dict[str, str] = {}
    for name in dict.fromkeys(cell.strategy for cell in cells):
        is_baseline = name in baselines.ALL
        extra = baselines.missing(name) if is_baseline else strategies.describe(name).missing
        if extra and name in named:
            raise strategies.MissingPackageError(name, extra)
        if extra:
            missing[name] = extra
    if missing:
        tell(_left_out(missing))
    return [cell for cell in cells if cell.strategy not in missing]


def _left_out(missing: dict[str, str]) -> str:
    extras = ",".join(dict.fromkeys(missing.values()))
    verb, they = ("is", "it needs") if len(missing) == 1 else ("are", "they need")
    command = f"pip install 'mapping-strategies[{extras}]'"
    return f"{listed(missing)} {verb} left out: {they} a package more: {command}"
