"""Worker processes: nobody reads a DSN of theirs, and none outlives its parent or its run."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from callmeter.worker import Job
from callmeter.worker_pool import ROOT, WORK, Workers, kill, start
from support import PLANTED

from harness import plan
from harness.payroll import Payroll
from harness.postgres.dataset import provide

if TYPE_CHECKING:
    from harness.postgres.database import Database

PAYROLL = Payroll(50, 2)


def test_a_workers_command_line_tells_no_dsn() -> None:
    worker = start()
    try:
        while not (line := Path(f"/proc/{worker.pid}/cmdline").read_bytes()):
            time.sleep(0.01)
        assert line.decode().split("\0")[1:] == ["-P", "-c", WORK, ROOT, ""]
    finally:
        kill(worker)


def test_a_worker_ends_when_its_parent_is_gone_amid_a_measurement(database: Database) -> None:
    (cell,) = plan.cells([str(PLANTED / "sleeps.py")], [PAYROLL], [])
    url = provide(database, PAYROLL)
    worker = start()
    try:
        worker.stdin.write(msgspec.json.encode(Job(cell, url.render_as_string(False))) + b"\n")
        worker.stdin.close()  # as the kernel does when the parent dies
        assert worker.wait(timeout=120) == -signal.SIGKILL
    finally:
        kill(worker)


def test_nothing_starts_after_the_end() -> None:
    workers = Workers()
    workers.end()
    with pytest.raises(RuntimeError, match="ended"), workers.one():
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
def test_a_child_does_not_outlive_a_killed_parent(tmp_path: Path) -> None:
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
