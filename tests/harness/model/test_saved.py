"""Saved runs: whole after every line, and never a traceback for a bad file."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callmeter import discovery
from harness.base.errors import ResultsError
from harness.model import saved as results
from harness.model.cell import Cell
from harness.model.fields import LARGEST, MOST_CALLS, MOST_CALLS_IN_A_RUN
from harness.model.run import FORMAT, Header, Measurement, Run
from harness.payroll.generator import Profile
from harness.report import comparison, formats
from runs import made_run
from support import a_workload

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER = Header(FORMAT, 2, "python -m harness compare", {"python": "3.11"}, {"a": "label"})
MEASUREMENT = Measurement(Cell("a", "tracemalloc", a_workload(10)), {"peak": 1.5})
FAILED = Measurement(Cell("a", "clock", a_workload(10, Profile.DISTINCT), 3), {}, "raised")
RUN = made_run(sizes=(1000,), strategies=("floor", "full_orm", "lean"))
MADE = [msgspec.to_builtins(each) for each in (RUN.header, *RUN.measurements)]


def saved(folder: Path) -> Path:
    path = folder / "run.jsonl"
    with results.saved_to(path, HEADER) as save:
        save(MEASUREMENT)
        save(FAILED)
    return path


def test_a_measurement_is_on_disk_the_moment_it_is_saved(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    with results.saved_to(path, HEADER) as save:
        save(MEASUREMENT)
        assert results.read(path).measurements == [MEASUREMENT]


def test_a_run_is_read_as_it_was_but_for_a_line_cut_short(tmp_path: Path) -> None:
    path = saved(tmp_path)
    assert results.read(path) == Run(HEADER, [MEASUREMENT, FAILED])
    whole = path.read_bytes()
    start_of_last = whole.rstrip(b"\n").rindex(b"\n") + 1
    for end in range(start_of_last, len(whole)):
        path.write_bytes(whole[:end])
        assert results.read(path).measurements == [MEASUREMENT]
    with pytest.raises(ResultsError, match="File exists"), results.saved_to(path, HEADER):
        pass


def test_a_worker_that_makes_most_calls_is_read_back(tmp_path: Path) -> None:
    cell = Cell("a", "calls", a_workload(10), calls=MOST_CALLS)
    series = {name: [123_456_789_012.0] * MOST_CALLS for name in ("after", "peaks")}
    measurement = Measurement(cell, {"calls_peak": 1e9}, series=series)
    path = tmp_path / "run.jsonl"
    with results.saved_to(path, HEADER) as save:
        save(measurement)
    assert results.read(path).measurements == [measurement]
    assert path.stat().st_size * MOST_CALLS_IN_A_RUN / MOST_CALLS < LARGEST


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is not a saved run"),
        (b"\xff\xfe", "is not a saved run"),
        (b"strategy,peak\n", "is not a saved run"),
        (
            b'{"format": 3, "cells": 0, "command": "", "environment": {}, "labels": {}}\n',
            "run of format 3, from an older version of the harness; this one reads format 4",
        ),
        (
            b'{"format": 99, "cells": 0, "command": "", "environment": {}, "labels": {}}\n',
            "run of format 99, from a newer version of the harness; this one reads format 4",
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


@given(st.integers(0, 10_000), st.binary(max_size=20), st.integers(0, 20))
def test_a_damaged_file_is_read_or_refused(start: int, noise: bytes, cut: int) -> None:
    with TemporaryDirectory() as folder:
        path = saved(Path(folder))
        whole = path.read_bytes()
        start %= len(whole)
        path.write_bytes(whole[:start] + noise + whole[start + cut :])
        _read_or_refused(path)


ODD = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just([])


@given(st.sampled_from(MADE), st.data())
def test_a_value_of_another_kind_is_shown_in_every_format_or_refused(
    line: dict[str, Any], data: st.DataObject
) -> None:
    """Any value of a saved line, at any depth, may be anything."""
    spots = list(_spots(line))
    *path_to, last = data.draw(st.sampled_from(spots))
    changed = copy.deepcopy(line)
    parent = changed
    for step in path_to:
        parent = parent[step]
    parent[last] = data.draw(ODD)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "run.jsonl"
        lines = [changed if each is line else each for each in MADE]
        path.write_text("\n".join(json.dumps(each) for each in lines) + "\n")
        run = _read_or_refused(path)
        if run:
            for form in ("text", "markdown", "csv", "json"):
                drawn = discovery.load(formats, form).write(comparison.document(run), 80)
                assert "\x1b" not in drawn


def _spots(value: Any, *before: str | int) -> Iterator[tuple[str | int, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    for step, each in steps:
        yield (*before, step)
        if isinstance(each, dict | list):
            yield from _spots(each, *before, step)


def _read_or_refused(path: Path) -> Run | None:
    try:
        return results.read(path)
    except ResultsError as error:
        assert len(str(error).splitlines()) == 1  # noqa: PT017
        return None


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1.5"])
def test_figures_are_finite_and_no_peak_is_negative(tmp_path: Path, number: str) -> None:
    path = saved(tmp_path)
    path.write_text(path.read_text().replace('"peak":1.5', f'"peak":{number}'))
    with pytest.raises(ResultsError, match="is damaged in line 2"):
        results.read(path)


def test_no_text_of_a_run_is_an_escape(tmp_path: Path) -> None:
    path = saved(tmp_path)
    path.write_text(path.read_text().replace('"name":"a"', '"name":"\\u001b[31m"'))
    assert {m.cell.name for m in results.read(path).measurements} == {r"\x1b[31m"}


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(ResultsError, match="is no regular file"):
            results.read(path)
    with pytest.raises(ResultsError, match="is a folder"):
        results.read(tmp_path)
