"""Odd command lines: one clear line, never a traceback, and no file but what they name."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import chdir
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st

from callmeter import discovery
from harness import cli
from stress import command
from support import PLANTED, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEXT = st.text(st.characters(exclude_characters="\0/", exclude_categories=("Cs",)), max_size=12)
NUMBERS = [
    *("0", "1", "-1", "7", "1000", "10**9", "1e3", "1e99", "nan", "inf", "-inf", "0x10", "1_000"),
    *("1.5", "+5", "1000,10000", "\N{ARABIC-INDIC DIGIT THREE}", "64MB", "0B", "1e99GB", "-5s"),
    *("infMB", "20%", "peak:5%", "peek:5%", "peak:"),
]
PATHS = [
    *("run.jsonl", "./run.jsonl", "run.jsonl/", "cut.jsonl", "folder", "missing", "loop", "link"),
    *("empty", "%s{}.jsonl", "own.py", "own.py:get_premiums_for_payroll", "broken.py", "pipe", "/"),
    *("missing/x", "../run.jsonl", "folder/../run.jsonl", "\udcff.jsonl"),
]
NAMES = [
    *("slotted", "full_orm", "full_orn", "floor", "app:read", "app:read(", ":", "--"),
    *("--nonsense", "--outpu", "--format=", "="),
]
ODD = [
    *("", " ", "12 parsecs", "9" * 5000, "x" * 300, "x" * 100_000, "two\nlines", "\x1b[2J", "\x7f"),
    *("\u202e", "{0.__class__}", "%s%n", "$(id)", "'", '"', "[red]", "<script>", "~", "\udcff"),
]
WRITTEN = ("--output", "--save", "--flamegraph")
FITTING = {
    "--format": ("text", "csv", "json", "markdown", "adr", "tabel"),
    "--meter": ("rss", "clock", "all", "rsss"),
    "--sort": ("peak", "name", "wall", "paek"),
    "--dsn": ("postgresql://me:secret@127.0.0.1:1/x", "host=127.0.0.1 port=1", "mysql://x", "x"),
    "--cluster": ("tcp://127.0.0.1:1", "x"),
    "--python": ("own.py", "folder", "/bin/true", "/nowhere/python"),
    **dict.fromkeys(WRITTEN, ("new", "new", "run.jsonl", "pipe", "")),
}
"""Values of an option; of one that names a file to make, no other is tried."""
COMMANDS = discovery.names(cli)


@cache
def options(name: str) -> list[str]:
    """Return the options of a command, as its help has them."""
    help_ = command.run([name, "--help-all"]).out
    return sorted({"--help", *re.findall(r"--[a-z]+(?:-[a-z]+)*", help_)})


@st.composite
def one_option(draw: st.DrawFn, name: str) -> list[str]:
    """An option with a value, or (unless the next word would be a file to make) without."""
    fitting = st.sampled_from(FITTING.get(name, NUMBERS + PATHS))
    value = fitting if name in WRITTEN else fitting | st.sampled_from(NUMBERS + PATHS + ODD) | TEXT
    shape = draw(st.integers(0, 9))
    if shape == 0 and name not in WRITTEN:
        return [name]
    return [f"{name}={draw(value)}"] if shape < 4 else [name, draw(value)]


@st.composite
def command_lines(draw: st.DrawFn) -> list[str]:
    """A command, its options, and bare words, in any order."""
    bare = st.sampled_from(NAMES + PATHS + ODD) | TEXT
    if not draw(st.integers(0, 20)):
        return draw(st.lists(bare | st.sampled_from(COMMANDS), max_size=4))
    name = draw(st.sampled_from(COMMANDS))
    some = draw(st.lists(st.sampled_from(options(name)).flatmap(one_option), max_size=4))
    some += [[word] for word in draw(st.lists(bare, max_size=3))]
    return [name, *(word for words in draw(st.permutations(some)) for word in words)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what PATHS names."""
    made = tmp_path_factory.mktemp("arguments")
    whole = (ROOT / "results" / "repetition.jsonl").read_bytes()
    for name in ("run.jsonl", "%s{}.jsonl", "\udcff.jsonl", "two\nlines"):
        (made / name).write_bytes(whole)
    (made / "cut.jsonl").write_bytes(whole[: len(whole) // 2])
    (made / "empty").touch()
    (made / "folder").mkdir()
    (made / "link").symlink_to("run.jsonl")
    (made / "loop").symlink_to("loop")
    os.mkfifo(made / "pipe")
    shutil.copy(ROOT / "strategies" / "slotted.py", made / "own.py")
    shutil.copy(PLANTED / "exits.py", made / "broken.py")
    return made


def files(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        path.name: (path.lstat().st_mode, path.lstat().st_mtime_ns) for path in folder.iterdir()
    }


def test_odd_command_lines(hold_for: Callable[..., None], folder: Path) -> None:
    def check(words: list[str]) -> None:
        before = files(folder)
        with chdir(folder):
            done = command.run(words)
        assert "secret" not in done.out + done.err
        named = {os.path.normpath(word.partition("=")[2] or word) for word in words}
        changed = {name for name, _ in before.items() ^ files(folder).items()}
        assert changed - {"__pycache__"} <= named
        for name in changed & {"new"}:
            (folder / name).unlink()

    hold_for(check, command_lines(), examples=500)
