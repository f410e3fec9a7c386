"""What can be measured with the packages that there are, and with the driver that was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callmeter.errors import UsageError
from harness.base.distribution import command_to_install
from harness.model.cell import FLOOR
from harness.payroll import catalog, drivers, loading, yardsticks
from harness.payroll.yardsticks import YARDSTICKS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from harness.model.cell import Cell
    from harness.runner.record import Settings


def installed(
    cells: list[Cell], named: Collection[str], notice: Callable[[str], None]
) -> list[Cell]:
    """Return the cells of what can be imported; notice, in one line, what cannot.

    Raises MissingPackageError for a strategy that was named.
    """
    missing: dict[str, str] = {}
    for name in _names(cells):
        is_yardstick = name in YARDSTICKS
        extra = yardsticks.missing(name) if is_yardstick else catalog.describe(name).missing
        if extra and name in named:
            raise loading.MissingPackageError(name, extra)
        if extra:
            missing[name] = extra
    if missing:
        they = "they need" if len(missing) > 1 else "it needs"
        command = command_to_install(*dict.fromkeys(missing.values()))
        notice(f"{_left_out(list(missing))}: {they} a package more: {command}")
    return [cell for cell in cells if cell.name not in missing]


def of_driver(cells: list[Cell], named: Collection[str], settings: Settings) -> list[Cell]:
    """Return the cells of what works with the driver of the settings; notice what does not.

    Raises UsageError for a strategy that was named, MissingPackageError where it is the driver that
    is not installed.
    """
    driver = settings.driver
    if driver is None:
        return cells
    if settings.python is None:
        check_drivers([driver])
    others = [name for name in _names(cells) if not works_with(name, driver)]
    if refused := [name for name in others if name in named]:
        raise UsageError(f"{refused[0]} does not work with {driver}")
    if others:
        they = "they do" if len(others) > 1 else "it does"
        settings.notice(f"{_left_out(others)}: {they} not work with {driver}")
    return [cell for cell in cells if cell.name not in others]


def check_drivers(names: Iterable[str]) -> None:
    """Raise MissingPackageError for the first driver that is not installed."""
    for name in names:
        if extra := catalog.missing_driver(name):
            raise loading.MissingPackageError(f"--driver {name}", extra)


def works_with(name: str, driver: str | None) -> bool:
    """Whether the strategy or the yardstick reads through the driver; None is that of each."""
    if driver is None:
        return True
    if name in YARDSTICKS:
        return name == FLOOR or driver in drivers.SYNC
    return catalog.describe(name).works_with(driver)


def _names(cells: Iterable[Cell]) -> list[str]:
    return list(dict.fromkeys(cell.name for cell in cells))


def _left_out(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last} are left out" if most else f"{last} is left out"
