"""A memory cgroup of a given size, in which the kernel ends what needs more.

Of version 2 where memory is controlled there, else of version 1; it is made below the cgroup of
this process, whose owner or root may do so.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MOUNTS = Path("/proc/mounts")
MINE = Path("/proc/self/cgroup")
EMPTY_WITHIN = 5.0  # seconds in which the kernel takes leave of a process that has ended


class NoCgroupError(Exception):
    """No memory cgroup can be made here."""


@dataclass(frozen=True)
class Cgroup:
    """A cgroup's folder, and the names of its files, which differ by the version."""

    folder: Path
    limit: str
    highest: str
    swap: tuple[str, str]
    kills: str

    @property
    def is_version_2(self) -> bool:
        """Whether it is of version 2."""
        return self.limit == VERSION_2[0]

    def enter(self) -> None:
        """Move this process into it: what it allocates from then on counts."""
        (self.folder / "cgroup.procs").write_text(str(os.getpid()))

    @property
    def killed(self) -> int:
        """How many of its processes the kernel has ended for want of memory."""
        words = (self.folder / self.kills).read_text().split()
        return int(words[words.index("oom_kill") + 1])

    @property
    def peak(self) -> int | None:
        """The most bytes that were charged to it, None where the kernel does not keep that."""
        file = self.folder / self.highest
        return int(file.read_text()) if file.exists() else None


@contextmanager
def limited(size: int) -> Iterator[Cgroup]:
    """Make a cgroup whose processes may be charged `size` bytes, without swap; remove it after.

    Raises NoCgroupError where none can be made.
    """
    cgroup = _made(size)
    try:
        yield cgroup
    finally:
        _remove(cgroup.folder)


def _made(size: int) -> Cgroup:
    parent, of_version = _parent()
    folder = parent / f"prove-{os.getpid()}-{time.monotonic_ns()}"
    cgroup = Cgroup(folder, *of_version)
    try:
        folder.mkdir()
    except OSError as error:
        raise NoCgroupError(f"cannot make a cgroup in {parent}: {error.strerror}") from error
    try:
        (folder / cgroup.limit).write_text(str(size))
        name, amount = cgroup.swap
        if (folder / name).exists():
            (folder / name).write_text(amount or str(size))
    except OSError as error:
        _remove(folder)
        raise NoCgroupError(f"cannot limit {folder}: {error.strerror}") from error
    return cgroup


VERSION_2 = ("memory.max", "memory.peak", ("memory.swap.max", "0"), "memory.events")
VERSION_1 = (
    "memory.limit_in_bytes",
    "memory.max_usage_in_bytes",
    ("memory.memsw.limit_in_bytes", ""),  # of memory and swap together: as much
    "memory.oom_control",
)


def _parent() -> tuple[Path, tuple[str, str, tuple[str, str], str]]:
    """Return the folder to make a cgroup in, and the names of the version's files.

    Of version 2 it is the nearest above this process's own whose children have their memory
    controlled: a cgroup that has processes, and is not the root, has none.
    """
    try:
        mounts = [line.split() for line in MOUNTS.read_text().splitlines()]
        mine = [line.split(":", 2) for line in MINE.read_text().splitlines()]
    except OSError as error:
        raise NoCgroupError(f"no cgroups here: {error.strerror}") from error
    for _, where, kind, options, *_ in mounts:
        if kind == "cgroup" and "memory" in options.split(","):
            paths = [path for _, names, path in mine if "memory" in names.split(",")]
            return _below(where, paths), VERSION_1
    for _, where, kind, *_ in mounts:
        if kind == "cgroup2":
            inmost = _below(where, [path for number, _, path in mine if number == "0"])
            for folder in (inmost, *inmost.parents):
                if folder.is_relative_to(where) and _controls_memory(folder):
                    return folder, VERSION_2
    raise NoCgroupError("no cgroup that controls memory may be used")


def _controls_memory(folder: Path) -> bool:
    try:
        words = (folder / "cgroup.subtree_control").read_text().split()
    except OSError:
        return False
    return "memory" in words and os.access(folder, os.W_OK)


def _below(where: str, paths: list[str]) -> Path:
    folder = Path(where) / (paths[0] if paths else "/").lstrip("/")
    return folder if folder.exists() else Path(where)


def _remove(folder: Path) -> None:
    end = time.monotonic() + EMPTY_WITHIN
    while True:
        try:
            folder.rmdir()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.01)
        else:
            return
