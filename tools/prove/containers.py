"""A program within so many bytes: in a memory cgroup, or else watched from outside."""

from __future__ import annotations

import subprocess
import time
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, NamedTuple

from tools.prove.cgroups import NoCgroupError, limited

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.prove.cgroups import Cgroup

LOOK_AGAIN = 0.002  # seconds
WATCHED = "RssAnon", "RssShmem"


class Outcome(NamedTuple):
    """Whether the program lived, the most bytes that counted, and another reason why it failed."""

    lived: bool
    peak: int | None
    error: str = ""


@cache
def limited_by() -> str:
    """Return what ends a program that needs more, in words."""
    try:
        with limited(2**30) as cgroup:
            _in_cgroup(cgroup, ["true"], "")
            return f"the kernel, in a memory cgroup of version {1 + cgroup.is_version_2}"
    except NoCgroupError as error:
        return (
            f"a watcher, a stand-in: {error}. It reads {' and '.join(WATCHED)} every "
            f"{LOOK_AGAIN * 1000:.0f} ms, and ends the program where they are more"
        )


def run_within(size: int, command: Sequence[str], text: str) -> Outcome:
    """Run a program with that text on its standard input, within so many bytes."""
    try:
        with limited(size) as cgroup:
            return _in_cgroup(cgroup, command, text)
    except NoCgroupError:
        return _watched(size, command, text)


def _in_cgroup(cgroup: Cgroup, command: Sequence[str], text: str) -> Outcome:
    """Run it there; raises NoCgroupError where a process may not be moved into it."""
    try:
        done = subprocess.run(
            command,
            input=text,
            preexec_fn=cgroup.enter,
            capture_output=True,
            text=True,
            check=False,
        )
    except subprocess.SubprocessError as error:
        raise NoCgroupError(f"cannot enter {cgroup.folder}") from error
    is_out_of_memory = cgroup.killed > 0 or "MemoryError" in done.stderr
    other = done.stderr.strip() if done.returncode and not is_out_of_memory else ""
    return Outcome(done.returncode == 0, cgroup.peak, other)


def _watched(size: int, command: Sequence[str], text: str) -> Outcome:
    """Do the same without a cgroup: read what is resident again and again, and kill it for more."""
    peak, killed = 0, False
    with TemporaryFile("w+") as words, TemporaryFile("w+") as asked:
        asked.write(text)
        asked.seek(0)
        process = subprocess.Popen(command, stdin=asked, stdout=subprocess.DEVNULL, stderr=words)
        while process.poll() is None:
            peak = max(peak, _resident(process.pid))
            if peak > size:
                process.kill()
                killed = True
            time.sleep(LOOK_AGAIN)
        words.seek(0)
        error = words.read().strip() if process.returncode and not killed else ""
    return Outcome(process.returncode == 0, peak, error)


def _resident(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:  # it has ended
        return 0
    pairs = (line.split(":") for line in lines)
    return sum(int(value.split()[0]) * 1024 for name, value in pairs if name in WATCHED)
