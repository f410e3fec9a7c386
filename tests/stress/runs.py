"""A real run of `compare` in folders of its own, held still at any stage, and what it must keep.

with held(place, "seeding") as run:     # amid its transaction
    run.process.send_signal(...)        # the fault
    run.end()                           # released, and ended
check(run, {130})                       # nothing lost, nothing left
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.postgres.connection import connected
from harness.postgres.dsn import parse_dsn
from harness.postgres.session import DROPPED, schemas
from stress import held as command
from stress.packages import ARROW, without
from support import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

STAGES = ("start", "seeding", "verification", "measuring", "saving", "reporting")
WRITTEN = STAGES[2:]
"""The stages at which the payroll is in the database: from there on, a run goes on."""
WAITS = str(Path(__file__).with_name("planted") / "waits.py")
SECONDS = 300
SECONDS_TO_END = 20
"""What ends with its parent, or with the server, has so long for it."""
EARLIER = b'{"format": 1, "an": "earlier run, which nothing may change"}\n'
SIZES = count(11)  # a payroll of its own for every place
IS_THOROUGH = int(os.environ.get("TIMES", "1")) > 1
"""Whether every fault is tried at every stage, and not at some of them."""


def chosen(every: Iterable[Any], quickly: Iterable[Any]) -> list[Any]:
    """Return every case, or else those that are to be tried quickly, which are among them."""
    found, some = list(every), list(quickly)
    assert all(case in found for case in some)
    return found if IS_THOROUGH else some


@dataclass(frozen=True)
class Place:
    """The folders of one test's runs, the size of their payroll, and their --dsn, if any."""

    root: Path
    dsn: str = ""
    entries: int = field(default_factory=lambda: next(SIZES))

    @property
    def work(self) -> Path:
        """The working folder."""
        return self.root / "work"

    @property
    def tmp(self) -> Path:
        """The folder that TMPDIR names."""
        return self.root / "tmp"

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a run; its processes are known by STRESS_PLACE."""
        return {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, (self.root / "without", ROOT, ROOT / "tests"))),
            "TMPDIR": str(self.tmp),
            command.FOLDER: str(self.root),
        }

    def words(self, *more: str, save: str = "run.jsonl") -> list[str]:
        """Return the command line of a small comparison whose strategy can be held."""
        size = ("--entries", str(self.entries), "--components", "2", "--meter", "rss")
        dsn = ("--dsn", self.dsn) if self.dsn else ()
        return ["compare", WAITS, *size, "--repeat", "1", "--save", save, *dsn, *more]


@dataclass
class Run:
    """A run that was started, and the lines that were in its file when it was held."""

    place: Place
    process: subprocess.Popen[str]
    save: str = "run.jsonl"
    written: bytes = b""
    output: str = ""
    errors: str = ""

    @property
    def file(self) -> Path:
        """The file that the run is saved in."""
        return self.place.work / self.save

    @property
    def held_process(self) -> int:
        """The process that waits: the command, or the one that is measured."""
        return int((self.place.root / "held").read_text())

    @property
    def failures(self) -> dict[str, str]:
        """The error of each strategy that has one."""
        rows = [json.loads(line) for line in self.file.read_bytes().splitlines()[1:]]
        return {row["cell"]["name"]: row["error"] for row in rows if row.get("error")}

    def release(self) -> None:
        """Let it go on."""
        (self.place.root / "go").touch()

    def end(self) -> Run:
        """Let it go on, and wait for its end."""
        self.release()
        self.output, self.errors = self.process.communicate(timeout=SECONDS)
        return self


def make_place(root: Path, dsn: str = "") -> Place:
    """Make the folders, and in them a run that was saved earlier."""
    place = Place(root, dsn)
    for folder in (place.work, place.tmp):
        folder.mkdir(parents=True)
    (place.work / "earlier.jsonl").write_bytes(EARLIER)
    without(root, *ARROW)  # whose import, in process after process, takes longest
    return place


@contextmanager
def temporary_place(name: str = "place", dsn: str = "") -> Iterator[Place]:
    """Make a place that every user of the machine can pass through."""
    with tempfile.TemporaryDirectory(prefix="stress-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield make_place(Path(folder) / name, dsn)


def start(
    place: Place,
    *more: str,
    stage: str = "",
    save: str = "run.jsonl",
    python: Sequence[str] = (),
    **popen: Any,
) -> Run:
    """Start a run, as a user does or to be held at the stage; `popen` is Popen's arguments."""
    words = [sys.executable, *python, "-m", "harness", *place.words(*more, save=save)]
    environment = popen.pop("env", place.environment)
    if stage:
        words[words.index("-m") : words.index("compare")] = ["-P", command.__file__]
        environment = environment | {command.STAGE: stage}
        for sign in ("held", "go", "checked"):
            (place.root / sign).unlink(missing_ok=True)
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(
        words,
        cwd=place.work,
        text=True,
        errors="replace",
        env=environment,
        **(streams | popen),
    )
    return Run(place, process, save)


@contextmanager
def held(place: Place, stage: str, more: Sequence[str] = (), **popen: Any) -> Iterator[Run]:
    """Start a run and hold it at the stage; it is over afterwards, whatever happens."""
    run = start(place, *more, stage=stage, **popen)
    try:
        wait_until(lambda: (place.root / "held").exists() or run.process.poll() is not None)
        if run.process.poll() is not None:
            raise RuntimeError(f"it never came to {stage}: {run.process.communicate()}")
        if run.file.exists():
            run.written = whole_lines(run.file)
        yield run
    finally:
        run.process.kill()
        run.process.communicate()


def compare(place: Place, *more: str, **how: Any) -> Run:
    """Run it to its end, undisturbed."""
    run = start(place, *more, **how)
    try:
        return run.end()
    finally:
        run.process.kill()


def wait_until(holds: Callable[[], object], seconds: float = SECONDS) -> bool:
    """Wait until it holds; return whether it came to."""
    until = time.monotonic() + seconds
    while not (found := bool(holds())) and time.monotonic() < until:
        time.sleep(0.02)
    return found


def whole_lines(path: Path) -> bytes:
    """Return the file's content up to its last line end: a line may be cut short."""
    content = path.read_bytes()
    return content[: content.rfind(b"\n") + 1]


def check(run: Run, codes: set[int], *, recovers: bool = False) -> None:
    """Assert that a run which has ended lost nothing, left nothing, and ended with such a code.

    With `recovers`, what it could not remove itself is removed by the next run.
    """
    ended(run, codes)
    nothing_lost(run)
    no_process_left(run.place)
    if recovers:
        following = compare(run.place, save="next.jsonl")
        assert following.process.returncode == 0, following.errors
        no_process_left(run.place)
    nothing_left(run.place)


def ended(run: Run, codes: set[int]) -> None:
    """Assert that it ended with one of these codes, and explained itself."""
    code, errors = run.process.returncode, (run.errors or "").strip()
    assert code in codes, errors or (run.file.exists() and run.failures)
    if code < 0:
        return
    assert not re.search("Traceback|Exception ignored|Error ignored", errors), errors
    *others, last = errors.splitlines() or [""]
    assert not any(line.startswith("error: ") for line in others), errors
    assert code != 2 or last.startswith("error: "), errors
    assert code != 130 or "interrupted" in last or not errors, errors


def nothing_lost(run: Run) -> None:
    """Assert that what was measured is in the file still, and an earlier run as it was."""
    if run.written:
        lines = whole_lines(run.file)
        assert lines.startswith(run.written)
        assert all(json.loads(line) for line in lines.splitlines())
    assert (run.place.work / "earlier.jsonl").read_bytes() == EARLIER


def nothing_left(place: Place) -> None:
    """Assert that there is no temporary file, and no schema on the --dsn."""
    assert [path.name for path in place.tmp.iterdir()] == []
    assert [path.name for path in place.work.glob(".*")] == []
    if place.dsn:
        with connected(parse_dsn(place.dsn)) as connection:
            assert schemas(connection, DROPPED) == []


def no_process_left(place: Place) -> None:
    """Assert that no process of a run remains, its server's among them."""
    wait_until(lambda: not processes(place), SECONDS_TO_END)
    assert processes(place) == []


def processes(place: Place) -> list[str]:
    """Return the processes of the place's runs, by number and command."""
    mark = f"{command.FOLDER}={place.root}".encode()
    folder = os.fsencode(place.tmp.resolve())  # of a server, whose environment is another
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
            is_ours = mark in (process / "environ").read_bytes().split(b"\0")
            if is_ours or folder in words or folder in os.fsencode((process / "cwd").readlink()):
                found.append(f"{process.name} {words.replace(bytes(1), b' ')[-80:]!r}")
        except OSError:
            continue  # it ended
    return found
