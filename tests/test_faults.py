"""A few of the faults that `make trust` tries at every stage, each once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from trust import _shortages, _signals
from trust._trial import a_cache

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FAULTS = {
    (what, stage): once for part in (_signals, _shortages) for what, stage, once in part.faults()
}
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what is left is read in /proc")


@pytest.fixture(scope="module")
def cache() -> Iterator[Path]:
    """A cache folder that these tests share."""
    with a_cache() as folder:
        yield folder


@pytest.mark.parametrize(
    "fault",
    [
        ("SIGINT of the command", "seeding"),
        ("SIGKILL of the command", "measuring"),
        ("terminal closed", "reporting"),
        ("disk full: working folder", "saving"),
    ],
    ids=", ".join,
)
def test_nothing_is_lost_and_nothing_left(cache: Path, fault: tuple[str, str]) -> None:
    if fault not in FAULTS:
        pytest.skip("only root may mount")
    assert FAULTS[fault](cache) == ""
