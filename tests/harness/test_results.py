"""Saved runs: whole after every line, and never a traceback for a bad file."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.errors import ResultsError
from harness.model import run as results
from harness.model.run import FORMAT, Header, Measurement
from harness.payroll.generator import Profile
from harness.runner.plan import Cell
from support import a_workload

HEADER = Header(FORMAT, 2, "python -m harness compare", {"python": "3.11"}, {"a": "label"})
MEASUREMENT = Measurement(Cell("a", "tracemalloc", a_workload(10)), {"peak_bytes": 1.5})
FAILED = Measurement(Cell("a", "clock", a_workload(10, Profile.DISTINCT), 3), {}, "raised")


def saved(folder: Path) -> Path:
    path = folder / "run.jsonl"
    with results.saved_to(path, HEADER) as save:
        save(MEASUREMENT)
        save(FAILED)
    return path


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    assert results.read(saved(tmp_path)) == results.Run(HEADER, [MEASUREMENT, FAILED])


def test_a_measurement_is_on_disk_the_moment_it_is_saved(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    with results.saved_to(path, HEADER) as save:
        save(MEASUREMENT)
        assert results.read(path).measurements == [MEASUREMENT]


def test_a_line_cut_short_is_left_out(tmp_path: Path) -> None:
    path = saved(tmp_path)
    whole = path.read_bytes()
    start_of_last = whole.rstrip(b"\n").rindex(b"\n") + 1
    for end in range(start_of_last, len(whole)):
        path.write_bytes(whole[:end])
        assert results.read(path).measurements == [MEASUREMENT]


def test_no_run_is_overwritten(tmp_path: Path) -> None:
    path = saved(tmp_path)
    with pytest.raises(ResultsError, match="File exists"), results.saved_to(path, HEADER):
        pass
    assert len(results.read(path).measurements) == 2


def test_two_processes_take_two_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert str(os.getpid()) in results.new_path().name
    assert results.new_path().parent == tmp_path / "mapping-strategies" / "runs"
    assert results.new_path().parent.is_dir()


def test_where_no_run_can_be_saved_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(ResultsError, match=r"cannot make a folder for the run: .*; use --save$"):
        results.new_path()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is not a saved run"),
        (b"\xff\xfe", "is not a saved run"),
        (b"strategy,peak\n", "is not a saved run"),
        (
            b'{"format": 1, "cells": 0, "command": "", "environment": {}, "labels": {}}\n',
            "run of format 1, from an older version of the harness; this one reads format 2",
        ),
        (
            b'{"format": 99, "cells": 0, "command": "", "environment": {}, "labels": {}}\n',
            "run of format 99, from a newer version of the harness; this one reads format 2",
        ),
        (b'{"format": "1"}\n', "is not a saved run"),
    ],
)
def test_a_foreign_file_gets_one_clear_line(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "run.jsonl"
    path.write_bytes(content)
    with pytest.raises(ResultsError, match=complaint) as caught:
        results.read(path)
    assert len(str(caught.value).splitlines()) == 1


def test_a_missing_file_gets_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="No such file"):
        results.read(tmp_path / "not-there")


@given(st.integers(0, 10_000), st.binary(max_size=20), st.integers(0, 20))
def test_a_damaged_file_is_read_or_refused(start: int, noise: bytes, cut: int) -> None:
    with TemporaryDirectory() as folder:
        path = saved(Path(folder))
        whole = path.read_bytes()
        start %= len(whole)
        path.write_bytes(whole[:start] + noise + whole[start + cut :])
        try:
            run = results.read(path)
        except ResultsError as error:
            assert len(str(error).splitlines()) == 1  # noqa: PT017
        else:
            assert isinstance(run, results.Run)
