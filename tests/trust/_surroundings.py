"""Where and how the command may be run: odd names, closed folders, another user, other Pythons."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support import ROOT
from trust._after import ended, left, lost, problems
from trust._shortages import LINES
from trust._stages import STAGES, compare, held
from trust._trial import a_place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trust._trial import Fault

NAMES = (
    "with space",
    "ünï-日本",
    'it\'s "quoted"',
    "50%s {braces} [bold]",
    "two\nlines",
    "-x;$(id)",
)
DEEP = "/".join(["very-deep-folder"] * 8)
"""Longer than the address of a socket may be."""
VARIABLES: dict[str, dict[str, str | None]] = {
    "HOME unset": {"HOME": None},
    "HOME that is not there": {"HOME": "/nonexistent"},
    "TMPDIR that is not there": {"TMPDIR": "/nonexistent"},
    "locale C": {"LC_ALL": "C", "LANG": None, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "no PATH": {"PATH": None},
    "a terminal of one column": {"TERM": "dumb", "COLUMNS": "1"},
    "PYTHONSAFEPATH": {"PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1"},
}
PYTHONS = ("-O", "-OO", "-X dev", "-W error", "-B", "-P", "-u")
FORMATS = ("table", "html", "csv", "json", "markdown", "svg")
UMASKS = (0o000, 0o077, 0o277, 0o777)
STREAMS = {"standard input": 0, "standard output": 1, "standard error": 2}


def faults() -> Iterator[Fault]:
    """Give each: what is odd, `all` stages or those where it can come, and how it is tried."""
    for what, how in _circumstances():
        yield what, "all", partial(run_with, **how)
    yield "the --save file is there already", "all", saved_twice
    for stage in STAGES:
        yield "working folder removed", stage, partial(folder_removed, stage)
    if os.geteuid() == 0:
        yield "read-only checkout", "all", read_only_checkout
        yield "read-only working folder", "all", read_only_folder


def _circumstances() -> Iterator[tuple[str, dict[str, Any]]]:
    """Give what is odd, in words and for `run_with`."""
    yield from ((what, {"variables": variables}) for what, variables in VARIABLES.items())
    yield from ((f"python {option}", {"python": option.split()}) for option in PYTHONS)
    ascii_only = {**VARIABLES["locale C"], "PYTHONIOENCODING": "ascii"}
    for form in FORMATS:
        how = {"variables": ascii_only, "words": ["--format", form]}
        yield f"ASCII only, --format {form}", how
    for name in (*NAMES, DEEP):
        said = "too deep for a socket" if name == DEEP else f"named {name!r}"
        yield f"folders {said}", {"name": name}
    yield from ((f"umask {mask:03o}", {"mask": mask}) for mask in UMASKS)
    yield from ((f"{what} closed", {"closed": number}) for what, number in STREAMS.items())
    yield from ((f"{what} full", {"full": number}) for what, number in STREAMS.items() if number)


def run_with(
    *,
    variables: dict[str, str | None] | None = None,
    python: Sequence[str] = (),
    words: Sequence[str] = (),
    name: str = "place",
    mask: int | None = None,
    closed: int | None = None,
    full: int | None = None,
) -> str:
    """Say what was wrong with a run under these circumstances, or nothing."""
    with a_place(name) as place:

        def prepare() -> None:
            if mask is not None:
                os.umask(mask)
            if closed is not None:
                os.close(closed)
            if full is not None:
                os.dup2(os.open("/dev/full", os.O_WRONLY), full)

        wanted = {**place.environment, **(variables or {})}
        known = {key: value for key, value in wanted.items() if value is not None}
        done = compare(place, *words, python=python, preexec_fn=prepare, env=known)
        is_refused = 1 in {closed, full} or "-OO" in python
        wrong = [*ended(done, {2} if is_refused else {0}, LINES), *lost(done)]
        if closed == 2 and "Saved" in done.output:
            wrong.append("notes are in the answer")
        return "; ".join([*wrong, *left(place)])


def saved_twice() -> str:
    """A second run does not write over the first."""
    with a_place() as place:
        first = compare(place)
        first.written = first.saved.read_bytes().rpartition(b"\n")[0]
        second = compare(place)
        second.written = first.written
        return "; ".join([*ended(first, {0}, LINES), *ended(second, {2}), *lost(second)])


def folder_removed(stage: str) -> str:
    """The working folder, with the run's file, is removed from that stage on."""
    with a_place() as place, held(place, stage) as run:
        shutil.rmtree(place.work)
        run.end()
        place.work.mkdir()
        place.keep_earlier_run()
        run.written = b""  # whoever removed it did so
        return problems(run, {0, 1, 2}, lines=LINES)


def read_only_checkout() -> str:
    """The harness writes nothing beside its own code."""
    with a_place() as place:
        checkout = place.root / "checkout"
        checkout.mkdir()
        mount(ROOT, checkout)
        try:
            path = f"{checkout}{os.pathsep}{checkout / 'tests'}"
            done = compare(place, env={**place.environment, "PYTHONPATH": path})
            wrong = [*ended(done, {0}, LINES), *lost(done), *left(place)]
        finally:
            subprocess.run(["umount", "--lazy", str(checkout)], check=True)
        return "; ".join(wrong)


def read_only_folder() -> str:
    """It says that nothing can be saved there, before it measures."""
    with a_place() as place:
        mount(place.work, place.work)
        try:
            done = compare(place)
            wrong = [*ended(done, {2}), *lost(done)]
        finally:
            subprocess.run(["umount", "--lazy", str(place.work)], check=True)
        return "; ".join([*wrong, *left(place)])


def mount(folder: Path, where: Path) -> None:
    """Show the folder there, where it cannot be written to."""
    subprocess.run(["mount", "--bind", str(folder), str(where)], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", str(where)], check=True)
