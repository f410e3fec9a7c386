"""The memory that a process in a container may have: a control group, which only root makes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from callmeter import memory_limit

CGROUPS = Path("/sys/fs/cgroup/memory")  # version 1's
CODE = """
import sys; sys.stdin.read()
from callmeter import memory_limit; print(memory_limit.share(1))
"""


@pytest.mark.skipif(not os.access(CGROUPS, os.W_OK), reason="root's, and version 1's")
def test_a_container_has_less_than_its_machine() -> None:
    group = CGROUPS / f"mapping-strategies-{os.getpid()}"
    group.mkdir()
    try:
        (group / "memory.limit_in_bytes").write_text(str(2 * memory_limit.LEAST))
        command = [sys.executable, "-c", CODE]
        with Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:
            (group / "cgroup.procs").write_text(str(process.pid))
            share, _ = process.communicate("")
    finally:
        group.rmdir()
    assert memory_limit.LEAST < int(share) <= 2 * memory_limit.LEAST
