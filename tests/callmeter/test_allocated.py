"""What the allocators have given out, and which they are."""

from __future__ import annotations

import ctypes.util
import os
import subprocess
import sys

import pytest

from callmeter.allocated import OTHERS, TUNED_BY, allocated, replaced_by, settings

ASK = "from callmeter import allocated as a; print(a.replaced_by(), a.allocated(), a.settings())"


def test_usual_allocators_are_not_named_and_what_tunes_them_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in (*TUNED_BY, "LD_PRELOAD"):
        monkeypatch.delenv(name, raising=False)
    assert replaced_by() is None
    assert settings() == ""
    monkeypatch.setenv("MALLOC_ARENA_MAX", "2")
    assert settings() == "MALLOC_ARENA_MAX=2"


def test_small_objects_count_and_so_do_large_ones() -> None:
    before = allocated()
    if before is None:
        pytest.skip(f"another C library, or another allocator: {replaced_by()}")
    held = [bytes(200) for _ in range(5_000)], bytes(3_000_000)
    after = allocated()
    assert after is not None
    assert after.live - before.live == pytest.approx(5_000 * 248 + 3_000_000, rel=0.05)
    assert after.free_in_arenas >= 0
    del held


@pytest.mark.parametrize("name", OTHERS)
def test_a_library_in_the_place_of_malloc_is_named_and_has_no_figures(name: str) -> None:
    library = ctypes.util.find_library(name)
    if library is None:
        pytest.skip(f"{name} is not installed")
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env=os.environ | {"LD_PRELOAD": library},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [name, "None", name]
