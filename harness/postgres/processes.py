"""The processes of a Postgres server, found by what the kernel (Linux) says of them."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

PROC = Path("/proc")
SECONDS_TO_END = 10


def of(data: Path) -> list[int]:
    """Give those of the server with that data folder; none where the kernel does not tell.

    A process number in `postmaster.pid` says little: another process may have it by now.
    """
    return [int(each.name) for each in PROC.glob("[0-9]*") if _is_of(each, data)]


def may_be_asked(data: Path) -> bool:
    """Say whether pg_ctl may: it signals whatever process has the number in `postmaster.pid`."""
    try:
        number = int((data / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return False
    return number in of(data) or not PROC.exists()


def kill(data: Path) -> None:
    """Kill them, stopped ones too, and remove the locks that they cannot remove any more."""
    deadline = monotonic() + SECONDS_TO_END
    while (left := of(data)) and monotonic() < deadline:
        for process in left:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        sleep(0.05)
    if PROC.exists() and not left:
        for lock in (data / "postmaster.pid", *data.glob(".s.PGSQL.*")):
            lock.unlink(missing_ok=True)


def _is_of(process: Path, data: Path) -> bool:
    """Say whether it is: it was started with the folder, or (its children) works in it."""
    try:
        if (process / "comm").read_text() != "postgres\n":
            return False
        if os.fsencode(data) in (process / "cmdline").read_bytes().split(b"\0"):
            return True
        return (process / "cwd").readlink() == data.resolve()
    except OSError:  # it ended, or it is not ours to see
        return False
