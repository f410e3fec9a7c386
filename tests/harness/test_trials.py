"""What was tried is saved, read and shown as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.base.errors import ResultsError
from support import ENVIRONMENT
from tools.publish import trials
from tools.publish.blocks import trust
from tools.publish.trials import Trial, Trials

if TYPE_CHECKING:
    from pathlib import Path

FOUND = Trials(
    "make trust PART=faults",
    ENVIRONMENT,
    [
        Trial("SIGKILL of the parent", "seeding", 3, 3),
        Trial("SIGKILL of the parent", "measuring", 3, 2, "a socket was left"),
        Trial("disk full", "measuring", 1_000, 1_000),
    ],
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    trials.write(tmp_path / "some.json", FOUND)
    assert trials.read(tmp_path / "some.json") == FOUND


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"command":1}', b"[" * 100_000])
def test_what_is_none_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "some.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ResultsError, match=r"cannot read what was tried, .*some.json: "):
        trials.read(path)


def test_the_table_has_a_row_a_fault_and_says_what_was_lost(tmp_path: Path) -> None:
    trials.write(tmp_path / "some.json", FOUND)
    lines = [line for line in trust.make([tmp_path / "some.json"]).splitlines() if line]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[:4]]
    assert cells[0] == ["what was done", "seeding", "measuring"]
    assert cells[2] == ["SIGKILL of the parent", "3 of 3", "2 of 3"]
    assert cells[3] == ["disk full", "", "1,000 of 1,000"]
    assert lines[4] == "- SIGKILL of the parent, measuring: a socket was left"
    assert lines[5] == "1,006 tried, 1,005 held."
    assert "make trust PART=faults" in lines[6]
