"""Less of the machine than there is: small disks, a control group, a limit on a process."""

from __future__ import annotations

import os
import resource
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CGROUPS = Path("/sys/fs/cgroup/memory")  # version 1's
CAN_MAKE_CGROUPS = CGROUPS.is_dir() and os.access(CGROUPS, os.W_OK)


def used(process: int, limit: int) -> int:
    """Return how much the process has of what RLIMIT_NOFILE or RLIMIT_AS limits."""
    if limit == resource.RLIMIT_NOFILE:
        return len(list(Path(f"/proc/{process}/fd").iterdir()))
    return int(Path(f"/proc/{process}/statm").read_text().split()[0]) * resource.getpagesize()


def limit_to_what_it_has(process: int, limit: int) -> None:
    """Let the process have no more of it."""
    most = used(process, limit)
    resource.prlimit(process, limit, (most, most))


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[None]:
    """Mount what the options say on the folder."""
    subprocess.run(["mount", *options, str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """Mount a disk of that size on the folder."""
    with mounted(folder, "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs"):
        yield


@contextmanager
def read_only(folder: Path, where: Path) -> Iterator[None]:
    """Show the folder there, where it cannot be written to."""
    with mounted(where, "--bind", str(folder)):
        subprocess.run(["mount", "-o", "remount,bind,ro", str(where)], check=True)
        yield


def fill(folder: Path) -> Path:
    """Leave no byte free on the folder's disk; return the file that took them."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (2**20, 2**12, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue
    return filler


@contextmanager
def control_group(name: str, most: int) -> Iterator[Path]:
    """Make a control group whose processes may have that many bytes."""
    group = CGROUPS / name
    group.mkdir()
    try:
        (group / "memory.limit_in_bytes").write_text(str(most))
        yield group
    finally:
        group.rmdir()
