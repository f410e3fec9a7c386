"""What the user is notified of while a run is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from harness.runner.record import Settings, record
from support import a_run, memory, times

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("others", "notices"), [(0.02, 0), (0.48, 1), (None, 0)])
def test_a_busy_machine_is_noticed_once(others: float | None, notices: int, tmp_path: Path) -> None:
    found = [
        msgspec.structs.replace(one, seconds=0.6, others=others, stolen=0.0)
        for one in times("lean", *[0.1] * 9)
    ]
    run = a_run(*memory("lean", 1e6), *found)
    noticed: list[str] = []
    settings = Settings(save=tmp_path / "run.jsonl", notice=noticed.append)
    assert record((one for one in run.measurements), run.header, settings) == run
    assert len(noticed) == notices
    for text in noticed:
        assert text.startswith("the machine is busy: while lean was timed, others had 48%")
