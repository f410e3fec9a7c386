"""What a strategy says of itself, read from its file, is what its module says when imported."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from harness.payroll import catalog, drivers, loading

if TYPE_CHECKING:
    from pathlib import Path

EVERY_STRATEGY = pytest.mark.parametrize("name", loading.names())


@EVERY_STRATEGY
def test_what_is_read_is_what_is_imported(name: str) -> None:
    described, strategy = catalog.describe(name), loading.load(name)
    assert described == (
        catalog.label(strategy),
        catalog.offers(strategy),
        hasattr(strategy, "iter_premiums_for_payroll"),
        None,
        loading.is_async(strategy),
        loading.driver(strategy),
    )


def test_reading_imports_no_strategy() -> None:
    code = (
        "import sys; from harness.payroll import catalog, loading\n"
        "[catalog.describe(name) for name in loading.names()]\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = {*done.stdout.split()}
    assert not imported & {f"strategies.{name}" for name in loading.names()}
    assert not imported & {*loading.EXTRAS}


@EVERY_STRATEGY
@pytest.mark.parametrize("driver", drivers.NAMES)
def test_a_strategy_works_with_its_driver_and_with_others_if_it_says_so(
    name: str, driver: str
) -> None:
    described = catalog.describe(name)
    is_any = "any-driver" in (described.offers or [])
    of_kind = drivers.ASYNC if described.is_async else drivers.SYNC
    wanted = driver == described.driver or (is_any and driver in of_kind)
    assert described.works_with(driver) == wanted


def test_a_file_that_says_nothing_may_work_with_any_driver(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text('"""Mine."""\ndef get_premiums_for_payroll(engine, payroll_id): return []\n')
    described = catalog.describe(str(path))
    assert [name for name in drivers.NAMES if described.works_with(name)] == ["psycopg", "psycopg2"]


@pytest.mark.parametrize("package", ["asyncpg", "greenlet"])
def test_a_driver_that_is_not_installed_is_missing(
    monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    assert catalog.missing_driver("asyncpg", is_async=True) is None
    monkeypatch.delitem(sys.modules, package, raising=False)
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setattr(sys, "path_importer_cache", {})
    assert catalog.missing_driver("asyncpg", is_async=True) == "drivers"
