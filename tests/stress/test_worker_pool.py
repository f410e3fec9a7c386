"""A worker process ends with its parent, however that ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from support import wait_until

CODE = """
import os, signal
from callmeter.worker import Job
from callmeter.worker_pool import ask, start
worker = start()
ask(worker, Job("callmeter.self_check:make_call", {"case": "no-op"}, "check"), 60)
print(worker.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
def test_a_child_does_not_outlive_a_killed_parent() -> None:
    command = [sys.executable, "-c", CODE]
    parent = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    child = int(parent.stdout)
    assert wait_until(lambda: not is_alive(child), 20)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
