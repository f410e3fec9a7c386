"""A real run of `python -m harness compare` at a place of its own, held still at any stage.

place = make_place(folder)
with held(place, "seeding") as run:     # amid its transaction
    run.process.send_signal(...)        # whatever is to be survived
    code = run.end()                    # let it go on, and wait
lost(run), left(place)                  # in words; nothing, where it held
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support import PLANTED, ROOT
from trust import _held

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

STAGES = ("start", "seeding", "verification", "measuring", "saving", "reporting")
WAITS = str(PLANTED / "waits.py")
SECONDS = 600  # after which a run that does not end, or reach its stage, is given up
EARLIER = ROOT / "results" / "reference.jsonl"
SIZES = count(11)  # each place has a payroll of its own, so that it is written once more


@dataclass(frozen=True)
class Place:
    """The folders of the runs of one trial, and what is known of them before."""

    root: Path
    entries: int = field(default_factory=lambda: next(SIZES))

    @property
    def work(self) -> Path:
        """The working folder."""
        return self.root / "work"

    @property
    def tmp(self) -> Path:
        """What TMPDIR names."""
        return self.root / "tmp"

    def keep_earlier_run(self) -> None:
        """Have a run in the working folder that must stay as it is."""
        (self.work / "earlier.jsonl").write_bytes(EARLIER.read_bytes())

    @property
    def environment(self) -> dict[str, str]:
        """Gives the variables of a run here; by TRUST_PLACE its processes are known."""
        return {
            **os.environ,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
            "TMPDIR": str(self.tmp),
            _held.FOLDER: str(self.root),
        }


@dataclass
class Held:
    """A run that was begun, where it is, and what was in its file when it was held."""

    place: Place
    process: subprocess.Popen[str]
    saved: Path
    written: bytes = b""
    errors: str = ""
    output: str = ""

    def go_on(self) -> None:
        """Let it go on."""
        (self.place.root / "go").touch()

    def end(self) -> int:
        """Let it go on, wait for its end, and give its exit code."""
        self.go_on()
        self.output, self.errors = self.process.communicate(timeout=SECONDS)
        return self.process.returncode

    @property
    def at(self) -> int:
        """The process that waits: the run itself, or the one that is measured."""
        return int((self.place.root / "held").read_text())


def make_place(root: Path) -> Place:
    """Make the folders, and a run that was saved earlier and must stay as it is."""
    place = Place(root)
    for folder in (place.work, place.tmp):
        folder.mkdir(parents=True)
    place.keep_earlier_run()
    return place


def asked(place: Place, *arguments: str, saved: str = "run.jsonl") -> list[str]:
    """Give the words of a small comparison whose strategy can be held still."""
    size = ["--entries", str(place.entries), "--components", "2"]
    how = ["--meter", "rss", "--repeat", "1", "--save", saved]
    return ["compare", WAITS, *size, *how, *arguments]


def begin(
    place: Place, stage: str, *arguments: str, python: tuple[str, ...] = (), **how: Any
) -> subprocess.Popen[str]:
    """Start a run that will be held at the stage; `how` is Popen's."""
    for sign in ("held", "go"):
        (place.root / sign).unlink(missing_ok=True)
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    environment = {**place.environment, _held.STAGE: stage, **how.pop("env", {})}
    return subprocess.Popen(
        [sys.executable, "-P", *python, _held.__file__, *asked(place, *arguments)],
        cwd=place.work,
        text=True,
        errors="replace",
        env=environment,
        **{**streams, **how},
    )


@contextmanager
def held(place: Place, stage: str, *arguments: str, **how: Any) -> Iterator[Held]:
    """Give a run that stands still at the stage; it is over afterwards, whatever happens."""
    process = begin(place, stage, *arguments, **how)
    run = Held(place, process, place.work / "run.jsonl")
    try:
        wait_until(lambda: (place.root / "held").exists() or process.poll() is not None)
        if process.poll() is not None:
            raise RuntimeError(f"it never came to {stage}: {process.communicate()}")
        if run.saved.exists():
            run.written = run.saved.read_bytes().rpartition(b"\n")[0]
        yield run
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def start(
    place: Place, *arguments: str, saved: str = "run.jsonl", python: Sequence[str] = (), **how: Any
) -> subprocess.Popen[str]:
    """Start the same comparison as a user does; `how` is Popen's."""
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(
        [sys.executable, *python, "-m", "harness", *asked(place, *arguments, saved=saved)],
        cwd=place.work,
        text=True,
        errors="replace",
        **{"env": place.environment, **streams, **how},
    )


def compare(place: Place, *arguments: str, saved: str = "run.jsonl", **how: Any) -> Held:
    """Run it to its end, undisturbed."""
    run = Held(place, start(place, *arguments, saved=saved, **how), place.work / saved)
    try:
        run.end()
    finally:
        run.process.kill()
    return run


def wait_until(true: Any, seconds: float = SECONDS) -> bool:
    """Wait until it is true; give whether it came to be."""
    until = time.monotonic() + seconds
    while not (found := bool(true())) and time.monotonic() < until:
        time.sleep(0.02)
    return found
