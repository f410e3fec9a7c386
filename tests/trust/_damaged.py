"""Damaged runs of every kind, and what must hold of each: refused in one line, or shown whole."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from collections.abc import Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st

from callmeter import discovery
from callmeter.errors import Error, UsageError
from harness.analysis import gate
from harness.analysis.choice import Limits
from harness.analysis.decision import Source, decide
from harness.analysis.difference import between
from harness.analysis.ways import JUDGED_BY, Payrolls
from harness.base.errors import ResultsError
from harness.model import run as results
from harness.model.joined import joined
from harness.report import choices, diffs, reports
from harness.report.diffs._content import Shown
from harness.report.reports._content import SORT_KEYS, Options
from support import ROOT

ODD_NUMBERS = (0, -1, -0.5, 1e-320, 1e300, 10**18, 10**30, 10**400, True)
ODD_TEXTS = ("", "full_orm", "floor", "clock", "check", "distinct", "fold", "x" * 5000)
ODD_VALUES = (*ODD_NUMBERS, *ODD_TEXTS, None, [], {}, [[]], [None])
ESCAPES = ("\x1b[2J\x07", "a|b\nc", "\x9b31m", "\u202egnp.exe", "\u2028", "[red]", "`|`")
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
    b'{"cell":{"strategy":"slotted","meter":"rss","workload":{"size":7,"item":"entry","components":6,'
    b'"profile":"distinct"}},"figures":{},"unavailable":"no such kernel"}',
    b'{"cell":{"strategy":"bad","meter":"check","workload":{"size":1000,"item":"entry",'
    b'"components":6,"profile":"realistic"}},"figures":{},'
    b'"error":"BrokenContractError: entry 1"}',
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
    """Refused in one line, or shown whole: in each of these formats, and as a difference."""
    if (run := read_or_refused(content)) is None:
        return
    for form in forms:
        for sort in SORT_KEYS if form == "table" else ("peak",):
            holds(form, rendered(run, form, sort))
    for pair in ((WHOLE, run), (run, WHOLE)):
        for form in discovery.names(diffs):
            for every in (False, True):
                holds(form, compared(pair, form, every=every))


def check_one(content: bytes, random: Random) -> None:
    """The same, in one format each, whichever: many runs more in the same time."""
    if (run := read_or_refused(content)) is None:
        return
    form = random.choice(TEXTS)
    holds(form, rendered(run, form, random.choice(list(SORT_KEYS))))
    form = random.choice(discovery.names(diffs))
    pair = random.choice(((WHOLE, run), (run, WHOLE)))
    holds(form, compared(pair, form, every=random.random() < 0.5))
    form = random.choice(discovery.names(choices))
    if (said := chosen(run, form, random)) is not None:
        holds(form, said)


def check_drawn(content: bytes) -> None:
    """The same, as pictures."""
    if (run := read_or_refused(content)) is not None:
        for form in PICTURES:
            holds(form, rendered(run, form, "peak"))


def read_or_refused(content: bytes) -> results.Run | None:
    """Read it; None where it was refused as it must be."""
    try:
        return read(content)
    except ResultsError as error:
        assert "\n" not in str(error)  # noqa: PT017
        return None


def rendered(run: results.Run, form: str, sort: str) -> str:
    """The run as a report."""
    return str(discovery.load(reports, form).render(run, Options(sort)))


def compared(pair: tuple[results.Run, results.Run], form: str, *, every: bool) -> str:
    """The two runs as a difference, judged where they can be."""
    shown = Shown(("a", "b"), every, judged(*pair))
    return str(discovery.load(diffs, form).render(between(*pair), shown))


def chosen(run: results.Run, form: str, random: Random) -> str | None:
    """The decision that the run leads to; None where it says why there is none."""
    limits = Limits(random.choice((1, 1000, 10**9)), random.choice((1.0, 1e8, 1e15)), None, ())
    meter = random.choice((None, *JUDGED_BY))
    try:
        decision = decide(joined([run]), limits, Payrolls(), meter, Source("run.jsonl", "choose"))
    except UsageError as error:
        assert is_readable(str(error))  # noqa: PT017
        return None
    return str(discovery.load(choices, form).render(decision))


def judged(before: results.Run, after: results.Run) -> gate.Gate | None:
    limits = gate.limits(["peak:5%", "time:5%", "rss:1%"])
    try:
        workloads = gate.workloads_of(before)
        wanted = gate.names_of(before, workloads, None)
        places = gate.to_judge(before, wanted, limits[:1])
    except Error as error:
        assert is_readable(str(error))  # noqa: PT017
        return None
    return gate.judged(between(before, after), places, limits)


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


@st.composite
def flipped(draw: st.DrawFn) -> bytes:
    """The original with a few bytes flipped, whole or cut."""
    content = bytearray(b"\n".join(ORIGINAL) + b"\n")
    for _ in range(draw(st.integers(1, 4))):
        content[draw(st.integers(0, len(content) - 1))] = draw(st.integers(0, 255))
    return bytes(content[: draw(st.integers(0, len(content)) | st.just(len(content)))])


@st.composite
def shuffled(draw: st.DrawFn) -> bytes:
    """Lines of the original lost, doubled and moved."""
    order = draw(st.lists(LINES, max_size=60, unique=True) | st.lists(LINES, max_size=60))
    kept = [ORIGINAL[index] for index in order]
    return b"\n".join([*ORIGINAL[: draw(st.integers(0, 1))], *kept]) + b"\n"


@st.composite
def exchanged(draw: st.DrawFn) -> bytes:
    """The original with a few values exchanged for others, mostly of their kind."""
    lines = list(ORIGINAL)
    for _ in range(draw(st.integers(1, 3))):
        index = draw(LINES)
        value = json.loads(lines[index])
        path = draw(st.sampled_from(places(value)))
        by = draw(st.sampled_from(odd_for(found(value, path))))
        lines[index] = json.dumps(
            None if by is ... and not path else replaced(value, path, by)
        ).encode()
    return b"\n".join(lines) + b"\n"


@st.composite
def odd_figures(draw: st.DrawFn) -> bytes:
    """The original with every figure odd."""
    odd = st.sampled_from((0, 0.0, 1e-320, 1, 1e17, 10**18))
    lines = []
    for line in ORIGINAL[1:]:
        value = json.loads(line)
        value["figures"] = {name: draw(odd) for name in value["figures"]}
        lines.append(json.dumps(value).encode())
    return b"\n".join([ORIGINAL[0], *lines]) + b"\n"


KINDS = {
    "bytes flipped and cut": flipped(),
    "lines lost, doubled, moved": shuffled(),
    "values exchanged": exchanged(),
    "odd figures": odd_figures(),
}
"""What is done to a run, and what makes such runs."""
