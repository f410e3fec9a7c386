"""A process that asks for more than it may hold is refused, and can still report it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callmeter import memory_limit
from callmeter.meters.rss import resident

if TYPE_CHECKING:
    from pathlib import Path

LARGE = 400_000_000
LINUX = pytest.mark.skipif(not memory_limit.IS_POSSIBLE, reason="Linux only")


@LINUX
def test_what_asks_for_more_is_refused_until_the_limit_ends() -> None:
    may_hold = resident("VmData") + LARGE // 2
    with memory_limit.held_to(may_hold):
        with pytest.raises(MemoryError):
            bytearray(LARGE)
        with memory_limit.held_to(10 * LARGE), pytest.raises(MemoryError):  # no limit is raised
            bytearray(LARGE)
        assert len(bytearray(LARGE // 8)) == LARGE // 8
    with memory_limit.held_to(None):
        assert len(bytearray(LARGE)) == LARGE


@LINUX
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


@pytest.mark.parametrize(
    ("files", "free"), [({}, None), (OLD, 1500), (NEW, 1500), (NEW | {"memory.max": "max\n"}, None)]
)
def test_of_a_control_group_what_is_not_used_or_only_a_cache_is_free(
    tmp_path: Path, files: dict[str, str], free: int | None
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    assert memory_limit.free_in(tmp_path) == free


@pytest.mark.parametrize(
    ("error", "is_explained"),
    [
        ("MemoryError (slotted.py:3)", True),
        ("DatabaseError: out of memory for query result", True),
        ("ValueError: no", False),
    ],
)
def test_an_error_of_memory_names_the_limit(error: str, is_explained: bool) -> None:
    limit = ": it may hold 4,000 MB (--memory-limit)" if is_explained else ""
    assert memory_limit.explained(error, 4 * 10**9) == f"{error}{limit}"
    assert memory_limit.explained(error, None) == error
