"""What is to be found after a fault: nothing lost, nothing left. In words, none where it held."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL

from harness.base.errors import ResultsError
from harness.model import run as results
from harness.postgres.connection import connected
from harness.postgres.session import DROPPED, schemas
from trust import _held
from trust._stages import EARLIER, compare, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trust._stages import Held, Place

SECONDS_TO_END = 10  # what ends with its parent, or with the server


def problems(
    run: Held, codes: set[int], *arguments: str, dsn: URL | None = None, lines: int = 1
) -> str:
    """Say what was lost or left by the run, which has ended, and by the next one; or nothing.

    `codes` are the exit codes that it may have ended with, `lines` how many it may tell.
    """
    found = [
        *ended(run, codes, lines),
        *lost(run),
        *(f"process {each} outlives it" for each in outliving(run.place)),
        *following(run.place, *arguments),
        *left(run.place, dsn),
    ]
    return "; ".join(found)


def ended(run: Held, codes: set[int], lines: int = 1) -> Iterator[str]:
    """It ended with one of these codes, and said so clearly."""
    code = run.process.returncode
    told = run.errors.strip()
    if code not in codes:
        yield f"exit code {code}, not {codes}: {told[-300:]}"
    if "Traceback" in told or "Error ignored" in told or "Exception ignored" in told:
        yield f"a traceback: {told[-300:]}"
    if code > 0 and not 1 <= len(told.splitlines()) <= lines:
        yield f"it said {told[-300:]!r}"


def lost(run: Held) -> Iterator[str]:
    """What had been measured is in the file still, and earlier runs are as they were."""
    if run.written:
        try:
            kept = run.saved.read_bytes()
            if not kept.startswith(run.written + b"\n"):
                yield "measurements were lost"
            results.read(run.saved)
        except (OSError, ResultsError) as error:
            yield f"the run cannot be read: {error}"
    if (run.place.work / "earlier.jsonl").read_bytes() != EARLIER.read_bytes():
        yield "an earlier run was changed"


def following(place: Place, *arguments: str) -> Iterator[str]:
    """The next run, undisturbed, works."""
    done = compare(place, *arguments, saved="next.jsonl")
    if done.process.returncode:
        yield f"the next run failed: {done.errors.strip()[-300:]}"


def left(place: Place, dsn: URL | None = None) -> Iterator[str]:
    """Nothing is left after the next run: of processes, folders or schemas."""
    for process in outliving(place):
        yield f"process {process} is left"
    for path in place.tmp.iterdir():
        yield f"{path.name} is left in TMPDIR"
    for path in place.work.glob(".*"):
        yield f"{path.name} is left in the working folder"
    if dsn:
        with connected(dsn) as connection:
            yield from (f"schema {name} is left" for name in schemas(connection, DROPPED))


def outliving(place: Place) -> list[str]:
    """Return the processes of a run that has ended, its server's among them."""
    begun, server = _is_begun_at(place), _is_server_of(place)
    return _gone(lambda: processes(lambda process: begun(process) or server(process)))


def processes(is_one: Callable[[Path], bool]) -> list[str]:
    """Give the living processes that are one of those, by number and command."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if int(process.name) != os.getpid() and is_one(process):
                found.append(f"{process.name} ({_said(process)})")
        except OSError:
            continue  # it ended
    return found


def _is_begun_at(place: Place) -> Callable[[Path], bool]:
    mark = f"{_held.FOLDER}={place.root}".encode()
    return lambda process: mark in (process / "environ").read_bytes().split(b"\0")


def _is_server_of(place: Place) -> Callable[[Path], bool]:
    folder = os.fsencode(place.tmp.resolve())
    return lambda process: (
        folder in os.fsencode((process / "cwd").readlink())
        or folder in (process / "cmdline").read_bytes()
    )


def _said(process: Path) -> str:
    return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[-80:]


def _gone(remaining: Callable[[], list[str]]) -> list[str]:
    wait_until(lambda: not remaining(), SECONDS_TO_END)
    return remaining()
