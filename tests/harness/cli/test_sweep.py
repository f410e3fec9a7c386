"""`sweep` as its user meets it: environments made, functions measured, gone on with."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.model.saved import read
from harness.model.summary import incomplete
from support import interrupted, is_refused

if TYPE_CHECKING:
    from support import Command

CODE = """
import time

import tabulate

def render():
    return [tabulate.tabulate([(n, n / 7) for n in range(50)]) for _ in range(4)]

def version():
    return [bytes(1_000_000 if tabulate.__version__ == "0.9.0" else 2_000_000)]

def new():
    return [tabulate.not_in_any_version]

def sleeps():
    time.sleep(60 if tabulate.__version__ == "0.10.0" else 0)
"""
VERSIONS = ("--with", "tabulate==0.9.0", "--with", "tabulate==0.10.0")
METERS = ("--meter", "tracemalloc", "--meter", "clock", "--repeat", "2")
STACKS = [f"Python {'.'.join(map(str, sys.version_info[:3]))}, tabulate 0.{n}.0" for n in (9, 10)]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "tab.py").write_text(CODE)
    return tmp_path


def test_two_versions_a_missing_one_and_a_missing_python(command: Command, project: Path) -> None:
    """And the same command goes on where it stopped; another one is refused its folder."""
    missing = ("--with", "tabulate==7")
    asked = ("sweep", "tab:version", "tab:render", *VERSIONS, *missing, *METERS, "--save", "folder")
    done = command(*asked, "--format", "json", folder=project)
    assert done.returncode == 1, done.stderr
    whole = json.loads(done.stdout)
    made, (not_made,) = whole["stacks"][:2], whole["stacks"][2:]
    assert [stack["stack"] for stack in made] == STACKS
    assert [stack["environment"]["tabulate"] for stack in made] == ["0.9.0", "0.10.0"]
    assert not_made["stack"] == "this Python, tabulate==7"
    assert "No matching distribution found for tabulate==7" in not_made["error"]
    rows = {(row["stack"], row.get("target"), row.get("metric")): row for row in whole["rows"]}
    peak = rows[STACKS[1], "tab:version", "traced_peak"]
    assert peak["ratio"] == pytest.approx(2, rel=0.01)
    assert peak["verdict"] == "beyond the noise"
    assert rows[STACKS[0], "tab:render", "wall"]["repeats"] == 2

    runs = sorted((project / "folder").glob("*.jsonl"))
    assert [incomplete(read(run)) for run in runs] == [None, None]
    report = command("report", str(runs[0]), "--format", "json", folder=project)
    assert report.returncode == 0
    parts = sorted((project / "folder" / "parts").iterdir())
    assert len(parts) == 6
    before = {part: part.stat().st_mtime_ns for part in parts}
    (last,) = (part for part in parts if part.name.endswith("0.9.0-times-2.jsonl"))
    last.write_text(last.read_text().splitlines(keepends=True)[0])  # as if killed
    again = command(*asked, folder=project)
    assert "resumed: 4 parts are measured already, in folder" in again.stderr
    measured = [part.name for part in parts if part.stat().st_mtime_ns != before[part]]
    assert [name.rpartition("-")[2] for name in measured] == ["2.jsonl"] * 2  # all of the round
    assert "[2]" in again.stdout
    assert max(map(len, again.stdout.splitlines())) <= 80
    other = command("sweep", "tab:render", *VERSIONS, *METERS, "--save", "folder", folder=project)
    assert other.returncode == 2
    *_, reason = other.stderr.splitlines()  # on a busy machine, behind a line of progress
    assert "folder has what another command measured: python -m harness sweep" in reason


def test_a_stack_on_which_a_function_fails_and_a_python_that_is_not_here(
    command: Command, project: Path
) -> None:
    words = ("--python", "3.99", "--python", sys.executable)
    done = command("sweep", "tab:version", *words, "--meter", "tracemalloc", folder=project)
    assert done.returncode == 2
    error = done.stderr.splitlines()[-1]
    assert "error: Python 3.99 cannot be made: there is no python3.99" in error
    assert "cannot be measured: tab does not import: ModuleNotFoundError" in error
    done = command("sweep", "tab:new", *VERSIONS, "--meter", "rss", folder=project)
    assert done.returncode == 1
    assert "[1] [2] FAILED: AttributeError" in " ".join(done.stdout.split())


def test_an_interrupted_sweep_tells_how_it_goes_on(project: Path) -> None:
    words = ("sweep", "tab:version", "tab:sleeps", *VERSIONS, *METERS, "--save", "folder")
    measured = project / "folder" / "parts"
    done = interrupted(*words, folder=project, once=lambda: list(measured.glob("*")))
    assert done.returncode == 130
    assert done.stderr.splitlines()[-1] == (
        "interrupted; what was measured is saved; the same command with --save folder goes on"
    )


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("full_orm", "name two stacks: --python 3.12 --python 3.13"),
        ("full_omr --python 3.11 --python 3.12", "did you mean full_orm?"),
        ("full_orm --with x==1 --with x==2 --setup x", "--setup is for functions"),
        ("full_orm --with x==1 --with x==2 --requirements r", "--requirements are of functions"),
        ("a:b --with x==1 --with x==2 --requirements r", "--requirements r cannot be read"),
        ("a:b --with -x --with x==2", "--with '-x' is no requirement; write it as 'sqlalchemy"),
        ("a:b --with x==1 --with x==2 --dsn postgresql://x", "--dsn is for strategies"),
        ("a:b --with x==1 --with x==2 --driver psycopg2", "--driver is for strategies"),
        ("a:b --with x==1 --with x==2 --sizes 1,2", "--sizes is for strategies"),
        ("full_orm --driver psycopg --driver psycopg3", "did you mean psycopg?"),
        ("full_orm --driver psycopg --driver psycopg", "name two stacks: --python 3.12"),
        ("full_orm --with x==1 --with x==2 --at-once 0", "--at-once 0 is not between 1 and 256"),
        ("a:b --python 3.9 --python 3.12", "--python 3.9 is too old"),
        ("a:b full_orm --python 3.11 --python 3.12", "the target 'full_orm' is not"),
        ("a:b --python 3.98 --python 3.99", "Python 3.98 cannot be made: there is no python3.98"),
    ],
)
def test_bad_input_is_one_clear_line(
    command: Command, project: Path, words: str, complaint: str
) -> None:
    is_refused(command("sweep", *words.split(), folder=project), complaint)
