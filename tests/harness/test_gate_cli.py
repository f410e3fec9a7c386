"""`diff` and `check` as their user meets them: on a real Postgres, with a strategy made worse."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from harness.model import run as results
from support import PLANTED, ROOT, harness, is_refused, memory, saved, with_baselines

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import CompletedProcess

    from support import Command

    Done = CompletedProcess[str]

    from harness.postgres.connection import Database

PUBLISHED = ROOT / "results" / "default.jsonl"
SMALL = ("--sizes", "50,80", "--components", "2", "--repeat", "1", "--meter", "tracemalloc")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, database: Database) -> Path:
    """A folder with a strategy `own.py`, and a baseline of it and of `yield_per`."""
    made = tmp_path_factory.mktemp("gate")
    shutil.copy(ROOT / "strategies" / "slotted.py", made / "own.py")
    asked = ("compare", "own.py", "yield_per", *SMALL, "--save", "baseline.jsonl")
    done = harness(*asked, folder=made)
    assert done.returncode == 0, done.stderr
    return made


def own_way(folder: Path, planted: Path) -> None:
    shutil.copy(planted, folder / "own.py")


def test_what_did_not_change_passes(folder: Path) -> None:
    own_way(folder, ROOT / "strategies" / "slotted.py")
    asked = ("check", "full_orm", "own.py", "yield_per", "--baseline", "baseline.jsonl")
    done = harness(*asked, "--save", "same.jsonl", folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        "PASSED: 3 strategies, none worse by more than the limits: peak 5%, delta 5%."
        in done.stdout
    )
    assert done.stderr == "Saved: same.jsonl\n"
    run = results.read(folder / "same.jsonl")
    assert {m.cell.workload.size for m in run.measurements} == {50}  # the smallest of the baseline
    assert not any(m.cell.cold for m in run.measurements)
    assert run.header.command == f"python -m harness {' '.join(asked)}"


@pytest.mark.parametrize("name", ["own.py", "../own.py", "/nowhere/own.py", "own\x1b[2J.py"])
def test_a_file_that_only_the_baseline_names_is_not_executed(
    tmp_path: Path, folder: Path, name: str
) -> None:
    """A run may come from anywhere, and to measure a file of its choice would execute it."""
    (tmp_path / "own.py").write_text("open('executed', 'w')")
    named = json.dumps(name).encode()
    saved = (folder / "baseline.jsonl").read_bytes().replace(b'"own.py"', named)
    (tmp_path / "baseline.jsonl").write_bytes(saved)
    done = harness("check", "--baseline", "baseline.jsonl", folder=tmp_path)
    is_refused(done, "a file is executed only where you name it")
    assert not (tmp_path / "executed").exists()


def test_force_replaces_the_saved_run_too(folder: Path) -> None:
    own_way(folder, ROOT / "strategies" / "slotted.py")
    (folder / "replaced.jsonl").write_text("another run")
    asked = ("check", "own.py", "--baseline", "baseline.jsonl", "--save", "replaced.jsonl")
    is_refused(harness(*asked, folder=folder), "--save replaced.jsonl exists")
    assert harness(*asked, "--force", folder=folder).returncode == 0
    assert results.read(folder / "replaced.jsonl").measurements


def test_a_strategy_made_worse_fails(folder: Path) -> None:
    own_way(folder, PLANTED / "worse.py")
    summary = folder / "summary.md"
    asked = ("check", "--baseline", "baseline.jsonl", "own.py", "--entries", "80")
    done = harness(*asked, "--format", "markdown", folder=folder, GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("**FAILED: 1 of 1 strategy worse by more than the limits")
    assert "- own.py, peak, 80 entries: " in done.stdout
    assert "own.py, delta" not in done.stdout.partition("\n`baseline")[0]
    assert summary.read_text() == done.stdout


def test_a_broken_contract_fails(folder: Path) -> None:
    own_way(folder, PLANTED / "wrong_data.py")
    asked = ("check", "own.py", "--baseline", "baseline.jsonl", "--format", "json")
    done = harness(*asked, folder=folder)
    assert done.returncode == 1, done.stderr
    gate = json.loads(done.stdout)["gate"]
    assert gate["worse"] == []
    assert "own.py: BrokenContractError: entry 1.components[0].amount" in gate["failed"][0]


def test_an_improvement_passes(folder: Path) -> None:
    own_way(folder, ROOT / "strategies" / "interned.py")
    asked = ("check", "own.py", "--baseline", "baseline.jsonl", "--fail-on", "delta:0%")
    done = harness(*asked, folder=folder)
    assert done.returncode == 0, done.stdout
    assert "x smaller" in done.stdout


def test_times_are_judged_beside_the_reference(folder: Path) -> None:
    own_way(folder, ROOT / "strategies" / "slotted.py")
    few = ("--components", "1", "--entries", "20", "--meter", "clock")
    made = harness("compare", "own.py", *few, "--save", "times.jsonl", folder=folder)
    assert made.returncode == 0, made.stderr
    asked = ("check", "own.py", "--baseline", "times.jsonl", "--fail-on", "time:100000%")
    done = harness(*asked, "--save", "again.jsonl", "--all", folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "full_orm" in {
        m.cell.strategy for m in results.read(folder / "again.jsonl").measurements
    }
    assert "x full_orm" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--fail-on", "peek:5%"], "did you mean peak?"),
        (["--fail-on", "peak:5"], "is not a figure and a percentage, as peak:5%"),
        (["--fail-on", "peak:-5%"], "is not a figure and a percentage"),
        (["own.py", "--fail-on", "all-peak:5%"], "the baseline has no all-peak of "),
        (["--fail-on", "time:5%", "--repeat", "2"], "--fail-on time needs --repeat 3 or more"),
        (["--entries", "7"], "the baseline has no payroll of 7 entries; it has 50, 80"),
        (
            ["yield_pre"],
            "no strategy or target in the baseline 'yield_pre'; did you mean yield_per?",
        ),
        (["--meter", "clok"], "did you mean clock?"),
        (["--format", "html"], "there is no format 'html'"),
        (["own.py", "--save", "baseline.jsonl"], "--save baseline.jsonl exists"),
        (["--baseline", "not-there.jsonl"], "No such file"),
        (["--baseline", "own.py"], "own.py is not a saved run"),
    ],
)
def test_bad_input_is_one_clear_line(
    command: Command, folder: Path, arguments: list[str], complaint: str
) -> None:
    baseline = [] if "--baseline" in arguments else ["--baseline", "baseline.jsonl"]
    is_refused(command("check", *baseline, *arguments, folder=folder), complaint)


def test_diff(tmp_path: Path) -> None:
    target = tmp_path / "change.md"
    asked = (
        "diff",
        str(PUBLISHED),
        str(PUBLISHED),
        "--format",
        "markdown",
        "--output",
        str(target),
    )
    assert harness(*asked, folder=tmp_path).returncode == 0
    assert "Nothing changed by more than the noise of both runs." in target.read_text()
    is_refused(harness(*asked, folder=tmp_path), "exists; name another file, or add --force")
    assert harness(*asked, "--force", folder=tmp_path).returncode == 0


def test_diff_fails_where_a_figure_is_worse_beyond_its_limit(
    command: Command, tmp_path: Path
) -> None:
    saved(with_baselines(*memory("lean", 4e6, 4e6)), tmp_path / "a.jsonl")
    saved(with_baselines(*memory("lean", 4.8e6, 4.8e6)), tmp_path / "b.jsonl")

    def diff(*words: str, first: str = "a.jsonl", second: str = "b.jsonl") -> Done:
        return command("diff", first, second, *words, folder=tmp_path)

    assert diff().returncode == 0  # who asks for no limit has none
    failed = diff("--fail-on", "peak:10%")
    assert failed.returncode == 1
    assert "FAILED: 1 of 2 strategies worse by more than the limits (peak 10%)" in failed.stdout
    assert "lean, peak, 1,000 entries: " in failed.stdout
    assert diff("--fail-on", "peak:30%").returncode == 0
    passed = diff("--fail-on", "peak:10%", "--fail-on", "lean=peak:30%")
    assert passed.returncode == 0
    assert "PASSED: 2 strategies, " in passed.stdout
    assert "the limits: peak 10%, lean: peak 30%." in passed.stdout
    assert diff("--fail-on", "peak:10%", first="b.jsonl", second="a.jsonl").returncode == 0
    is_refused(diff("--fail-on", "laen=peak:5%"), "did you mean lean?")
    is_refused(diff("--fail-on", "all-peak:5%"), "the baseline has no all-peak of full_orm")


@pytest.mark.parametrize("words", [["report"], ["diff", str(PUBLISHED)], ["check", "--baseline"]])
def test_no_file_that_is_no_run_gives_a_traceback(
    command: Command, tmp_path: Path, words: list[str]
) -> None:
    path = tmp_path / "damaged\x1b[2J.jsonl"
    path.write_bytes(PUBLISHED.read_bytes().replace(b'"delta_bytes"', b'"delta\xff"'))
    is_refused(command(*words, str(path), folder=tmp_path), r"damaged\x1b[2J.jsonl is damaged in")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    is_refused(command(*words, str(pipe), folder=tmp_path), "is no regular file")


def test_a_run_cut_short_says_so(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "short.jsonl"
    path.write_bytes(b"\n".join(PUBLISHED.read_bytes().splitlines()[:18]) + b'\n{"cell":{"stra')
    said = f"17 of {results.read(PUBLISHED).header.cells} cells"
    for form in ("table", "markdown", "json"):
        assert said in command("report", str(path), "--format", form, folder=tmp_path).stdout
    assert said in command("diff", str(PUBLISHED), str(path), folder=tmp_path).stdout
