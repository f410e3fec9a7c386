"""Measuring in fresh processes: whatever a strategy does is a row, and the run goes on."""

from __future__ import annotations

import tempfile
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from threading import Event
from typing import TYPE_CHECKING

import pytest

from callmeter import memory_limit
from callmeter.worker import CHECK
from callmeter.worker_pool import WorkerPool
from harness.model.cell import REFERENCE, Cell, workload_of
from harness.model.run import Measurement
from harness.payroll import yardsticks
from harness.payroll.generator import Payroll
from harness.postgres.writer import provide
from harness.runner import plan
from harness.runner.executors import PoolExecutor, Task, measure
from harness.runner.scheduler import run
from harness.runner.tasks import strategy_tasks
from support import PLANTED

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL

    from harness.postgres.connection import Database

PAYROLL = Payroll(50, 2)


@pytest.fixture(scope="module")
def url(database: Database) -> URL:
    return provide(database, PAYROLL)


def in_a_worker_of_its_own(task: Task, timeout: float) -> Measurement:
    workers = WorkerPool()
    try:
        return measure(task, timeout, workers)
    finally:
        workers.end()


def check_of(name: str) -> Cell:
    return Cell(str(PLANTED / f"{name}.py"), CHECK, workload_of(PAYROLL))


def measured(url: URL, name: str) -> dict[str, list[Measurement]]:
    """All of one planted strategy and the reference, by name."""
    cells = plan.cells([REFERENCE, str(PLANTED / name)], [PAYROLL], ["tracemalloc"], 1)
    found: dict[str, list[Measurement]] = {}
    for each in run(cells, strategy_tasks(lambda _: url), 60):
        found.setdefault(each.cell.name, []).append(each)
    return found


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("raises", "ValueError: no None; and more (raises.py:5)"),
        ("generator", "BrokenContractError: expected a Sequence of entries, got a generator"),
        ("wrong_data", "BrokenContractError: entry 1.components[0].amount: expected Decimal("),
        ("takes_too_much", "MemoryError"),
        ("segfaults", "the measured process was killed by SIGSEGV"),
        ("exits", "the measured process ended with exit code 3: last words"),
        ("kills_its_worker", "the measuring process was killed"),
    ],
)
def test_a_failing_strategy_is_one_row_and_the_rest_is_measured(
    url: URL, name: str, error: str
) -> None:
    found = measured(url, f"{name}.py")
    (check,) = found.pop(str(PLANTED / f"{name}.py"))  # and nothing else of it
    assert (check.cell.meter, check.error and check.error[: len(error)]) == (CHECK, error)
    assert "\n" not in str(check.error)
    assert set(found) == {*yardsticks.names_for("hold"), REFERENCE}
    assert not any(each.error for group in found.values() for each in group)


@pytest.mark.parametrize("name", ["prints", "remembers"])
def test_what_a_call_prints_or_remembers_does_not_reach_another(url: URL, name: str) -> None:
    check, *rest = measured(url, f"{name}.py")[str(PLANTED / f"{name}.py")]
    assert [each.error for each in (check, *rest)] == [None] * 3
    assert all(each.values["traced_peak"] > 0 for each in rest)


@pytest.mark.skipif(not memory_limit.IS_POSSIBLE, reason="memory is limited on Linux only")
@pytest.mark.parametrize("meter", ["tracemalloc", "allocator", "rss"])
def test_what_needs_more_than_it_may_hold_fails_alone(url: URL, meter: str) -> None:
    cells = plan.cells([str(PLANTED / "grows.py"), REFERENCE], [PAYROLL], [meter], 1)
    warm = [cell for cell in cells if cell.meter == meter and not cell.cold]
    found = list(run(warm, strategy_tasks(lambda _: url, memory=300_000_000), 60))
    ((name, error),) = {each.cell.name: each.error for each in found if each.error}.items()
    assert name.endswith("grows.py")
    assert str(error).endswith(": it may hold 300 MB (--memory-limit)")


@pytest.mark.parametrize("name", ["sleeps", "starts_a_process", "leaves_a_file"])
def test_what_does_not_come_back_is_given_up_and_leaves_nothing(
    url: URL, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (found,) = run([check_of(name)], strategy_tasks(lambda _: url), timeout=2)
    assert found.error == "timed out after 2 s"
    assert list(tmp_path.iterdir()) == []


def test_closing_a_run_ends_its_processes(url: URL) -> None:
    cells = [Cell(REFERENCE, CHECK, workload_of(PAYROLL)), check_of("sleeps")]
    running = run(cells, strategy_tasks(lambda _: url), timeout=600)
    assert next(running).cell.name == REFERENCE
    running.close()  # it would sleep for an hour


def test_no_password_is_in_an_error_or_a_log(url: URL) -> None:
    tasks = strategy_tasks(lambda _: url.set(password="s3cret"))
    (found,) = run([check_of("raises")], tasks, 60)
    assert found.error == "ValueError: no ***; and more (raises.py:5)"
    task = tasks(check_of("raises"))
    assert "s3cret" in task.job.arguments["url"]
    assert "raises" in repr(task)
    assert "s3cret" not in repr(task)


def test_any_executor_will_do_and_one_that_breaks_leaves_rows(url: URL) -> None:
    every = plan.cells([REFERENCE], [PAYROLL], ["tracemalloc", "clock"], 1)
    cells = [cell for cell in every if cell.name == REFERENCE and not cell.cold]
    tasks = strategy_tasks(lambda _: url)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        executor = PoolExecutor(processes, in_a_worker_of_its_own)
        found = list(run(cells, tasks, 60, executor))
        assert {each.cell: each.error for each in found} == dict.fromkeys(cells)
        for process in processes._processes.values():
            process.kill()
        errors = [str(each.error) for each in run(cells, tasks, 60, executor)]
        assert all(error.startswith("not measured: BrokenProcessPool") for error in errors)


def test_a_run_that_is_closed_leaves_its_executor_nothing_to_do(url: URL) -> None:
    cells = list(plan.cells([REFERENCE], [PAYROLL], ["tracemalloc"], 10))
    begun, closed = [], Event()

    def measure_three(task: Task, _: float) -> Measurement:
        begun.append(task.cell)
        if len(begun) > 2:
            closed.wait()
        return Measurement(task.cell, {})

    with ThreadPoolExecutor(1) as threads:
        executor = PoolExecutor(threads, measure_three)
        running = run(cells, strategy_tasks(lambda _: url), 60, executor)
        next(running)
        next(running)
        running.close()
        closed.set()
    assert len(begun) == 3


def test_what_imports_cost_is_measured_where_nothing_of_a_strategy_is_imported(url: URL) -> None:
    names = ("full_orm", "arrow_columns")
    cells = [Cell(name, "imports", workload_of(PAYROLL)) for name in names]
    found = {each.cell.name: each for each in run(cells, strategy_tasks(lambda _: url), 60)}
    assert [found[name].error for name in names] == [None, None]
    orm, arrow = (found[name].values["imports"] for name in names)
    assert orm > 5e6  # SQLAlchemy is in it
    assert arrow > orm + 10e6  # and pyarrow
