"""Who runs it: an ordinary user, one without a name or a home, and at another time."""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from trust._after import ended, left, lost, problems
from trust._shortages import LINES
from trust._stages import SECONDS, STAGES, Held, asked, held
from trust._trial import a_place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trust._stages import Place
    from trust._trial import Fault

NOBODY, NAMELESS = 65_534, 54_321
FAKE_TIME = next(map(str, Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), "")
"""Of Debian's package libfaketime."""


def faults() -> Iterator[Fault]:
    """Give each, if it can be tried here: only root can be another user."""
    if os.geteuid() == 0:
        yield "an ordinary user", "all", partial(as_user, NOBODY, {0})
        yield "a user without a name", "all", partial(as_user, NAMELESS, {2})
        yield (
            "a user without a name or home",
            "all",
            partial(as_user, NAMELESS, {2}, is_homeless=True),
        )
    if FAKE_TIME:
        for stage in STAGES:
            yield "clock set back a day", stage, partial(clock_set_back, stage)


def as_user(user: int, codes: set[int], *, is_homeless: bool = False) -> str:
    """Say what was wrong with the run of that user, whose all folders are, or nothing."""
    with a_place() as place:
        for path in (place.root, *place.root.rglob("*")):
            os.chown(path, user, user)
        environment = place.environment | {"HOME": str(place.root)}
        if is_homeless:
            del environment["HOME"]
        process = subprocess.Popen(
            ["unshare", "--mount", "sh", "-ec", _as_other(user, place)],
            cwd=place.work,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        done = Held(place, process, place.work / "run.jsonl")
        done.output, done.errors = process.communicate(timeout=SECONDS)
        wrong = [*ended(done, codes, LINES), *lost(done), *left(place)]
        odd = {each.name for each in place.work.iterdir()} - {"run.jsonl", "earlier.jsonl"}
        return "; ".join([*wrong, *(f"{name} was made in the working folder" for name in odd)])


def _as_other(user: int, place: Place) -> str:
    """Give the shell's words for the run as that user.

    Python may lie where only root gets in: that folder is shown open, to the run
    only.
    """
    python = Path(sys.executable).resolve()
    lines = []
    for closed in reversed([each for each in python.parents if not _is_open(each)]):
        inner = closed / python.relative_to(closed).parts[0]
        aside = place.root / "aside"
        lines += [
            f"mkdir -p {aside}; mount --bind {inner} {aside}",
            f"mount -t tmpfs -o mode=755 tmpfs {closed}",
            f"mkdir {inner}; mount --bind {aside} {inner}; umount {aside}; rmdir {aside}",
        ]
    run = shlex.join([sys.executable, "-m", "harness", *asked(place)])
    return "\n".join([*lines, f"exec setpriv --reuid={user} --regid={user} --clear-groups {run}"])


def _is_open(folder: Path) -> bool:
    return bool(folder.stat().st_mode & stat.S_IXOTH)


def clock_set_back(stage: str) -> str:
    """Say what was wrong after the clock was set back at that stage, for all but the server."""
    with a_place() as place:
        time = place.root / "time"
        time.write_text("+0")
        faked = {
            "LD_PRELOAD": FAKE_TIME,
            "FAKETIME_TIMESTAMP_FILE": str(time),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # nor does who sets a clock
        }
        with held(place, stage, "--meter", "clock", env=faked) as run:
            time.write_text("-1d")
            run.end()
            return problems(run, {0}, lines=LINES)
