"""Worker processes: a fresh process for every job, and none outlives its parent or its run."""

from __future__ import annotations

import json
import signal
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from callmeter import memory_limit
from callmeter.worker import Job
from callmeter.worker_pool import BOOT, Environment, WorkerPool, ask_once, kill, start

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "postgresql://me:s3cret@host/db"


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    made = WorkerPool()
    yield made
    made.end()


def of_lines(folder: Path, code: str, task: str = "check", **options: Any) -> Job:
    """Return the job of a function `read` with that body, in a module of that folder."""
    body = "".join(f"    {line}\n" for line in code.splitlines())
    (folder / "planted.py").write_text(f"def read():\n{body}")
    arguments = {"where": str(folder / "planted.py"), "call": "read"}
    return Job("callmeter.loader:make_call", arguments, task, **options)


def test_a_workers_command_line_holds_nothing_of_its_jobs(tmp_path: Path, pool: WorkerPool) -> None:
    job = of_lines(tmp_path, "return [1, 2]")
    job.arguments["setup"] = f"url = {SECRET!r}"
    assert pool.ask(job, 60).items == 2
    (worker,) = pool._all
    line = Path(f"/proc/{worker.pid}/cmdline").read_bytes().decode().split("\0")
    assert line[1:4] == ["-P", "-c", BOOT]
    assert json.loads(line[4]).keys() == {"packages", "preload", "memray_folder"}


def test_a_job_that_is_logged_shows_no_password() -> None:
    assert repr(Job("a:b", {"url": SECRET}, "clock")) == "Job(a:b, clock)"


def test_a_worker_ends_when_its_parent_is_gone_amid_a_measurement(tmp_path: Path) -> None:
    worker: Any = start()
    try:
        job = of_lines(tmp_path, "import time\ntime.sleep(3600)")
        worker.stdin.write(json.dumps(asdict(job)).encode() + b"\n")
        worker.stdin.close()  # as the kernel does when the parent dies
        assert worker.wait(timeout=120) == -signal.SIGKILL
    finally:
        kill(worker)


def test_nothing_starts_after_the_end(tmp_path: Path, pool: WorkerPool) -> None:
    pool.end()
    with pytest.raises(RuntimeError, match="ended"):
        pool.ask(of_lines(tmp_path, "return 1"), 60)


def test_every_job_has_a_fresh_process_and_every_environment_a_worker(
    tmp_path: Path, pool: WorkerPool
) -> None:
    code = "import os\nos.environ['SEEN'] = os.environ.get('SEEN', '') + 'x'\n"
    job = of_lines(tmp_path, f"{code}return list(os.environ['SEEN'])")
    assert [pool.ask(job, 60).items for _ in range(2)] == [1, 1]
    assert len(pool._all) == 1
    assert pool.ask(job, 60, Environment(variables=(("SEEN", "x"),))).items == 2
    assert len(pool._all) == 2


def test_what_is_preloaded_is_imported_before_any_call_and_may_fail(tmp_path: Path) -> None:
    job = of_lines(tmp_path, "import sys\nreturn [1] * ('wave' in sys.modules)")
    assert ask_once(job, 60).items == 0
    assert ask_once(job, 60, Environment(preload=("wave",))).items == 1
    failed = ask_once(job, 60, Environment(preload=("no_such_module",)))
    assert failed.error == "ModuleNotFoundError: No module named 'no_such_module'"
    assert failed.error_type == "ModuleNotFoundError"


def test_packages_are_imported_from_their_folders_alone(tmp_path: Path) -> None:
    package = tmp_path / "beside" / "planted_package"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("SIZE = 3\n")
    (package.parent / "planted_neighbour.py").touch()
    code = (
        "import importlib.util as util\n"
        "from planted_package import SIZE\n"
        "return [1] * (SIZE if util.find_spec('planted_neighbour') is None else 0)"
    )
    environment = Environment(packages=(("planted_package", str(package)),))
    assert ask_once(of_lines(tmp_path, code), 60, environment).items == 3


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("import os, sys\nprint('last words', file=sys.stderr, flush=True)\nos._exit(3)",
         "the measured process ended with exit code 3: last words"),
        ("import os\nos.kill(os.getpid(), 11)", "the measured process was killed by SIGSEGV"),
        ("import os\nos.kill(os.getpid(), 9)",
         "the measured process was killed by SIGKILL (out of memory?)"),
        ("import os\nos.kill(os.getppid(), 9)", "the measuring process was killed"),
        ("raise ValueError('one\\n\\n  two')", "ValueError: one; two (planted.py:2)"),
        ("raise SystemExit('no')", "the measured process ended with exit code 1: no"),
        ("import time\ntime.sleep(3600)", "timed out after 1 s"),
    ],
)  # fmt: skip
def test_the_answer_is_an_error_whatever_a_call_does(tmp_path: Path, code: str, error: str) -> None:
    assert ask_once(of_lines(tmp_path, code), 1 if "sleep" in code else 60).error == error


def test_what_a_call_prints_or_reads_does_not_spoil_the_answer(tmp_path: Path) -> None:
    code = "import os, sys\nprint('{}')\nos.write(1, b'{}\\n')\nreturn [sys.stdin.read()] * 2"
    assert ask_once(of_lines(tmp_path, code), 60).items == 2


@pytest.mark.skipif(not memory_limit.IS_POSSIBLE, reason="Linux only")
def test_a_call_that_needs_more_than_it_may_hold_is_refused(tmp_path: Path) -> None:
    job = of_lines(tmp_path, "return bytearray(10**9)", "rss", memory=300_000_000)
    error = ask_once(job, 60).error
    assert error == "MemoryError (planted.py:2): it may hold 300 MB (--memory-limit)"


def test_a_traceback_is_the_users_and_comes_with_the_answer(tmp_path: Path) -> None:
    trace = ask_once(of_lines(tmp_path, "return 1 / 0"), 60).traceback or ""
    assert trace.startswith("Traceback (most recent call last):")
    assert trace.endswith("ZeroDivisionError: division by zero")
    assert "callmeter" not in trace
