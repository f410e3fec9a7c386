"""`check` and `diff` as their user meets them: on a real Postgres, with a strategy made worse."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

import harness
from harness.model.saved import read
from support import PLANTED, ROOT, a_run, as_dsn, is_refused, memory, saved, with_baselines

if TYPE_CHECKING:
    from pathlib import Path

    from harness.postgres.connection import Database
    from support import Command


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, database: Database) -> Path:
    """A folder with a strategy `own.py`, and a baseline of it and of the reference."""
    made = tmp_path_factory.mktemp("gate")
    shutil.copy(ROOT / "strategies" / "slotted.py", made / "own.py")
    asked = {"entries": [20, 40], "components": 2, "meters": ["tracemalloc"], "repeat": 1}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(made)
        harness.compare("own.py", **asked, dsn=as_dsn(database.url), save=made / "baseline.jsonl")
    return made


@pytest.fixture
def check(database: Database) -> tuple[str, ...]:
    return "check", "own.py", "--baseline", "baseline.jsonl", "--dsn", as_dsn(database.url)


def test_what_did_not_change_passes(command: Command, folder: Path, check: tuple[str, ...]) -> None:
    done = command(*check, "full_orm", "--save", "same.jsonl", folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "PASSED: 2 strategies, none worse by more than the limits: traced_peak 5%" in done.stdout
    run = read(folder / "same.jsonl")
    assert {m.cell.workload.size for m in run.measurements} == {20}  # the smallest of the baseline
    assert not any(m.cell.cold for m in run.measurements)


@pytest.mark.parametrize("name", ["own.py", "../own.py", "/nowhere/own.py", "own\x1b[2J.py"])
def test_a_file_that_only_the_baseline_names_is_not_executed(
    command: Command, tmp_path: Path, name: str
) -> None:
    """A run may come from anywhere, and to measure a file of its choice would execute it."""
    (tmp_path / "own.py").write_text("open('executed', 'w')")
    saved(a_run(*memory(name, 1e6)), tmp_path / "baseline.jsonl")
    done = command("check", "--baseline", "baseline.jsonl", folder=tmp_path)
    is_refused(done, "a file is executed only where you name it")
    assert not (tmp_path / "executed").exists()


def test_a_strategy_made_worse_fails(
    command: Command, folder: Path, check: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(PLANTED / "worse.py", folder / "own.py")
    summary = folder / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    done = command(*check, "--entries", "40", "--format", "markdown", folder=folder)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("**FAILED: 1 of 1 strategy worse by more than the limits")
    assert "- own.py, traced_peak, 40 entries: " in done.stdout
    assert summary.read_text() == done.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["own.py", "--fail-on", "peak:5%"], "the baseline has no peak of "),
        (["--fail-on", "wall:5%", "--repeat", "2"], "--fail-on wall needs --repeat 5 or more"),
        (["--entries", "7"], "the baseline has no payroll of 7 entries; it has 20, 40"),
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
    done = command("diff", first, second, "--fail-on", "traced_peak:10%", folder=tmp_path)
    assert done.returncode == 1
    assert "FAILED: 1 of 2 strategies worse by more than the limits (traced_peak" in done.stdout
