"""Measuring on a Dask cluster of real processes: what is lost is measured again, or a row."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from harness.base.errors import ClusterError
from harness.runner import dask as cluster
from stress.certificates import certificate, needs_openssl
from stress.runs import SECONDS_TO_END
from support import PLANTED, ROOT, as_dsn, harness, interrupted, is_refused, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.postgres.connection import Database

METERS = ("rss", "clock")
OURS = (ROOT, ROOT / "callmeter" / "src")
"""The folders that our packages are in, of this checkout, whatever is installed."""
LOST = "nothing came back from the cluster: the connection to the scheduler was lost"


class Dask:
    """A scheduler, and workers of one thread, in one folder; what runs on them reads at the DSN.

    All workers but the first have our packages elsewhere, as on other machines. With the variables
    of TLS, all connections are encrypted, and those without a certificate refused.
    """

    def __init__(self, folder: Path, dsn: str, tls: Mapping[str, str]) -> None:
        self.folder, self.asked, self.dsn = folder, folder / "asked", dsn
        self.asked.mkdir()
        self.saved = self.asked / "run.jsonl"
        shutil.copy(Path(__file__).with_name("planted") / "on_dask.py", folder / "way.py")
        for package in ("strategies", "harness", "callmeter/src/callmeter"):
            shutil.copytree(ROOT / package, folder / "elsewhere" / Path(package).name)
        self.started: list[subprocess.Popen[bytes]] = []
        self.variables = {"PYTHONPATH": path_of(OURS), **tls}
        self.protocol = ("--protocol", "tls" if tls else "tcp")
        started = self._start("scheduler", path_of(OURS), "Scheduler at:", "--port=0")
        self.scheduler, self.address = started
        self.workers: dict[str, subprocess.Popen[bytes]] = {}

    def have(self, count: int, act: str = "") -> Dask:
        """Start workers until there are so many, and ask the planted strategy to act."""
        for path in self.asked.iterdir():
            path.unlink()
        if act:
            (self.asked / "act").write_text(act)
        self.workers = {at: each for at, each in self.workers.items() if each.poll() is None}
        while len(self.workers) < count:
            self.add(*([self.folder / "elsewhere"] if self.workers else OURS))
        return self

    def add(self, *packages: Path) -> subprocess.Popen[bytes]:
        """Start a worker that imports from these folders."""
        options = ("--no-nanny", "--nthreads=1", f"--local-directory={self.folder}", self.address)
        worker, at = self._start("worker", path_of(packages), "Start worker at:", *options)
        self.workers[at] = worker
        return worker

    def words(self, *more: str, way: str = "way.py", dsn: str = "") -> tuple[str, ...]:
        """Return the words of a small comparison on the cluster."""
        where = ("--cluster", self.address, "--dsn", dsn or self.dsn, "--save", str(self.saved))
        size = ("--entries", "20", "--components", "1", "--repeat", "1")
        return ("compare", way, *size, *where, *(more or ("--meter", "rss")))

    def compare(self, *more: str, **other: str) -> subprocess.CompletedProcess[str]:
        """Return the end of a small comparison on the cluster."""
        return harness(*self.words(*more), folder=self.folder, **(self.variables | other))

    def rows(self, *more: str, code: int = 0) -> list[dict[str, Any]]:
        """Compare; return all that was to be measured, with its errors."""
        done = self.compare(*more)
        assert done.returncode == code, done.stderr
        header, *rows = map(json.loads, self.saved.read_text().splitlines())
        assert len(rows) == header["cells"]
        self.leave_nothing()
        return rows

    def leave_nothing(self) -> None:
        """Assert that no worker has a process of a run, or goes on having one."""
        running = [worker for worker in self.workers.values() if worker.poll() is None]

        def left() -> list[psutil.Process]:
            return [one for worker in running for one in psutil.Process(worker.pid).children()]

        assert wait_until(lambda: not left(), SECONDS_TO_END), left()

    def _start(
        self, kind: str, path: str, words: str, *options: str
    ) -> tuple[subprocess.Popen[bytes], str]:
        """Start it; return the address that is in its log behind those words, too."""
        log = self.folder / f"{len(self.started)}.log"
        variables = self.variables | {"PYTHONPATH": path, "PLANTED_FOLDER": str(self.asked)}
        local = ("--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0", *self.protocol)
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{kind}", *options, *local],
                cwd=self.folder,
                env=os.environ | variables,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.started.append(process)
        line = re.compile(rf"{words}\s+(\w+://\S+)\n(?s:.*){'Registered' * (kind == 'worker')}")
        assert wait_until(lambda: line.search(log.read_text()), 60), log.read_text()
        return process, str(line.findall(log.read_text())[0])


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory, database: Database) -> Iterator[Dask]:
    yield from started(tmp_path_factory.mktemp("dask"), database, {})


@pytest.fixture
def another(tmp_path: Path, database: Database) -> Iterator[Dask]:
    yield from started(tmp_path, database, {})


@pytest.fixture
def over_tls(tmp_path: Path, database: Database) -> Iterator[Dask]:
    ours = certificate(tmp_path, "localhost")
    files = {"CA_FILE": ours.file} | {
        f"{role}__{what}": file
        for role in ("SCHEDULER", "WORKER", "CLIENT")
        for what, file in (("CERT", ours.file), ("KEY", ours.key))
    }
    tls = {f"DASK_DISTRIBUTED__COMM__TLS__{name}": str(file) for name, file in files.items()}
    yield from started(tmp_path, database, tls)


def started(folder: Path, database: Database, tls: Mapping[str, str]) -> Iterator[Dask]:
    made = Dask(folder, as_dsn(database.url), tls)
    yield made
    for process in made.started:
        process.kill()
        process.wait()


def path_of(folders: Sequence[Path]) -> str:
    return os.pathsep.join(map(str, folders))


@contextmanager
def slowed(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Stop the process for most of the time, as a machine with other work to do would."""
    over = Event()

    def stop_and_go() -> None:
        while not over.wait(0.02):
            process.send_signal(signal.SIGSTOP)
            over.wait(0.1)
            process.send_signal(signal.SIGCONT)

    slowing = Thread(target=stop_and_go)
    slowing.start()
    try:
        yield
    finally:
        over.set()
        slowing.join()


def errors(rows: list[dict[str, Any]], **cell: str) -> set[str | None]:
    return {row.get("error") for row in rows if row["cell"].items() >= cell.items()}


def test_memory_is_measured_on_all_workers_and_times_on_one(dask: Dask) -> None:
    rows = dask.have(2).rows("--meter", "rss", "--meter", "clock")
    where = {
        name: {row["where"] for row in rows if row["cell"]["meter"] == name} for name in METERS
    }
    assert where == {"rss": {"worker 1", "worker 2"}, "clock": {"worker 1"}}
    assert errors(rows) == {None}
    if sys.platform == "linux":  # how busy the machine was, on the worker that takes times
        assert {row["cell"]["meter"] for row in rows if "stolen" in row} == {"clock"}
    environment = json.loads(dask.saved.read_text().splitlines()[0])["environment"]
    assert environment["worker 1"].endswith("(times too)")
    assert "worker 2" in environment
    assert "127.0.0.1" not in dask.saved.read_text()


def test_what_a_killed_worker_was_measuring_is_measured_again(dask: Dask) -> None:
    assert errors(dask.have(2, "worker once").rows()) == {None}
    assert len(dask.have(0).workers) == 1


def test_no_time_is_measured_elsewhere_once_its_worker_is_gone(dask: Dask) -> None:
    rows = dask.have(2, "worker once").rows("--meter", "clock", code=1)
    gone = "worker 1 is gone, and nobody else may measure it"
    assert errors(rows, meter="clock", name="way.py") >= {gone}
    assert errors(rows) == {None, gone}
    assert "worker 2" not in {row.get("where") for row in rows if row["cell"]["meter"] == "clock"}


def test_a_cell_whose_workers_keep_dying_is_a_row(dask: Dask) -> None:
    rows = dask.have(3, "worker").rows(code=1)
    dies = "each worker that began to measure it died"
    assert errors(rows, meter="rss", name="way.py") == {dies}
    assert errors(rows, name="full_orm") == {None}


@needs_openssl
def test_three_workers_over_tls_one_killed_and_one_slow(over_tls: Dask) -> None:
    *_, last = over_tls.have(3, "worker once").workers.values()
    with slowed(last):
        assert errors(over_tls.rows()) == {None}
    assert [worker.poll() for worker in over_tls.workers.values()].count(None) == 2
    over_tls.saved.unlink()
    unknown = over_tls.compare(**{name: "" for name in over_tls.variables if "CLIENT" in name})
    assert unknown.returncode == 2
    assert "no Dask scheduler answers at 'tls://" in unknown.stderr.splitlines()[-1]


def test_a_scheduler_that_is_gone_leaves_rows(another: Dask) -> None:
    done = another.compare()
    assert "has no workers; start some: dask worker" in done.stderr.splitlines()[-1]
    rows = another.have(1, str(another.scheduler.pid)).rows(code=1)
    assert {LOST} <= errors(rows) <= {None, LOST}


def test_the_password_is_shown_nowhere(dask: Dask, database: Database) -> None:
    secret = as_dsn(database.url.set(password="s3cret"))
    shutil.copy(PLANTED / "raises.py", dask.folder)
    words = dask.have(2).words(way="raises.py", dsn=secret)
    done = harness(*words, folder=dask.folder, **dask.variables)
    assert done.returncode == 1
    logs = "".join(log.read_text() for log in dask.folder.glob("*.log"))
    assert "s3cret" not in done.stdout + done.stderr + dask.saved.read_text() + logs
    assert "no ***; and more (raises.py:5)" in dask.saved.read_text()


def test_after_ctrl_c_nothing_is_left_and_all_is_saved(dask: Dask) -> None:
    words, is_waiting = dask.have(2, "wait").words(), (dask.asked / "done").exists
    done = interrupted(*words, folder=dask.folder, once=is_waiting, **dask.variables)
    assert done.returncode == 130
    assert f"interrupted; what was measured is saved: {dask.saved}" in done.stderr.splitlines()[-1]
    assert len(dask.saved.read_text().splitlines()) >= 3
    dask.leave_nothing()


def test_a_cluster_that_differs_or_is_none_is_refused(dask: Dask, tmp_path: Path) -> None:
    shutil.copy(dask.folder / "way.py", tmp_path / "only_ours.py")
    words = dask.have(1).words(way="only_ours.py")
    done = harness(*words, folder=tmp_path, **dask.variables)
    assert done.returncode == 2
    assert " has only_ours.py none, not " in done.stderr.splitlines()[-1]
    for wrong in ("", "host", "tcp://", "http://h:1", "tcp://h:port", *dask.workers):
        with (
            pytest.raises(ClusterError, match="no Dask scheduler answers at"),
            cluster.dask_cluster(wrong),
        ):
            pass
    alone = ("compare", "--cluster", dask.address)
    is_refused(harness(*alone, folder=tmp_path), "--cluster needs --dsn")
    python = ("--dsn", "postgresql://h/d", "--python", sys.executable)
    is_refused(harness(*alone, *python, folder=tmp_path), "leave out --python")


def test_a_worker_with_another_version_is_refused(dask: Dask, tmp_path: Path) -> None:
    """It has another SQLAlchemy, as far as Python's own list of distributions tells."""
    other = tmp_path / "SQLAlchemy-2.0.30.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: SQLAlchemy\nVersion: 2.0.30\n")
    differs = dask.have(1).add(tmp_path, *OURS)
    done = dask.compare()
    differs.kill()
    differs.wait()
    assert done.returncode == 2
    assert " has sqlalchemy 2.0.30, not " in done.stderr.splitlines()[-1]


def test_one_run_at_a_time(dask: Dask, monkeypatch: pytest.MonkeyPatch) -> None:
    dask.have(1)
    monkeypatch.setattr(cluster, "SECONDS_OF_A_LOCK", 0.1)
    with (
        cluster.dask_cluster(dask.address),
        pytest.raises(ClusterError, match="another run is measuring"),
        cluster.dask_cluster(dask.address),
    ):
        pass
    with cluster.dask_cluster(dask.address):  # and then the next may
        pass
