"""`check` and `diff` as their user meets them: on a real Postgres, with a strategy made worse."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from harness.model import run as results
from support import PLANTED, ROOT, harness, is_refused, memory, saved, with_baselines

if TYPE_CHECKING:
    from pathlib import Path

    from harness.postgres.connection import Database
    from support import Command

SMALL = ("--sizes", "50,80", "--components", "2", "--repeat", "1", "--meter", "tracemalloc")
CHECK = ("check", "own.py", "--baseline", "baseline.jsonl")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, database: Database) -> Path:
    """A folder with a strategy `own.py`, and a baseline of it and of `yield_per`."""
    made = tmp_path_factory.mktemp("gate")
    use(made, ROOT / "strategies" / "slotted.py")
    done = harness(
        "compare", "own.py", "yield_per", *SMALL, "--save", "baseline.jsonl", folder=made
    )
    assert done.returncode == 0, done.stderr
    return made


def use(folder: Path, strategy: Path) -> None:
    shutil.copy(strategy, folder / "own.py")


def test_what_did_not_change_passes(folder: Path) -> None:
    use(folder, ROOT / "strategies" / "slotted.py")
    done = harness(*CHECK, "yield_per", "--save", "same.jsonl", folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "PASSED: 2 strategies, none worse by more than the limits: traced_peak 5%" in done.stdout
    run = results.read(folder / "same.jsonl")
    assert {m.cell.workload.size for m in run.measurements} == {50}  # the smallest of the baseline
    assert not any(m.cell.cold for m in run.measurements)


@pytest.mark.parametrize("name", ["own.py", "../own.py", "/nowhere/own.py", "own\x1b[2J.py"])
def test_a_file_that_only_the_baseline_names_is_not_executed(
    tmp_path: Path, folder: Path, name: str
) -> None:
    """A run may come from anywhere, and to measure a file of its choice would execute it."""
    (tmp_path / "own.py").write_text("open('executed', 'w')")
    run = (folder / "baseline.jsonl").read_bytes().replace(b'"own.py"', json.dumps(name).encode())
    (tmp_path / "baseline.jsonl").write_bytes(run)
    done = harness("check", "--baseline", "baseline.jsonl", folder=tmp_path)
    is_refused(done, "a file is executed only where you name it")
    assert not (tmp_path / "executed").exists()


def test_a_strategy_made_worse_fails(folder: Path) -> None:
    use(folder, PLANTED / "worse.py")
    summary = folder / "summary.md"
    asked = (*CHECK, "--entries", "80", "--format", "markdown")
    done = harness(*asked, folder=folder, GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("**FAILED: 1 of 1 strategy worse by more than the limits")
    assert "- own.py, traced_peak, 80 entries: " in done.stdout
    assert summary.read_text() == done.stdout


def test_a_broken_contract_fails(folder: Path) -> None:
    use(folder, PLANTED / "wrong_data.py")
    done = harness(*CHECK, "--format", "json", folder=folder)
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)["gate"]
    assert found["worse"] == []
    assert "own.py: BrokenContractError: entry 1.components[0].amount" in found["failed"][0]


def test_times_are_judged_beside_the_reference(folder: Path) -> None:
    use(folder, ROOT / "strategies" / "slotted.py")
    few = ("--components", "1", "--entries", "20", "--meter", "clock")
    made = harness("compare", "own.py", *few, "--save", "times.jsonl", folder=folder)
    assert made.returncode == 0, made.stderr
    asked = ("check", "own.py", "--baseline", "times.jsonl", "--fail-on", "wall:100000%")
    done = harness(*asked, "--save", "again.jsonl", folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    measured = {m.cell.name for m in results.read(folder / "again.jsonl").measurements}
    assert measured >= {"full_orm", "own.py"}


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--fail-on", "peek:5%"], "did you mean peak?"),
        (["own.py", "--fail-on", "peak:5%"], "the baseline has no peak of "),
        (["--fail-on", "wall:5%", "--repeat", "2"], "--fail-on wall needs --repeat 3 or more"),
        (["--entries", "7"], "the baseline has no payroll of 7 entries; it has 50, 80"),
        (["yield_pre"], "no strategy in the baseline 'yield_pre'; did you mean yield_per?"),
        (["own.py", "--save", "baseline.jsonl"], "--save baseline.jsonl exists"),
        (["--baseline", "own.py"], "own.py is not a saved run"),
    ],
)
def test_bad_input_is_one_clear_line(
    command: Command, folder: Path, arguments: list[str], complaint: str
) -> None:
    baseline = [] if "--baseline" in arguments else ["--baseline", "baseline.jsonl"]
    is_refused(command("check", *baseline, *arguments, folder=folder), complaint)


def test_diff_fails_where_a_metric_is_worse_beyond_its_limit(
    command: Command, tmp_path: Path
) -> None:
    first, second = (
        str(saved(with_baselines(*memory("lean", peak, peak)), tmp_path / f"{peak:.0f}.jsonl"))
        for peak in (4e6, 4.8e6)
    )
    assert command("diff", first, second, folder=tmp_path).returncode == 0  # there is no limit
    asked = ("diff", first, second, "--fail-on", "traced_peak:10%")
    done = command(*asked, folder=tmp_path)
    assert done.returncode == 1
    assert "FAILED: 1 of 2 strategies worse by more than the limits (traced_peak" in done.stdout
    assert command(*asked, "--fail-on", "lean=traced_peak:30%", folder=tmp_path).returncode == 0
    back = ("diff", second, first, "--fail-on", "traced_peak:10%")
    assert command(*back, folder=tmp_path).returncode == 0
