"""What is measured with a driver, and what is left out in one line."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from callmeter.errors import UsageError
from harness.payroll import catalog, loading, yardsticks
from harness.runner.installed import of_driver
from harness.runner.record import Settings
from support import a_cell

NAMES = [*yardsticks.names_for("hold"), *loading.names()]


def measured(driver: str | None, *named: str) -> tuple[list[str], list[str]]:
    """Return the names that are measured with a driver, and what is noticed."""
    noticed: list[str] = []
    settings = Settings(driver=driver, notice=noticed.append)
    cells = of_driver([a_cell(name) for name in NAMES], named, settings)
    return [cell.name for cell in cells], noticed


def test_without_a_driver_all_are_measured() -> None:
    assert measured(None) == (NAMES, [])


def test_with_a_driver_what_works_with_it_is_measured() -> None:
    names, noticed = measured("psycopg2")
    assert {"floor", "raw_tuples", "full_orm", "slotted", "json_rows"} <= {*names}
    assert not {"async_orm", "asyncpg_rows"} & {*names}
    (line,) = noticed
    assert line.startswith("async_orm")
    assert line.endswith(" are left out: they do not work with psycopg2")


def test_with_a_driver_that_is_awaited_the_async_ones_and_the_floor_are_measured() -> None:
    names, _ = measured("asyncpg")
    assert names == [
        "floor",
        *(name for name in loading.names() if catalog.describe(name).is_async),
    ]
    assert "async_orm" in measured("psycopg")[0]


def test_a_named_strategy_is_not_left_out_in_silence() -> None:
    with pytest.raises(UsageError, match="asyncpg_rows does not work with psycopg"):
        measured("psycopg", "slotted", "asyncpg_rows")


def test_a_driver_that_is_not_installed_is_named_with_what_brings_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "psycopg2", raising=False)
    monkeypatch.setattr(sys, "path", [])
    command = r"--driver psycopg2 needs a package more: pip install 'mapping-strategies\[drivers\]'"
    with pytest.raises(loading.MissingPackageError, match=command):
        measured("psycopg2")
    elsewhere = replace(Settings(driver="psycopg2"), python="another")
    assert of_driver([a_cell("slotted")], [], elsewhere) == [a_cell("slotted")]
