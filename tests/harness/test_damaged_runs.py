"""A file that is not as it was saved is refused in one line, or shown whole: in every format."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings

from callmeter import discovery
from harness.base.errors import ResultsError
from harness.model import fields as bounds
from harness.model import run as results
from harness.report import reports
from trust._damaged import (
    ESCAPES,
    ORIGINAL,
    WHOLE,
    check,
    exchanged,
    flipped,
    odd_figures,
    read,
    shuffled,
)

NOT_FINITE = (b"NaN", b"Infinity", b"-Infinity", b"1e999")


def test_the_original_is_read() -> None:
    assert len(WHOLE.measurements) == len(ORIGINAL) - 1
    check(b"\n".join(ORIGINAL) + b"\n", discovery.names(reports))


@settings(max_examples=150)
@given(flipped())
def test_bytes_flipped_and_cut(content: bytes) -> None:
    check(content)


@settings(max_examples=60)
@given(shuffled())
@example(b"\n")
def test_lines_lost_doubled_and_moved(content: bytes) -> None:
    check(content)


@settings(max_examples=300)
@given(exchanged())
def test_values_of_another_kind(content: bytes) -> None:
    check(content)


@settings(max_examples=100)
@given(odd_figures())
def test_every_figure_may_be_odd_at_once(content: bytes) -> None:
    check(content)


@pytest.mark.parametrize("text", ESCAPES)
def test_no_text_reaches_a_terminal_raw(text: str) -> None:
    """As a strategy's name, label and error, and as the server's name."""
    header, *lines = ORIGINAL
    changed = [line.replace(b'"slotted"', json.dumps(text).encode()) for line in lines]
    changed = [line.replace(b"entry 1", json.dumps(text).encode()[1:-1]) for line in changed]
    header = header.replace(b"PostgreSQL 18.4", json.dumps(text).encode()[1:-1])
    header = header.replace(b'"slotted"', json.dumps(text).encode())
    content = b"\n".join([header, *changed]) + b"\n"
    assert len(read(content).measurements) == len(WHOLE.measurements)
    check(content)


@pytest.mark.parametrize("number", NOT_FINITE)
def test_figures_are_finite(number: bytes) -> None:
    lines = [re.sub(rb'"peak_bytes":[\d.]+', b'"peak_bytes":' + number, line) for line in ORIGINAL]
    with pytest.raises(ResultsError, match="is damaged in line"):
        read(b"\n".join(lines) + b"\n")


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
@pytest.mark.parametrize("before", [b"", ORIGINAL[0] + b"\n"])
def test_deep_nesting(opening: bytes, before: bytes) -> None:
    with pytest.raises(ResultsError, match="nested too deeply"):
        read(before + opening * 150_000 + b"\n")


def test_a_newer_and_an_older_run() -> None:
    for version, age in ((3, "newer"), (1, "older"), (0, "older"), (10**30, "newer")):
        newer = ORIGINAL[0].replace(b'"format":2', f'"format":{version}'.encode())
        with pytest.raises(ResultsError, match=f"from an? {age} version"):
            read(newer + b'\n{"of another":"shape"}\n')


def test_an_environment_that_says_nothing(tmp_path: Path) -> None:
    bare = json.dumps(json.loads(ORIGINAL[0]) | {"environment": {}}).encode()
    content = b"\n".join([bare, *ORIGINAL[1:]]) + b"\n"
    assert read(content).header.environment["server"] == "unknown"
    check(content)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(ResultsError, match="is no regular file"):
            results.read(path)
    with pytest.raises(ResultsError, match="is a folder"):
        results.read(tmp_path)
    with pytest.raises(ResultsError, match="File name too long"):
        results.read(tmp_path / ("x" * 1000))


def test_a_file_far_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(bounds.LARGEST + 1)  # sparse: takes no room
    with pytest.raises(ResultsError, match="it has 20 MB, a run has far less"):
        results.read(path)
