"""The processes of a Postgres server, found by what the kernel (Linux) says of them."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signal import Signals

PROC = Path("/proc")


def of(data: Path) -> list[int]:
    """Those of the server with that data folder."""
    return [int(process.name) for process in PROC.glob("[0-9]*") if _is_of(process, data)]


def send(data: Path, what: Signals) -> None:
    """Send the signal to all of them."""
    for process in of(data):
        with suppress(ProcessLookupError):
            os.kill(process, what)


def _is_of(process: Path, data: Path) -> bool:
    """Whether it was started with the folder, or (as its children) works in it."""
    try:
        if (process / "comm").read_text() != "postgres\n":
            return False
        if os.fsencode(data) in (process / "cmdline").read_bytes().split(b"\0"):
            return True
        return (process / "cwd").readlink() == data.resolve()
    except OSError:  # it ended
        return False
