"""What a machine runs out of: disk, files, memory."""

from __future__ import annotations

import os
import resource
import subprocess
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trust import _held
from trust._after import ended, following, left, lost, problems
from trust._stages import STAGES, compare, held
from trust._trial import a_place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trust._trial import Fault

ANY = {0, 1, 2}  # it depends on what it still needs
LINES = 3  # of a run that ends as others do: Saved, Which fits?
WORKING, TEMPORARY = "working folder", "TMPDIR"
SIZES = {WORKING: 4, TEMPORARY: 400}
"""Megabytes of each folder's disk."""
MOST_FILES = (8, 12, 16, 24, 32, 64)
MOST_MEMORY = (50, 100, 200, 400, 800)
"""Megabytes of address space, of the command and of what it starts."""


def faults() -> Iterator[Fault]:
    """Give each shortage, at each stage where it can come."""
    limits = {"out of files": resource.RLIMIT_NOFILE, "out of memory": resource.RLIMIT_AS}
    disks = SIZES if os.geteuid() == 0 else ()  # only root may mount
    for stage in STAGES:
        for where in disks:
            yield f"disk full: {where}", stage, partial(disk_full, where, stage)
        for what, limit in limits.items():
            yield f"{what}: the command", stage, partial(command_out_of, limit, stage)
    yield from _of_measured()
    yield from _from_the_start()


def _of_measured() -> Iterator[Fault]:
    for stage in ("verification", "measuring"):
        yield "out of memory: the measured process", stage, partial(child_out_of_memory, stage)
        if CGROUPS.is_dir() and os.access(CGROUPS, os.W_OK):
            yield "killed for its memory (cgroup)", stage, partial(killed_for_memory, stage)


def _from_the_start() -> Iterator[Fault]:
    for count in MOST_FILES:
        how = partial(from_the_start, resource.RLIMIT_NOFILE, count)
        yield f"at most {count} files", "all", how
    for size in MOST_MEMORY:
        how = partial(from_the_start, resource.RLIMIT_AS, size * 2**20)
        yield f"at most {size} MB of address space", "all", how


def disk_full(where: str, stage: str) -> str:
    """Say what was wrong after that disk was full from that stage on, until the run's end."""
    with a_place() as place, ExitStack() as disks:
        folder = {WORKING: place.work, TEMPORARY: place.tmp}[where]
        disks.enter_context(mounted(folder, SIZES[where]))
        if where == WORKING:
            place.keep_earlier_run()
        with held(place, stage) as run:
            filler = fill(folder)
            run.end()
            filler.unlink()
            return problems(run, ANY, lines=LINES)


def command_out_of(limit: int, stage: str) -> str:
    """Say what was wrong after the command could get no more of it from that stage on."""
    with a_place() as place, held(place, stage) as run:
        most = used(run.process.pid, limit)
        resource.prlimit(run.process.pid, limit, (most, most))
        run.end()
        return problems(run, ANY, lines=LINES)


def child_out_of_memory(stage: str) -> str:
    """The same for the process that is measured: its row says so."""
    with a_place() as place, held(place, stage, env=TAKES_MUCH) as run:
        most = used(run.at, resource.RLIMIT_AS)
        resource.prlimit(run.at, resource.RLIMIT_AS, (most, most))
        run.end()
        return problems(run, {1}, lines=LINES)


def killed_for_memory(stage: str) -> str:
    """The same, as the kernel does it to a container that needs more than its limit."""
    with (
        a_place() as place,
        a_cgroup(place.root.parent.name) as group,
        held(place, stage, env=TAKES_MUCH) as run,
    ):
        (group / "cgroup.procs").write_text(str(run.at))
        run.end()
        wrong = problems(run, {1}, lines=LINES)
        said = run.saved.read_text()
        return wrong or ("" if "out of memory?" in said else "the row does not say it")


def from_the_start(limit: int, most: int) -> str:
    """Say what was wrong with a run that had no more of it at all."""
    with a_place() as place:
        run = compare(place, preexec_fn=partial(resource.setrlimit, limit, (most, most)))
        wrong = [*ended(run, ANY, LINES), *lost(run), *following(place), *left(place)]
        return "; ".join(wrong)


def used(process: int, limit: int) -> int:
    """Give how much of it the process has: files, or bytes."""
    if limit == resource.RLIMIT_NOFILE:
        return len(list(Path(f"/proc/{process}/fd").iterdir()))
    return int(Path(f"/proc/{process}/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def mounted(folder: Path, megabytes: int) -> Iterator[None]:
    """Give the folder a small disk of its own."""
    folder.mkdir(exist_ok=True)
    options = ["-o", f"size={megabytes}m,mode=755", "-t", "tmpfs", "tmpfs"]
    subprocess.run(["mount", *options, str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Leave no byte free on the folder's disk; give the file that took them."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (2**20, 2**12, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue
    return filler


CGROUPS = Path("/sys/fs/cgroup/memory")  # version 1's
TAKES_MUCH: dict[str, Any] = {_held.TAKES: str(2**28)}
LIMIT = 2**22


@contextmanager
def a_cgroup(name: str, most: int = LIMIT) -> Iterator[Path]:
    """Give a control group whose processes may have so many bytes, a few megabytes by default."""
    group = CGROUPS / name
    group.mkdir()
    try:
        (group / "memory.limit_in_bytes").write_text(str(most))
        yield group
    finally:
        group.rmdir()
