"""A file that is not as it was saved is refused in one line, or shown whole: in every format."""

from __future__ import annotations

import csv
import io
import itertools
import json
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support import ROOT

from harness import bounds, diffs, discovery, gate, reports, results
from harness.difference import between
from harness.diffs._content import Shown
from harness.errors import HarnessError, ResultsError
from harness.reports._content import SORT_KEYS, Options

ODD_NUMBERS = (0, -1, -0.5, 1e-320, 1e300, 10**18, 10**30, 10**400, True)
ODD_TEXTS = ("", "full_orm", "floor", "clock", "contract", "distinct", "fold", "x" * 5000)
ODD_VALUES = (*ODD_NUMBERS, *ODD_TEXTS, None, [], {}, [[]], [None])
ESCAPES = ("\x1b[2J\x07", "a|b\nc", "\x9b31m", "\u202egnp.exe", "\u2028", "[red]", "`|`")
NOT_FINITE = (b"NaN", b"Infinity", b"-Infinity", b"1e999")
PICTURES = ("html", "svg")
"""Drawn by Vega, which takes seconds: tried here on what is whole only."""
TEXTS = [form for form in discovery.names(reports) if form not in PICTURES]
ORIGINAL = [
    *(ROOT / "results" / "default.jsonl").read_bytes().splitlines()[:1],
    *(
        line
        for name in ("default", "reference", "streams")
        for line in (ROOT / "results" / f"{name}.jsonl").read_bytes().splitlines()[1:]
        if any(
            way in line for way in (b'"floor"', b'"full_orm"', b'"slotted"', b'"unstreamed_core"')
        )
        and (name != "reference" or b'"explanation"' in line)
    ),
    b'{"cell":{"strategy":"slotted","meter":"rss","entries":7,"components":6,'
    b'"profile":"distinct"},"figures":{},"unavailable":"no such kernel"}',
    b'{"cell":{"strategy":"bad","meter":"contract","entries":1000,"components":6,'
    b'"profile":"realistic"},"figures":{},"error":"BrokenContractError: entry 1"}',
]
LINES = st.integers(0, len(ORIGINAL) - 1)


def read(content: bytes) -> results.Run:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "run.jsonl"
        path.write_bytes(content)
        return results.read(path)


WHOLE = read(b"\n".join(ORIGINAL) + b"\n")


def is_readable(text: str) -> bool:
    return all(line.isprintable() for line in text.split("\n"))


def columns(line: str) -> int:
    return len(re.findall(r"(?<!\\)\|", line))


def holds(form: str, text: str) -> None:
    """The rendering is whole, in its form."""
    if form in PICTURES:
        assert text.rstrip().endswith(f"</{form}>")
        return
    assert is_readable(text), repr(text)
    if form == "json":
        json.loads(text)
    if form == "csv":
        rows = list(csv.reader(io.StringIO(text)))
        assert len({len(row) for row in rows}) <= 1
    if form == "markdown":
        lines = text.split("\n")
        for line, after in itertools.pairwise(lines):
            if line.startswith("|") and after.startswith("|"):
                assert columns(line) == columns(after)


def check(content: bytes, forms: Sequence[str] = TEXTS) -> None:
    try:
        run = read(content)
    except ResultsError as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    for form in forms:
        render: Callable[..., str] = discovery.load(reports, form).render
        for sort in SORT_KEYS if form == "table" else ("peak",):
            holds(form, render(run, Options(sort)))
    for pair in ((WHOLE, run), (run, WHOLE)):
        difference = between(*pair)
        judgement = judged(*pair)
        for form in discovery.names(diffs):
            for every in (False, True):
                shown = Shown(("a", "b"), every, judgement)
                holds(form, discovery.load(diffs, form).render(difference, shown))


def judged(before: results.Run, after: results.Run) -> gate.Gate | None:
    limits = gate.limits(["peak:5%", "time:5%", "rss:1%"])
    try:
        payrolls = gate.payrolls_of(before)
        wanted = gate.strategies_of(before, payrolls, None)
        places = gate.to_judge(before, wanted, limits[:1])
    except HarnessError as error:
        assert is_readable(str(error))  # noqa: PT017
        return None
    return gate.judged(between(before, after), places, limits)


def test_the_original_is_read() -> None:
    assert len(WHOLE.measurements) == len(ORIGINAL) - 1
    check(b"\n".join(ORIGINAL) + b"\n", discovery.names(reports))


@settings(max_examples=150)
@given(st.data(), st.integers(1, 4))
def test_bytes_flipped_and_cut(data: st.DataObject, times: int) -> None:
    content = bytearray(b"\n".join(ORIGINAL) + b"\n")
    for _ in range(times):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    check(bytes(content[: data.draw(st.integers(0, len(content)))]))
    check(bytes(content))


@settings(max_examples=60)
@given(st.lists(LINES, max_size=60, unique=True) | st.lists(LINES, max_size=60), st.booleans())
@example([], True)
def test_lines_lost_doubled_and_moved(order: list[int], keeps_header: bool) -> None:
    kept = [ORIGINAL[index] for index in order]
    check(b"\n".join([*ORIGINAL[: int(keeps_header)], *kept]) + b"\n")


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of everything in a JSON value."""
    inside = value.items() if isinstance(value, dict) else ()
    inside = enumerate(value) if isinstance(value, list) else inside
    return [path, *(found for key, each in inside for found in places(each, (*path, key)))]


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    """The value with another in that place; without the place, for `...`."""
    if not path:
        return by
    key, *rest = path
    copy = value.copy()
    if by is ... and not rest:
        del copy[key]
    else:
        copy[key] = replaced(value[key], tuple(rest), by)
    return copy


def found(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def odd_for(value: Any) -> tuple[Any, ...]:
    """What to put in a value's place: mostly of its kind, as all else is refused at once."""
    if isinstance(value, int | float):
        return (*ODD_NUMBERS, 1, 2, 7, 0.5, 1e17, None, ...)
    if isinstance(value, str):
        return (*ODD_TEXTS, *ESCAPES, None, ...)
    return (*ODD_VALUES, ...)


@settings(max_examples=300)
@given(st.data())
def test_values_of_another_kind(data: st.DataObject) -> None:
    lines = list(ORIGINAL)
    for _ in range(data.draw(st.integers(1, 3))):
        index = data.draw(LINES)
        value = json.loads(lines[index])
        path = data.draw(st.sampled_from(places(value)))
        by = data.draw(st.sampled_from(odd_for(found(value, path))))
        lines[index] = json.dumps(
            None if by is ... and not path else replaced(value, path, by)
        ).encode()
    check(b"\n".join(lines) + b"\n")


@settings(max_examples=100)
@given(st.data())
def test_every_figure_may_be_odd_at_once(data: st.DataObject) -> None:
    odd = st.sampled_from((0, 0.0, 1e-320, 1, 1e17, 10**18))
    lines = []
    for line in ORIGINAL[1:]:
        value = json.loads(line)
        value["figures"] = {name: data.draw(odd) for name in value["figures"]}
        lines.append(json.dumps(value).encode())
    check(b"\n".join([ORIGINAL[0], *lines]) + b"\n")


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
        read(before + opening * 500_000 + b"\n")


def test_a_newer_and_an_older_run() -> None:
    for version, age in ((2, "newer"), (0, "older"), (10**30, "newer")):
        newer = ORIGINAL[0].replace(b'"format":1', f'"format":{version}'.encode())
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
