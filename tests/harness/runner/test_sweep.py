"""A sweep of strategies: on one server, its times in turn, and what is broken is not timed."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from callmeter.errors import UsageError
from callmeter.worker import CHECK
from harness.model.run import DRIVER, Run
from harness.model.summary import incomplete
from harness.runner.record import Settings
from harness.runner.session import workloads_of
from harness.runner.sweep import Plan, of_strategies, sweep
from harness.stacks.stack import Stack
from support import PLANTED, as_dsn

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL

REPEATS = {"tracemalloc": 1, "clock": 2}
STACKS = [Stack(sys.executable, (("Python", "this"),), number) for number in (1, 2)]


@pytest.fixture
def chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Of a strategy that is all right, and of one that breaks the contract."""
    shutil.copy(PLANTED / "wrong_data.py", tmp_path)
    monkeypatch.chdir(tmp_path)
    return small("wrong_data.py")


def small(*names: str) -> Plan:
    """The plan without the yardsticks."""
    workloads = workloads_of(20, 6, "realistic", 1, 1)
    whole = of_strategies(names, workloads, ["tracemalloc", "clock"], REPEATS)
    return of_these(whole, "full_orm", *names)


def of_these(whole: Plan, *names: str) -> Plan:
    return replace(whole, cells=[one for one in whole.cells if one.name in names])


def noted(chosen: Plan, order: list[tuple[str, str]]) -> Plan:
    """The plan, which notes each part that is measured: its file, and the database."""

    def run(cells: Any, settings: Settings, database: Any) -> Run:
        order.append((settings.save.stem, str(database.url)))  # type: ignore[union-attr]
        return chosen.run(cells, settings, database)

    return replace(chosen, run=run)


def test_strategies_are_timed_in_turn_on_one_server(
    chosen: Plan, tmp_path: Path, foreign: URL
) -> None:
    order: list[tuple[str, str]] = []
    settings = Settings(dsn=as_dsn(foreign), command="python -m harness sweep")
    finished = sweep(noted(chosen, order), STACKS, tmp_path, settings)
    files = [f"pythonthis{again}" for again in ("", "-2")]
    assert [file for file, _ in order] == [
        f"{file}-{what}" for what in ("memory", "times-1", "times-2") for file in files
    ]
    assert len({database for _, database in order}) == 1
    assert {path.stem for path in tmp_path.glob("*.jsonl")} == {*files}
    for run in finished.runs.values():
        assert incomplete(run) is None
        meters = [one.cell.meter for one in run.measurements if one.cell.name == "wrong_data.py"]
        assert meters == [CHECK]
        repeats = [one.cell.repeat for one in run.measurements if one.cell.name == "full_orm"]
        assert max(repeats) == 1


def test_what_is_whole_is_not_measured_again_and_a_round_is_as_one(
    chosen: Plan, tmp_path: Path, foreign: URL
) -> None:
    settings = Settings(dsn=as_dsn(foreign))
    before = sweep(chosen, STACKS[:1], tmp_path, settings).runs[STACKS[0].name]
    order: list[tuple[str, str]] = []
    after = sweep(noted(chosen, order), STACKS, tmp_path, settings).runs[STACKS[0].name]
    assert [file for file, _ in order if not file.startswith("pythonthis-2")] == [
        "pythonthis-times-1",
        "pythonthis-times-2",
    ]
    memory = [
        [one for one in run.measurements if one.cell.meter == "tracemalloc"]
        for run in (before, after)
    ]
    assert memory[0] == memory[1]
    order.clear()
    sweep(noted(chosen, order), STACKS, tmp_path, settings)
    assert order == []
    with pytest.raises(UsageError, match="has what another command measured"):
        sweep(small("slotted"), STACKS, tmp_path, settings)


def test_on_a_stack_with_a_driver_is_measured_what_works_with_it(
    tmp_path: Path, foreign: URL
) -> None:
    drivers = ("psycopg", "asyncpg")
    stacks = [Stack(sys.executable, (("Python", "this"),), driver=name) for name in drivers]
    workloads = workloads_of(20, 2, "realistic", [1, 5], [1, 2])
    whole = of_strategies(["async_orm", "core_rows"], workloads, ["tracemalloc"], 1)
    names = ("full_orm", "async_orm", "core_rows", "floor", "raw_tuples")
    finished = sweep(of_these(whole, *names), stacks, tmp_path, Settings(dsn=as_dsn(foreign)))
    assert not finished.missing
    runs = finished.runs.values()
    assert [run.header.environment[DRIVER] for run in runs] == [*drivers]
    first, second = ({one.cell.name for one in run.measurements} for run in runs)
    assert first == {*names}
    assert second == {"async_orm", "floor"}
    for run in runs:
        assert not [one.error for one in run.measurements if one.error]
        assert {one.cell.workload for one in run.measurements} == {*workloads}
