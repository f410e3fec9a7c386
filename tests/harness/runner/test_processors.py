"""Who uses the processors: the real ones of this machine, whatever else runs on it."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from signal import SIGKILL
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.busy import BUSY
from harness.model.cell import FLOOR, Cell, workload_of
from harness.payroll.generator import Payroll
from harness.runner.processors import (
    ALL_ARE_SEEN,
    Process,
    Reading,
    Use,
    frequency,
    parsed,
    read,
    use_between,
)
from harness.runner.scheduler import run
from harness.runner.tasks import strategy_tasks

if TYPE_CHECKING:
    from collections.abc import Iterator

WORKS = "import time\nwhile time.process_time() < {}: pass"
BESIDE = '"$@" & echo $!'
"""A command whose parent ends at once, so that nobody here is above it."""
TICKS = os.sysconf("SC_CLK_TCK")
SECONDS = 0.5
LEAST = 0.7 * SECONDS * TICKS
linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc")


def works(seconds: float) -> list[str]:
    return [sys.executable, "-S", "-c", WORKS.format(seconds)]


def now() -> tuple[int, int]:
    """The ticks of ours, and those of all others."""
    found = read(has_own_server=True)
    assert found is not None
    assert found.ours is not None
    return found.ours, found.used - found.ours


@contextmanager
def beside(count: int) -> Iterator[None]:
    """So many busy processes that are not below this one."""
    command = ["/bin/sh", "-c", BESIDE, "sh", *works(600)]
    numbers = []
    try:
        for _ in range(count):
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as shell:
                assert shell.stdout is not None
                numbers.append(int(shell.stdout.readline()))
        yield
    finally:
        for number in numbers:
            with suppress(ProcessLookupError):
                os.kill(number, SIGKILL)


@linux
def test_what_a_child_used_that_has_ended_is_ours() -> None:
    before, _ = now()
    subprocess.run(["/bin/sh", "-c", '"$@"; true', "sh", *works(SECONDS)], check=True)
    assert now()[0] - before >= LEAST


@linux
def test_what_a_process_beside_used_is_of_others_though_it_has_ended() -> None:
    _, before = now()
    command = ["/bin/sh", "-c", BESIDE, "sh", *works(SECONDS)]
    subprocess.run(command, check=True, capture_output=True)  # until it ends: it holds the pipe
    assert now()[1] - before >= LEAST


@linux
def test_a_time_knows_how_busy_the_machine_was() -> None:
    """Timed beside two busy processes a processor, the floor has a third of them at most."""
    cell = Cell(FLOOR, "clock", workload_of(Payroll(1_000, 6)))
    task_of = strategy_tasks(lambda _: pytest.fail("no server"), has_own_server=True)
    with beside(2 * (os.cpu_count() or 1)):
        (found,) = run([cell], task_of, 60)
    assert found.error is None
    assert found.others is not None
    assert found.others > BUSY


def test_memory_is_not_concerned() -> None:
    cell = Cell(FLOOR, "tracemalloc", workload_of(Payroll(10, 1)))
    (found,) = run([cell], strategy_tasks(lambda _: pytest.fail("no server")), 60)
    assert (found.error, found.others, found.stolen, found.mhz) == (None, None, None, None)


def test_shares_are_of_all_that_the_machine_had() -> None:
    before = Reading(whole=1000, used=500, stolen=10, ours=100)
    after = Reading(whole=1200, used=600, stolen=20, ours=140)
    assert use_between(before, after)[:2] == (0.3, 0.05)
    assert use_between(before, after._replace(ours=None))[:2] == (None, 0.05)
    assert use_between(before, before) == use_between(None, after) == Use()


def test_the_time_of_a_server_that_ended_is_nobodys() -> None:
    before = Reading(whole=1000, used=500, stolen=10, ours=400)
    after = Reading(whole=1200, used=600, stolen=20, ours=40)
    assert use_between(before, after)[:2] == (None, 0.05)


@given(st.text(st.characters(exclude_characters="\n", exclude_categories=("Cs",))))
def test_a_name_may_hold_anything(name: str) -> None:
    line = f"12 ({name}) S 7 1 1 0 -1 4194560 2 3 4 5 10 20 300 4000 20 0 1 0 99 1 1"
    assert parsed(line) == Process(name, 7, 4330)


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """A /proc with this process, its child and a grandchild, and a server beside."""
    (tmp_path / "stat").write_text("cpu  500 20 80 1000 5 1 4 10 0 0\ncpu0 1 2 3 4\n")
    (tmp_path / "self" / "ns").mkdir(parents=True)
    (tmp_path / "self" / "ns" / "pid").symlink_to(ALL_ARE_SEEN)
    me = os.getpid()
    for number, name, parent in (
        (me, "python", 1),
        (me + 1, "sh", me),
        (me + 2, "postgres", me + 1),
        (me + 3, "postgres", 1),
        (me + 4, "firefox", 1),
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        zeros = "0 " * 9
        (folder / "stat").write_text(f"{number} ({name}) S {parent} {zeros}1 0 0 1 20 0 1")
    (tmp_path / "999999").mkdir()  # it has just ended
    return tmp_path


def test_a_server_that_is_not_ours_may_work_for_us(proc: Path) -> None:
    assert read(has_own_server=True, proc=proc) == Reading(1620, 600, 10, 6)
    assert read(has_own_server=False, proc=proc) == Reading(1620, 600, 10, 8)


def test_in_a_container_such_a_server_is_not_seen_and_nothing_is_claimed(proc: Path) -> None:
    (proc / "self" / "ns" / "pid").unlink()
    (proc / "self" / "ns" / "pid").symlink_to("pid:[4026532201]")
    assert read(has_own_server=False, proc=proc) == Reading(1620, 600, 10, None)
    assert read(has_own_server=True, proc=proc) == Reading(1620, 600, 10, 6)


def test_elsewhere_nothing_is_known(tmp_path: Path) -> None:
    assert read(has_own_server=True, proc=tmp_path) is None
    assert frequency(tmp_path) is None


def test_the_frequency_is_that_of_the_fastest_processor(tmp_path: Path) -> None:
    for number, frequencies in enumerate(("800000", "3400123", "none")):
        folder = tmp_path / f"cpu{number}" / "cpufreq"
        folder.mkdir(parents=True)
        (folder / "scaling_cur_freq").write_text(f"{frequencies}\n")
    assert frequency(tmp_path) == 3400
