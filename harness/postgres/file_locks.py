"""Locks on files, which the kernel lets go of when their holder ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def lock_file(path: Path) -> IO[str]:
    """Open a file that only its owner can open, or another user could hold its lock."""
    return open(path, "w", opener=lambda name, flags: os.open(name, flags, 0o600))


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait for the lock that one alone can hold, and hold it."""
    with lock_file(path) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def share(file: IO[str]) -> None:
    """Hold the file's lock beside others, until the file is closed."""
    fcntl.flock(file, fcntl.LOCK_SH)


def is_only_holder(file: IO[str]) -> bool:
    """Take the file's lock for oneself; tell whether that could be done, as no other holds it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
