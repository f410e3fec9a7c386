"""A process that asks for more than it may hold is refused, and can still say so."""

from __future__ import annotations

import os
import subprocess
import sys
from subprocess import PIPE
from typing import TYPE_CHECKING

import pytest

from callmeter import memory_limit
from callmeter.meters.rss import resident
from trust._shortages import CGROUPS, a_cgroup

if TYPE_CHECKING:
    from pathlib import Path

LARGE = 400_000_000


@pytest.mark.skipif(not memory_limit.IS_POSSIBLE, reason="Linux only")
def test_what_asks_for_more_is_refused_and_after_that_it_may_again() -> None:
    may_hold = resident("VmData") + LARGE // 2
    with pytest.raises(MemoryError), memory_limit.held_to(may_hold):
        bytearray(LARGE)
    with memory_limit.held_to(may_hold):
        assert len(bytearray(LARGE // 8)) == LARGE // 8
    assert len(bytearray(LARGE)) == LARGE


@pytest.mark.skipif(not memory_limit.IS_POSSIBLE, reason="Linux only")
def test_a_limit_is_never_raised() -> None:
    may_hold = resident("VmData") + LARGE // 2
    with (
        memory_limit.held_to(may_hold),
        memory_limit.held_to(10 * LARGE),
        pytest.raises(MemoryError),
    ):
        bytearray(LARGE)


def test_no_limit_is_none() -> None:
    with memory_limit.held_to(None):
        assert len(bytearray(LARGE)) == LARGE


@pytest.mark.skipif(not memory_limit.IS_POSSIBLE, reason="Linux only")
def test_what_is_free_is_shared() -> None:
    whole, half = memory_limit.share(1), memory_limit.share(2)
    assert whole is not None
    assert half is not None
    assert 0 < half < whole
    assert memory_limit.share(10**9) == memory_limit.LEAST


OLD = {
    "memory.limit_in_bytes": "4000\n",
    "memory.usage_in_bytes": "3000\n",
    "memory.stat": "cache 9\ninactive_file 9\ntotal_inactive_file 200\ntotal_active_file 300\n",
}
NEW = {
    "memory.max": "4000\n",
    "memory.current": "3000\n",
    "memory.stat": "anon 2400\ninactive_file 200\nactive_file 300\n",
}


@pytest.mark.parametrize("files", [OLD, NEW])
def test_of_a_control_group_what_is_not_used_or_only_a_cache_is_free(
    tmp_path: Path, files: dict[str, str]
) -> None:
    assert memory_limit.free_in(tmp_path) is None
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    assert memory_limit.free_in(tmp_path) == 1500


def test_a_control_group_without_a_limit_has_none(tmp_path: Path) -> None:
    for name, content in (NEW | {"memory.max": "max\n"}).items():
        (tmp_path / name).write_text(content)
    assert memory_limit.free_in(tmp_path) is None


@pytest.mark.skipif(not os.access(CGROUPS, os.W_OK), reason="root's, and version 1's")
def test_a_container_has_less_than_its_machine() -> None:
    code = (
        "import sys; sys.stdin.read()\n"
        "from callmeter import memory_limit; print(memory_limit.share(1))"
    )
    python = [sys.executable, "-c", code]
    with (
        a_cgroup(f"mapping-strategies-{os.getpid()}", 2 * memory_limit.LEAST) as group,
        subprocess.Popen(python, stdin=PIPE, stdout=PIPE, text=True) as process,
    ):
        (group / "cgroup.procs").write_text(str(process.pid))
        told, _ = process.communicate("")
    assert memory_limit.LEAST < int(told) <= 2 * memory_limit.LEAST


@pytest.mark.parametrize(
    "error", ["MemoryError (slotted.py:3)", "DatabaseError: out of memory for query result"]
)
def test_an_error_says_what_the_process_may_hold(error: str) -> None:
    explained = memory_limit.explained(error, 4 * 10**9)
    assert explained == f"{error}: it may hold 4,000 MB (--memory-limit)"
    assert memory_limit.explained(error, None) == error


def test_other_errors_have_nothing_to_do_with_it() -> None:
    assert memory_limit.explained("ValueError: no", 4 * 10**9) == "ValueError: no"
