"""Without the packages of an extra, in the command or where it measures, all else works."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from harness.model.saved import read
from stress.packages import ARROW, without
from support import ROOT, harness, is_refused

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = "pip install 'mapping-strategies[arrow]'"
NEED_ARROW = {"arrow_columns", "drained_arrow"}
QUICK = ("--entries", "20", "--meter", "rss", "--repeat", "1", "--save", "run.jsonl")


def test_naming_what_needs_it_is_refused_with_the_command(tmp_path: Path) -> None:
    path = f"{without(tmp_path, *ARROW)}:{ROOT}"
    done = harness("compare", "arrow_columns", folder=tmp_path, PYTHONPATH=path)
    is_refused(done, f"error: arrow_columns needs a package more: {COMMAND}\n")
    listed = harness("list", folder=tmp_path, PYTHONPATH=path)
    assert listed.returncode == 0, listed.stderr
    text = " ".join(listed.stdout.split())  # in several lines, where COLUMNS is set
    of_it = text.partition("arrow_columns ")[2].partition(" async_orm ")[0]
    assert of_it.endswith(f"(needs a package more: {COMMAND})")


@pytest.mark.parametrize("package", ["asyncpg", "greenlet"])
def test_naming_what_needs_a_driver_is_refused_with_the_command(
    tmp_path: Path, package: str
) -> None:
    path = f"{without(tmp_path, package)}:{ROOT}"
    done = harness("compare", "async_orm", folder=tmp_path, PYTHONPATH=path)
    command = COMMAND.replace("arrow", "drivers")
    is_refused(done, f"error: async_orm needs a package more: {command}\n")


def test_a_comparison_leaves_out_what_needs_it_in_one_line(tmp_path: Path) -> None:
    path = f"{without(tmp_path, *ARROW)}:{ROOT}"
    done = harness("compare", *QUICK, folder=tmp_path, PYTHONPATH=path)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[0] == (
        f"arrow_columns and drained_arrow are left out: they need a package more: {COMMAND}"
    )
    assert done.stderr.count(COMMAND) == 1
    saved = read(tmp_path / "run.jsonl")
    assert not [each for each in saved.measurements if each.error or each.unavailable]
    measured = {each.cell.name for each in saved.measurements}
    assert measured >= {"floor", "raw_tuples", "full_orm", "packed_objects"}
    assert not measured & NEED_ARROW


def test_a_measured_process_without_it_is_a_row(tmp_path: Path) -> None:
    """It is installed where the command runs, and not where it measures."""
    site = without(tmp_path, "pyarrow")
    measuring = tmp_path / "python"
    measuring.write_text(f'#!/bin/sh\nPYTHONPATH="{site}:$PYTHONPATH" exec {sys.executable} "$@"\n')
    measuring.chmod(0o755)
    words = ("compare", "arrow_columns", *QUICK, "--python", str(measuring))
    done = harness(*words, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    reason = f"Not available here: check: arrow_columns needs a package more: {COMMAND}"
    assert reason in " ".join(done.stdout.split())
    saved = read(tmp_path / "run.jsonl")
    missing = [each.cell for each in saved.measurements if each.unavailable]
    assert {cell.name for cell in missing} == {"arrow_columns", "drained_arrow"}
    assert [cell.meter for cell in missing if cell.name == "arrow_columns"] == ["check"]
