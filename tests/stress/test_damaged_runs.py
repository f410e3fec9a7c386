"""Saved runs that are damaged: refused in one line, or shown whole, in every format."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import strategies as st

from stress import command
from support import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAMES = ('"floor"', '"full_orm"', '"slotted"')
ORIGINAL = [
    (ROOT / "results" / "repetition.jsonl").read_text().splitlines()[0],
    *(
        line
        for name in ("distinct", "reference")
        for line in (ROOT / "results" / f"{name}.jsonl").read_text().splitlines()[1:]
        if any(name in line for name in NAMES) and (name != "reference" or '"explanation"' in line)
    ),
]
LINES = st.integers(0, len(ORIGINAL) - 1)
ODD_NUMBERS = (0, -1, -0.5, 1e-320, 1e300, 10**18, 10**30, 10**400, True, 1, 7, 0.5, 1e17)
ODD_TEXTS = (
    *("", "full_orm", "floor", "clock", "check", "distinct", "fold", "x" * 5000),
    *("\x1b[2J\x07", "a|b\nc", "\x9b31m", "\u202egnp.exe", "\u2028", "[red]", "`|`", "<script>"),
)
ODD_VALUES = (*ODD_NUMBERS, *ODD_TEXTS, None, [], {}, [[]], [None])
FORMATS = {
    "report": ("text", "csv", "json", "markdown", "badge"),
    "diff": ("text", "csv", "json", "markdown"),
    "choose": ("text", "json", "markdown", "adr"),
}
TO_CHOOSE = ("--entries", "1000", "--memory", "64MB", "--run")


@st.composite
def flipped(draw: st.DrawFn) -> bytes:
    """A few bytes flipped, whole or cut."""
    content = bytearray("\n".join(ORIGINAL).encode() + b"\n")
    for _ in range(draw(st.integers(1, 4))):
        content[draw(st.integers(0, len(content) - 1))] = draw(st.integers(0, 255))
    return bytes(content[: draw(st.integers(0, len(content)) | st.just(len(content)))])


@st.composite
def shuffled(draw: st.DrawFn) -> bytes:
    """Lines lost, doubled and moved."""
    order = draw(st.lists(LINES, max_size=60, unique=True) | st.lists(LINES, max_size=60))
    lines = [*ORIGINAL[: draw(st.integers(0, 1))], *(ORIGINAL[index] for index in order)]
    return "\n".join(lines).encode() + b"\n"


@st.composite
def exchanged(draw: st.DrawFn) -> bytes:
    """A few values exchanged for others, mostly of their kind, or lost."""
    lines = list(ORIGINAL)
    for _ in range(draw(st.integers(1, 3))):
        index = draw(LINES)
        value = json.loads(lines[index])
        holder, key = draw(st.sampled_from(places(value)))
        kind = {int: ODD_NUMBERS, float: ODD_NUMBERS, str: ODD_TEXTS}.get(type(holder[key]), ())
        if draw(st.integers(0, 9)):
            holder[key] = draw(st.sampled_from(kind or ODD_VALUES))
        else:
            del holder[key]
        lines[index] = json.dumps(value)
    return "\n".join(lines).encode() + b"\n"


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return every place in a JSON value, as its holder and its key there."""
    keys: Any = value if isinstance(value, dict) else ()
    keys = range(len(value)) if isinstance(value, list) else keys
    return [place for key in keys for place in ((value, key), *places(value[key]))]


@pytest.mark.parametrize(
    ("damaged", "examples"),
    [(flipped(), 150), (shuffled(), 150), (exchanged(), 300)],
    ids=["bytes", "lines", "values"],
)
def test_a_damaged_run(
    hold_for: Callable[..., None], tmp_path: Path, damaged: Any, examples: int
) -> None:
    run, published = str(tmp_path / "run.jsonl"), str(ROOT / "results" / "repetition.jsonl")
    shown = set()

    def check(content: bytes, name: str, random: Any) -> None:
        (tmp_path / "run.jsonl").write_bytes(content)
        form = random.choice(FORMATS[name])
        files = [published, run] if random.random() < 0.5 else [run, published]
        beside = ["--beside", published] if random.random() < 0.3 else []
        more = {"report": [run, *beside], "diff": files, "choose": [*TO_CHOOSE, run]}[name]
        done = command.run([name, *more, "--format", form])
        command.is_whole(form, done)
        shown.update([name] if done.out else [])

    hold_for(check, damaged, st.sampled_from(sorted(FORMATS)), st.randoms(), examples=examples)
    assert shown  # not all are refused


def test_a_run_whose_every_text_is_odd(hold_for: Callable[..., None], tmp_path: Path) -> None:
    """As a strategy's name, its label and its error, and as the server's name; in HTML too."""
    path = tmp_path / "run.jsonl"

    def check(text: str, form: str) -> None:
        quoted = json.dumps(text)
        lines = [line.replace('"slotted"', quoted) for line in ORIGINAL]
        lines[0] = lines[0].replace('"PostgreSQL 18.4 (embedded)"', quoted)
        broken = json.loads(lines[-1]) | {"error": text, "values": {}}
        path.write_text("\n".join([*lines[:-1], json.dumps(broken)]) + "\n")
        done = command.run(["report", str(path), "--full", "--format", form])
        assert done.code in (0, 2)
        command.is_whole(form, done)
        assert form not in {"html", "markdown"} or "<script>alert" not in done.out
        assert form != "markdown" or "](javascript" not in done.out

    texts = (*ODD_TEXTS, "<script>alert(1)</script>", "[x](javascript:alert(1))", "=cmd()")
    forms = st.sampled_from(("text", "csv", "json", "markdown", "html"))
    hold_for(check, st.sampled_from(texts), forms, examples=15)
