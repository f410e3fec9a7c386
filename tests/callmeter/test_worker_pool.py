"""Worker processes: nobody reads a DSN of theirs, and none outlives its parent or its run."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import pytest

from callmeter import memory_limit
from callmeter.worker import Job
from callmeter.worker_pool import BOOT, Environment, WorkerPool, ask_once, kill, start

SECRET = "postgresql://me:s3cret@host/db"
LOADER = "callmeter.loader:make_call"


def of_lines(folder: Path, code: str, task: str = "check") -> Job:
    """The job of a function `read` with that body, in a module of that folder."""
    body = "".join(f"    {line}\n" for line in code.splitlines())
    (folder / "planted.py").write_text(f"def read():\n{body}")
    return Job(LOADER, {"where": str(folder / "planted.py"), "call": "read"}, task)


def test_a_workers_command_line_tells_nothing_of_its_jobs(tmp_path: Path) -> None:
    pool = WorkerPool()
    try:
        job = of_lines(tmp_path, "return [1, 2]")
        job.arguments["setup"] = f"url = {SECRET!r}"
        assert pool.ask(job, 60).items == 2
        (worker,) = pool._all
        line = Path(f"/proc/{worker.pid}/cmdline").read_bytes().decode().split("\0")
        assert line[1:4] == ["-P", "-c", BOOT]
        assert json.loads(line[4]).keys() == {"packages", "preload", "memray_folder"}
    finally:
        pool.end()


def test_a_job_that_is_logged_tells_no_password() -> None:
    assert repr(Job("a:b", {"url": SECRET}, "clock")) == "Job(a:b, clock)"


def test_a_worker_ends_when_its_parent_is_gone_amid_a_measurement(tmp_path: Path) -> None:
    worker = start()
    try:
        job = of_lines(tmp_path, "import time\ntime.sleep(3600)")
        worker.stdin.write(json.dumps(asdict(job)).encode() + b"\n")
        worker.stdin.close()  # as the kernel does when the parent dies
        assert worker.wait(timeout=120) == -signal.SIGKILL
    finally:
        kill(worker)


def test_nothing_starts_after_the_end(tmp_path: Path) -> None:
    pool = WorkerPool()
    pool.end()
    with pytest.raises(RuntimeError, match="ended"):
        pool.ask(of_lines(tmp_path, "return 1"), 60)


def test_a_worker_is_used_again_and_each_environment_has_its_own(tmp_path: Path) -> None:
    pool = WorkerPool()
    other = Environment(variables=(("PLANTED", "1"),))
    job = of_lines(tmp_path, "import os\nreturn [1] * (1 + len(os.environ.get('PLANTED', '')))")
    try:
        assert [pool.ask(job, 60).items for _ in range(2)] == [1, 1]
        assert len(pool._all) == 1
        assert pool.ask(job, 60, other).items == 2
        assert len(pool._all) == 2
    finally:
        pool.end()


def test_every_job_has_a_process_of_its_own(tmp_path: Path) -> None:
    pool = WorkerPool()
    code = "import os\nos.environ['SEEN'] = os.environ.get('SEEN', '') + 'x'\n"
    job = of_lines(tmp_path, code + "return list(os.environ['SEEN'])")
    try:
        assert [pool.ask(job, 60).items for _ in range(2)] == [1, 1]
    finally:
        pool.end()


def test_what_is_preloaded_is_there_before_any_call_and_may_fail(tmp_path: Path) -> None:
    job = of_lines(tmp_path, "import sys\nreturn [1] * ('wave' in sys.modules)")
    assert ask_once(job, 60).items == 0
    assert ask_once(job, 60, Environment(preload=("wave",))).items == 1
    failed = ask_once(job, 60, Environment(preload=("no_such_module",)))
    assert failed.error == "ModuleNotFoundError: No module named 'no_such_module'"
    assert failed.error_type == "ModuleNotFoundError"


def test_packages_are_imported_from_their_folders_alone(tmp_path: Path) -> None:
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "planted_package").mkdir()
    (tmp_path / "beside" / "planted_package" / "__init__.py").write_text("SIZE = 3\n")
    (tmp_path / "beside" / "planted_neighbour.py").touch()
    code = (
        "import importlib.util as util\n"
        "from planted_package import SIZE\n"
        "return [1] * (SIZE if util.find_spec('planted_neighbour') is None else 0)"
    )
    folder = str(tmp_path / "beside" / "planted_package")
    environment = Environment(packages=(("planted_package", folder),))
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
    ],
)  # fmt: skip
def test_whatever_a_call_does_is_an_answer_that_says_so(
    tmp_path: Path, code: str, error: str
) -> None:
    assert ask_once(of_lines(tmp_path, code), 60).error == error


def test_a_call_that_does_not_come_back_is_given_up(tmp_path: Path) -> None:
    answer = ask_once(of_lines(tmp_path, "import time\ntime.sleep(3600)"), 1)
    assert answer.error == "timed out after 1 s"


def test_what_a_call_prints_or_reads_does_not_spoil_the_answer(tmp_path: Path) -> None:
    code = "import os, sys\nprint('{}')\nos.write(1, b'{}\\n')\nreturn [sys.stdin.read()] * 2"
    assert ask_once(of_lines(tmp_path, code), 60).items == 2


@pytest.mark.skipif(not memory_limit.IS_POSSIBLE, reason="Linux only")
def test_a_call_that_needs_more_than_it_may_hold_is_refused(tmp_path: Path) -> None:
    job = of_lines(tmp_path, "return bytearray(10**9)", "rss")
    limited = Job(job.factory, job.arguments, job.task, memory=300_000_000)
    answer = ask_once(limited, 60)
    assert answer.error == "MemoryError (planted.py:2): it may hold 300 MB (--memory-limit)"


def test_a_traceback_is_the_users_and_comes_with_the_answer(tmp_path: Path) -> None:
    answer = ask_once(of_lines(tmp_path, "return 1 / 0"), 60)
    assert answer.traceback.startswith("Traceback (most recent call last):")
    assert answer.traceback.endswith("ZeroDivisionError: division by zero")
    assert "callmeter" not in answer.traceback


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
def test_a_child_does_not_outlive_a_killed_parent() -> None:
    code = (
        "import os, signal; from callmeter.worker_pool import start\n"
        "child = start(); print(child.pid, flush=True)\n"
        "import time; time.sleep(3); os.kill(os.getpid(), signal.SIGKILL)"
    )
    parent = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=False)
    child = int(parent.stdout)
    deadline = time.monotonic() + 20
    while _is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _is_alive(child)


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z" and Path(f"/proc/{pid}").exists()
