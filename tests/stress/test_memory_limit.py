"""The memory that a process in a container may have: a control group, which only root makes."""

from __future__ import annotations

import os
import sys
from subprocess import PIPE, Popen

import pytest

from callmeter import memory_limit
from stress.shortage import CAN_MAKE_CGROUPS, control_group

CODE = """
import sys; sys.stdin.read()
from callmeter import memory_limit; print(memory_limit.share(1))
"""


@pytest.mark.skipif(not CAN_MAKE_CGROUPS, reason="root's, and version 1's")
def test_a_container_has_less_than_its_machine() -> None:
    command = [sys.executable, "-c", CODE]
    with (
        control_group(f"mapping-strategies-{os.getpid()}", 2 * memory_limit.LEAST) as group,
        Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process,
    ):
        (group / "cgroup.procs").write_text(str(process.pid))
        share, _ = process.communicate("")
    assert memory_limit.LEAST < int(share) <= 2 * memory_limit.LEAST
