"""A few of the faults that `make trust` tries at every stage, each once."""

from __future__ import annotations

import sys

import pytest

from trust import _shortages, _signals

FAULTS = {
    (what, stage): once for part in (_signals, _shortages) for what, stage, once in part.faults()
}
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what is left is read in /proc")


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
def test_nothing_is_lost_and_nothing_left(fault: tuple[str, str]) -> None:
    if fault not in FAULTS:
        pytest.skip("only root may mount")
    assert FAULTS[fault]() == ""
