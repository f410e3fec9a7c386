"""Measuring in fresh processes: whatever a strategy does is a row, and the run goes on."""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest

from callmeter import memory_limit, meters
from callmeter.worker import CHECK
from callmeter.worker_pool import WorkerPool
from harness.model.run import Measurement
from harness.payroll import yardsticks as baselines
from harness.payroll.generator import Payroll
from harness.postgres.writer import provide
from harness.runner import plan
from harness.runner.executors import Task, through
from harness.runner.scheduler import FIGURES, measure, reading, run
from support import PLANTED

if TYPE_CHECKING:
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


def measured(url: URL, *ways: str, timeout: float = 60) -> dict[str, list[Measurement]]:
    cells = plan.cells([plan.REFERENCE, *ways], [PAYROLL], ["tracemalloc"], 1)
    found: dict[str, list[Measurement]] = {}
    for measurement in run(cells, reading(lambda _: url), timeout):
        found.setdefault(measurement.cell.strategy, []).append(measurement)
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
    ],
)
def test_a_failing_strategy_is_a_row_that_says_so(url: URL, name: str, error: str) -> None:
    way = str(PLANTED / f"{name}.py")
    found = measured(url, way)
    (check,) = found.pop(way)  # and it is not measured any further
    assert check.cell.meter == CHECK
    assert check.error is not None
    assert check.error.startswith(error)
    assert "\n" not in check.error
    assert set(found) == {*baselines.of("hold"), plan.REFERENCE}
    assert not any(m.error for each in found.values() for m in each)


@pytest.mark.skipif(not memory_limit.IS_POSSIBLE, reason="Linux only")
@pytest.mark.parametrize("meter", ["tracemalloc", "allocator", "rss"])
def test_a_strategy_that_needs_more_than_it_may_hold_fails_alone(url: URL, meter: str) -> None:
    cells = plan.cells([str(PLANTED / "grows.py"), plan.REFERENCE], [PAYROLL], [meter], 1)
    wanted = [cell for cell in cells if cell.meter == meter and not cell.cold]
    found = list(run(wanted, reading(lambda _: url, memory=300_000_000), 60))
    errors = {each.cell.strategy: each.error for each in found if each.error}
    ((name, error),) = errors.items()
    assert name.endswith("grows.py")
    assert error.endswith(": it may hold 300 MB (--memory-limit)")


def test_a_strategy_that_does_not_come_back_is_given_up(url: URL) -> None:
    for planted in ("sleeps.py", "starts_a_process.py"):
        way = str(PLANTED / planted)
        (cell,) = [c for c in plan.cells([way], [PAYROLL], []) if c.strategy == way]
        started = time.monotonic()
        (measurement,) = run([cell], reading(lambda _: url), timeout=2)
        assert measurement.error == "timed out after 2 s"
        assert time.monotonic() - started < 1000  # not the hour that it would sleep


def test_what_a_killed_process_leaves_goes_with_the_run(
    url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    cell = plan.Cell(str(PLANTED / "leaves_a_file.py"), CHECK, plan.workload_of(PAYROLL))
    (measurement,) = run([cell], reading(lambda _: url), timeout=2)
    assert measurement.error == "timed out after 2 s"
    assert list(tmp_path.iterdir()) == []


def test_what_a_strategy_prints_does_not_spoil_the_answer(url: URL) -> None:
    way = str(PLANTED / "prints.py")
    check, *measurements = measured(url, way)[way]
    assert check.error is None
    assert all(measurement.figures["peak_bytes"] > 0 for measurement in measurements)


def test_the_password_is_not_in_an_error(url: URL) -> None:
    way = str(PLANTED / "raises.py")
    (measurement,) = measured(url.set(password="s3cret"), way)[way]
    assert measurement.error == "ValueError: no ***; and more (raises.py:5)"


def test_every_cell_has_a_process_of_its_own(url: URL) -> None:
    way = str(PLANTED / "remembers.py")
    check, *measurements = measured(url, way)[way]
    assert check.error is None
    assert len(measurements) > 1
    assert not any(measurement.error for measurement in measurements)


def test_a_killed_worker_is_a_row_and_the_next_cell_has_another(url: URL) -> None:
    way = str(PLANTED / "kills_its_worker.py")
    found = measured(url, way)
    (check,) = found.pop(way)
    assert check.error == "the measuring process was killed"
    assert not any(m.error for each in found.values() for m in each)


def test_closing_the_run_ends_its_processes(url: URL) -> None:
    cells = list(plan.cells([plan.REFERENCE, str(PLANTED / "sleeps.py")], [PAYROLL], []))
    running = run(cells, reading(lambda _: url), timeout=600)
    first = next(running)
    assert first.cell.strategy == plan.REFERENCE
    started = time.monotonic()
    running.close()
    assert time.monotonic() - started < 60  # far below the 600 s that it would sleep


def test_any_executor_will_do_and_one_that_breaks_gives_rows(url: URL) -> None:
    every = plan.cells([plan.REFERENCE], [PAYROLL], ["tracemalloc", "clock"], 1)
    cells = [cell for cell in every if cell.strategy == plan.REFERENCE and not cell.cold]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        place = through(processes, in_a_worker_of_its_own)
        running = run(cells, reading(lambda _: url), 60, place)
        measured = [next(running) for _ in cells]
        assert [m.error for m in measured] == [None] * len(cells)
        assert {m.cell for m in measured} == set(cells)
        for process in processes._processes.values():
            process.kill()
        errors = [m.error or "" for m in run(cells, reading(lambda _: url), 60, place)]
        assert all(error.startswith("not measured: BrokenProcessPool") for error in errors)


def test_a_run_that_is_closed_leaves_its_place_nothing_to_do(url: URL) -> None:
    cells = list(plan.cells([plan.REFERENCE], [PAYROLL], ["tracemalloc"], 10))
    begun = []

    def measured(task: Task, timeout: float) -> Measurement:
        begun.append(task.cell)
        if len(begun) > 2:
            closed.wait()
        return Measurement(task.cell, {})

    closed = Event()
    with ThreadPoolExecutor(1) as threads:
        running = run(cells, reading(lambda _: url), 60, through(threads, measured))
        next(running)
        next(running)
        running.close()
        closed.set()
    assert len(begun) == 3


def test_a_task_that_is_logged_tells_no_password(url: URL) -> None:
    (cell,) = plan.cells([plan.REFERENCE], [PAYROLL], [])
    task = reading(lambda _: url.set(password="s3cret"))(cell)
    assert "s3cret" in task.job.arguments["url"]
    assert "full_orm" in repr(task)
    assert "s3cret" not in repr(task)


def test_every_metric_has_a_name_in_a_saved_run() -> None:
    assert FIGURES.keys() == meters.metrics().keys()


def test_what_imports_cost_is_measured_where_nothing_of_a_strategy_is_imported(url: URL) -> None:
    ways = ("full_orm", "arrow_columns")
    cells = [plan.Cell(way, "imports", plan.workload_of(PAYROLL)) for way in ways]
    found = {m.cell.strategy: m for m in run(cells, reading(lambda _: url), 60)}
    assert [found[way].error for way in ways] == [None, None]
    orm, arrow = (found[way].figures["imports_bytes"] for way in ways)
    assert orm > 5e6  # SQLAlchemy is in it
    assert arrow > orm + 10e6  # and pyarrow
