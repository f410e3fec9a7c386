"""Measuring on a Dask cluster, of real processes: what is lost there is measured again or said."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from distributed import Client

from callmeter.errors import UsageError
from callmeter.interpreter import inspect_interpreter
from callmeter.worker_pool import Environment
from dask_cluster import Dask, until
from harness.base.errors import ClusterError
from harness.cli import _measuring as measuring
from harness.cli._measuring import Setting
from harness.model import run as results
from harness.payroll.generator import Payroll
from harness.postgres.writer import provide
from harness.runner import dask as cluster
from harness.runner import environment, plan
from harness.runner.dask import place
from harness.runner.scheduler import reading, run
from support import PLANTED, ROOT, as_dsn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import URL

    from harness.model.run import Measurement
    from harness.postgres.connection import Database
    from harness.runner.executors import Task

PAYROLL = Payroll(20, 1)
WAITS = str(PLANTED / "tells_and_waits.py")
METERS = ("tracemalloc", "clock")
KILLS = str(PLANTED / "kills_its_dask_worker.py")


@pytest.fixture(scope="module")
def url(database: Database) -> URL:
    return provide(database, PAYROLL)


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    started = Dask(tmp_path_factory.mktemp("dask"))
    yield started
    started.end()


def cells(way: str, meter: str, count: int) -> list[plan.Cell]:
    return [plan.Cell(way, meter, plan.workload_of(PAYROLL), nth) for nth in range(count)]


def measured(dask: Dask, url: URL, *wanted: plan.Cell) -> list[Measurement]:
    with place(dask.address) as there:
        return list(run(wanted, reading(lambda _: url), 60, there))


@contextmanager
def meanwhile(act: Callable[[], None]) -> Iterator[None]:
    with ThreadPoolExecutor(1) as pool:
        acting = pool.submit(act)
        yield
        acting.result()


def test_memory_is_measured_side_by_side_and_times_on_one_worker(dask: Dask, url: URL) -> None:
    dask.have(2)

    def let_go() -> None:
        until(lambda: dask.waiting() == set(dask.workers))  # each worker is at one of the cells
        dask.say_go()

    with meanwhile(let_go):
        memory, times = cells(WAITS, "tracemalloc", 2), cells(plan.REFERENCE, "clock", 3)
        found = measured(dask, url, *memory, *times)
    assert [each.error for each in found] == [None] * 5
    where = {meter: {m.where for m in found if m.cell.meter == meter} for meter in METERS}
    assert where == {"tracemalloc": {"worker 1", "worker 2"}, "clock": {"worker 1"}}
    assert dask.below_the_workers() == []


def test_what_a_killed_worker_was_measuring_is_measured_again(dask: Dask, url: URL) -> None:
    dask.have(2)
    (last,) = list(dask.workers)[1:]

    def kill() -> None:
        until(lambda: last in dask.waiting())
        dask.workers[last].kill()
        dask.say_go()

    with meanwhile(kill):
        wanted = [*cells(WAITS, "tracemalloc", 3), *cells(plan.REFERENCE, "clock", 1)]
        found = measured(dask, url, *wanted)
    assert {each.cell for each in found} == set(wanted)
    assert all(each.figures and not each.error for each in found)
    assert {each.where for each in found} == {"worker 1"}


def test_no_time_is_measured_elsewhere_once_its_worker_is_gone(dask: Dask, url: URL) -> None:
    dask.have(2)
    first = next(iter(dask.workers))

    def kill() -> None:
        until(lambda: first in dask.waiting())
        dask.workers[first].kill()
        dask.say_go()

    with meanwhile(kill):
        wanted = [*cells(WAITS, "clock", 2), *cells(plan.REFERENCE, "tracemalloc", 1)]
        *times, memory = measured(dask, url, *wanted)
    gone = "worker 1 is gone, and nobody else may measure it"
    assert [(each.error, each.where) for each in times] == [(gone, None)] * 2
    assert (memory.error, memory.where) == (None, "worker 2")


def test_a_cell_whose_workers_keep_dying_is_a_row(dask: Dask, url: URL) -> None:
    dask.have(3)
    found = measured(
        dask, url, *cells(KILLS, "tracemalloc", 1), *cells(plan.REFERENCE, "allocator", 1)
    )
    assert [each.error for each in found] == ["each worker that began to measure it died", None]


def test_a_scheduler_that_is_gone_leaves_rows(
    url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 2.0)
    dask = Dask(tmp_path)
    try:
        with pytest.raises(ClusterError, match="no workers; start some: dask worker"):
            measured(dask, url)
        dask.have(1)

        def kill() -> None:
            until(lambda: bool(dask.waiting()))
            dask.scheduler.kill()

        with meanwhile(kill):
            found = measured(dask, url, *cells(WAITS, "tracemalloc", 3), *cells(WAITS, "clock", 1))
        lost = "nothing came back from the cluster: the connection to the scheduler was lost"
        assert [each.error for each in found] == [lost] * 4
    finally:
        dask.end()


def test_nobody_is_told_the_password(dask: Dask, url: URL) -> None:
    dask.have(2)
    secret = url.set(password="s3cret")
    way = str(PLANTED / "raises.py")
    (row,) = measured(dask, secret, *cells(way, "tracemalloc", 1))
    assert row.error == "ValueError: no ***; and more (raises.py:5)"
    (cell,) = cells(way, "tracemalloc", 1)
    task = reading(lambda _: secret)(cell)
    with Client(dask.address, set_as_default=False) as client:
        failing = client.submit(cluster._measured, task, 1)  # what Dask logs when ours does raise
        assert isinstance(failing.exception(), KeyError)
    until(lambda: "Compute Failed" in dask.logs())
    assert "s3cret" not in dask.logs()


def test_after_ctrl_c_nothing_is_left_there_and_all_is_saved(dask: Dask, url: URL) -> None:
    dask.have(2)
    path = dask.folder / "run.jsonl"
    words = ("compare", WAITS, "--entries", "20", "--components", "1", "--meter", "tracemalloc")
    where = ("--dsn", as_dsn(url), "--cluster", dask.address, "--save", str(path))
    running = subprocess.Popen(
        [sys.executable, "-m", "harness", *words, *where],
        cwd=dask.folder,  # as the workers': the strategy's path is to be the same for all
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until(lambda: path.exists() and len(path.read_text().splitlines()) == 2)
        until(lambda: bool(dask.waiting()))
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=60)
    finally:
        running.kill()
    assert running.returncode == 130
    assert errors == f"interrupted; what was measured is saved: {path}\n"
    assert dask.below_the_workers() == []
    saved = results.read(path)
    (check,) = saved.measurements
    assert (check.cell.strategy, check.error) == (plan.REFERENCE, None)
    assert check.where in {"worker 1", "worker 2"}
    assert saved.header.environment["worker 1"].endswith("(times too)")
    assert "worker 2" in saved.header.environment
    assert "127.0.0.1" not in path.read_text()


def test_workers_that_are_not_as_we_are_are_refused(
    dask: Dask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dask.have(1)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "way.py").touch()
    with (
        pytest.raises(ClusterError, match=r"worker 1 \(tcp://.*\) has way.py none, not e3b0c44"),
        place(dask.address, ["way.py"]),
    ):
        pass
    ours = environment.software(inspect_interpreter()) | {"sqlalchemy": "2.0.1"}
    monkeypatch.setattr(environment, "software", lambda _: ours)
    with pytest.raises(ClusterError, match=r"has sqlalchemy 2\.1\.\d+, not 2\.0\.1"):
        place(dask.address).__enter__()


def test_one_run_at_a_time(dask: Dask, monkeypatch: pytest.MonkeyPatch) -> None:
    dask.have(1)
    monkeypatch.setattr(cluster, "OTHERS_MAY_END", 0.1)
    with (
        place(dask.address),
        pytest.raises(ClusterError, match="another run is measuring"),
        place(dask.address),
    ):
        pass
    with place(dask.address):  # and then the next may
        pass


def test_a_wrong_address_is_one_line(dask: Dask) -> None:
    dask.have(1)
    for wrong in ("", "host", "tcp://", "http://h:1", "tcp://h:port", *dask.workers):
        with pytest.raises(ClusterError, match="no Dask scheduler answers at"), place(wrong):
            pass


def test_a_cluster_needs_a_server_that_all_reach(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--cluster needs --dsn"):
        measuring.measured([], tmp_path / "run.jsonl", Setting(cluster="tcp://h:1"))


def test_the_workers_python_measures_and_no_other() -> None:
    setting = Setting("postgresql://h/d", python="/usr/bin/python3", cluster="tcp://h:1")
    with pytest.raises(UsageError, match="leave out --python"):
        measuring.measured([], Path("run.jsonl"), setting)


def test_a_worker_elsewhere_has_its_own_folders(dask: Dask, url: URL) -> None:
    """What is told to the cluster was found on this machine: another one has it elsewhere."""
    dask.have(1)
    there = Environment("/nowhere/bin/python", (("strategies", "/nowhere/strategies"),))
    task_of = reading(lambda _: url, environment=there)

    def elsewhere(cell: plan.Cell) -> Task:
        task = task_of(cell)
        away = tuple((name, f"/nowhere/{name}") for name, _ in task.environment.packages)
        return replace(task, environment=replace(task.environment, packages=away))

    with place(dask.address) as at:
        (found,) = run(cells(plan.REFERENCE, "tracemalloc", 1), elsewhere, 60, at)
    assert found.error is None


def test_a_missing_package_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "harness.runner.dask")
    monkeypatch.setitem(sys.modules, "distributed", None)
    dsn = "postgresql://h/d"
    with pytest.raises(UsageError, match=r"pip install 'mapping-strategies\[cluster\]'"):
        measuring.measured([], tmp_path / "run.jsonl", Setting(dsn, cluster="tcp://h:1"))
