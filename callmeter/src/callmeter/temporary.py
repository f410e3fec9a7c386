"""Temporary folders: removed with their run, and those of a killed run by the next one.

Each is locked for as long as its process lives; the lock is the kernel's, so none outlives it.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

PREFIX = "callmeter.tmp-"
OURS = re.compile(rf"{re.escape(PREFIX)}[a-z0-9_]{{8}}")
OPEN = stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH
"""What others may never do in a folder of this package: at most, they pass through it."""


@contextmanager
def folder(place: str | None = None) -> Iterator[str]:
    """Make a new folder that only we can read; it is removed with what is in it.

    It is in `place`, or where temporary files are by default. Folders that killed processes of
    this user left there are removed first.
    """
    place = place or tempfile.gettempdir()
    _clear(place)
    made, lock = _made_and_locked(place)
    try:
        yield made.name
    finally:
        made.cleanup()
        os.close(lock)


def _made_and_locked(place: str) -> tuple[tempfile.TemporaryDirectory[str], int]:
    """Make a folder and lock it; another one, if somebody cleared it in between."""
    import fcntl  # only here and below: there is none on every platform

    while True:
        made = tempfile.TemporaryDirectory(prefix=PREFIX, dir=place, ignore_cleanup_errors=True)
        with suppress(FileNotFoundError):
            lock = os.open(made.name, os.O_RDONLY)
            with suppress(OSError):  # a file system without locks: nothing is cleared there
                fcntl.flock(lock, fcntl.LOCK_SH)
            if Path(made.name).exists():
                return made, lock
            os.close(lock)
        made.cleanup()


@cache
def _clear(place: str) -> None:
    """Remove the folders of this package that nobody has locked, once a process."""
    with suppress(OSError), os.scandir(place) as found:
        for path in [each.path for each in found if OURS.fullmatch(each.name)]:
            with suppress(OSError):
                _remove_unless_locked(path)


def _remove_unless_locked(path: str) -> None:
    import fcntl

    opened = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        status = os.fstat(opened)
        if status.st_uid == os.geteuid() and not status.st_mode & OPEN:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(opened)
