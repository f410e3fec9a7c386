"""`choose` with several runs: it takes what each has, and names those it used."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harness.cli import choose
from harness.model.cell import REFERENCE, Cell
from harness.model.run import Measurement
from harness.payroll.generator import Profile
from support import a_run, a_workload, memory, saved, times

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_memory_of_one_run_and_times_of_another_make_one_choice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sizes = a_run(*memory(REFERENCE, 5e6), *memory(REFERENCE, 5e7, entries=10_000))
    clocks = a_run(*times(REFERENCE, 1.0, 1.1), *times("lean", 0.1, 0.1))
    again = a_run(*memory(REFERENCE, 6e6), *memory("lean", 1e6), *times(REFERENCE, 2.0))
    idle = a_run(*memory(REFERENCE, 7e6))
    named = {"sizes": sizes, "clocks": clocks, "again": again, "idle": idle}
    paths = [saved(run, tmp_path / f"{name}.jsonl") for name, run in named.items()]
    code = choose.run(1_000, memory="8MB", time="1.5s", run_paths=paths, form="json")
    found = json.loads(capsys.readouterr().out)
    assert code == 0
    assert found["run"] == "sizes.jsonl, clocks.jsonl and again.jsonl"
    metrics = {row["strategy"]: row["metrics"] for row in found["rows"]}
    assert metrics[REFERENCE]["traced_peak"]["value"] == 5e6
    assert metrics[REFERENCE]["wall"]["value"] == 1.05
    assert metrics["lean"]["traced_peak"]["value"] == 1e6
    assert metrics["lean"]["wall"]["value"] == 0.1


def test_a_base_is_taken_from_a_run_of_other_payrolls(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def resident(name: str, profile: Profile, **values: float) -> Measurement:
        return Measurement(
            Cell(name, "rss", a_workload(1_000, profile)), {"rss_peak": 1e7} | values
        )

    asked = a_run(resident("lean", Profile.DISTINCT))
    bases = a_run(
        resident(REFERENCE, Profile.REALISTIC, base=6e7),
        resident("lean", Profile.REALISTIC, base=8e7),
    )
    other = a_run(*memory(REFERENCE, 5e6))
    named = {"asked": asked, "bases": bases, "other": other}
    paths = [saved(run, tmp_path / f"{name}.jsonl") for name, run in named.items()]
    code = choose.run(1_000, "150MB", "100MB", run_paths=paths, profile="distinct", form="json")
    assert code == 0
    found = json.loads(capsys.readouterr().out)
    assert found["run"] == "asked.jsonl and bases.jsonl"
    (lean,) = found["rows"]
    assert lean["base"]["value"] == 1.2e8
    assert lean["base"]["high"] > 1.2e8
