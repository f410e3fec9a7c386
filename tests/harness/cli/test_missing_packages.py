"""Without a package of an extra: one line with the command that brings it, and all else works."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from harness.model.run import read
from support import PLANTED, ROOT, harness

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import CompletedProcess

COMMAND = "pip install 'mapping-strategies[arrow]'"
ARROW = {"arrow_columns", "arrow_objects", "drained_arrow"}
QUICK = ("--entries", "20", "--meter", "tracemalloc", "--repeat", "1")
BLOCKER = """
import sys

class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {packages!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, NotInstalled())
"""


def blocker(folder: Path, *packages: str) -> str:
    """A folder that, on PYTHONPATH, has those packages be as good as not installed."""
    site = folder / f"without-{'-'.join(packages)}"
    site.mkdir()
    (site / "sitecustomize.py").write_text(BLOCKER.format(packages=packages))
    return str(site)


@pytest.fixture
def without_arrow(tmp_path: Path) -> str:
    return f"{blocker(tmp_path, 'pyarrow', 'adbc_driver_postgresql')}:{ROOT}"


def run(folder: Path, path: str, *words: str) -> CompletedProcess[str]:
    return harness(*words, folder=folder, PYTHONPATH=path)


def test_a_comparison_leaves_out_what_needs_it_in_one_line(
    tmp_path: Path, without_arrow: str
) -> None:
    done = run(tmp_path, without_arrow, "compare", *QUICK, "--save", "run.jsonl")
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[0] == (
        "arrow_columns, arrow_objects and drained_arrow are left out: "
        f"they need a package more: {COMMAND}"
    )
    assert done.stderr.count(COMMAND) == 1
    saved = read(tmp_path / "run.jsonl")
    assert not [each for each in saved.measurements if each.error or each.unavailable]
    measured = {each.cell.name for each in saved.measurements}
    assert measured >= {"floor", "raw_tuples", "full_orm", "driver_rows"}
    assert not measured & ARROW


@pytest.mark.parametrize("words", [("compare", *QUICK), ("explain",)])
def test_naming_what_needs_it_is_refused_with_the_command(
    tmp_path: Path, without_arrow: str, words: tuple[str, ...]
) -> None:
    done = run(tmp_path, without_arrow, words[0], "arrow_columns", *words[1:])
    assert done.returncode == 2
    assert done.stderr == f"error: arrow_columns needs a package more: {COMMAND}\n"


def test_what_does_not_need_it_works(tmp_path: Path, without_arrow: str) -> None:
    listed = run(tmp_path, without_arrow, "list")
    assert listed.returncode == 0, listed.stderr
    line = next(line for line in listed.stdout.splitlines() if line.startswith("arrow_columns"))
    assert line.endswith(f"(needs a package more: {COMMAND})")
    explained = run(tmp_path, without_arrow, "explain", "full_orm", "--entries", "20")
    assert explained.returncode == 0, explained.stderr
    assert "domain objects" in explained.stdout
    assert COMMAND not in explained.stderr


def test_a_measured_process_without_it_is_a_row(tmp_path: Path) -> None:
    """It is installed where the command runs, and not where it measures."""
    blocked = blocker(tmp_path, "pyarrow")
    measuring = tmp_path / "python"
    measuring.write_text(
        f'#!/bin/sh\nPYTHONPATH="{blocked}:$PYTHONPATH" exec {sys.executable} "$@"\n'
    )
    measuring.chmod(0o755)
    words = ("compare", "arrow_columns", *QUICK, "--python", str(measuring))
    done = run(tmp_path, str(ROOT), *words, "--save", "run.jsonl")
    assert done.returncode == 0, done.stderr
    reason = f"Not available here: check: arrow_columns needs a package more: {COMMAND}"
    assert reason in " ".join(done.stdout.split())
    saved = read(tmp_path / "run.jsonl")
    missing = [each.cell for each in saved.measurements if each.unavailable]
    assert {cell.name for cell in missing} == {"arrow_columns", "drained_arrow"}
    assert [cell.meter for cell in missing if cell.name == "arrow_columns"] == ["check"]


def test_a_file_that_needs_another_package_names_it(tmp_path: Path) -> None:
    """One that no extra brings is the user's to install."""
    own = tmp_path / "own.py"
    own.write_text(f"import not_there\n{(PLANTED / 'worse.py').read_text()}")
    done = run(tmp_path, str(ROOT), "compare", "own.py", *QUICK)
    assert done.returncode == 2
    assert "own.py: it does not import: ModuleNotFoundError(\"No module named 'not_there'\")" in (
        done.stderr
    )
    assert len(done.stderr.splitlines()) == 1
