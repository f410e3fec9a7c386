"""What can be measured with the packages that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.payroll import catalog, loading, yardsticks

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from harness.model.cell import Cell


def installed(
    cells: list[Cell], named: Collection[str], notice: Callable[[str], None]
) -> list[Cell]:
    """Return the cells of what can be imported; notice, in one line, what cannot.

    Raises MissingPackageError for a strategy that was named.
    """
    missing: dict[str, str] = {}
    for name in dict.fromkeys(cell.name for cell in cells):
        is_yardstick = name in yardsticks.LABELS
        extra = yardsticks.missing(name) if is_yardstick else catalog.describe(name).missing
        if extra and name in named:
            raise loading.MissingPackageError(name, extra)
        if extra:
            missing[name] = extra
    if missing:
        notice(_left_out(missing))
    return [cell for cell in cells if cell.name not in missing]


def _left_out(missing: dict[str, str]) -> str:
    extras = ",".join(dict.fromkeys(missing.values()))
    *most, last = missing
    names = f"{', '.join(most)} and {last}" if most else last
    verb, they = ("are", "they need") if most else ("is", "it needs")
    command = f"pip install 'mapping-strategies[{extras}]'"
    return f"{names} {verb} left out: {they} a package more: {command}"
