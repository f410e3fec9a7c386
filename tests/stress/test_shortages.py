"""A machine that runs out of disk, files or memory, at a stage of a run or from its start."""

from __future__ import annotations

import resource
import signal
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

import pytest

from stress import held as command
from stress.runs import EARLIER, STAGES, check, chosen, compare, held
from stress.shortage import (
    CAN_MAKE_CGROUPS,
    control_group,
    fill,
    limit_to_what_it_has,
    small_disk,
)
from stress.users import only_root

if TYPE_CHECKING:
    from stress.runs import Place

ANY = {0, 1, 2}  # it depends on what it needs from there on
ABORTED = {-signal.SIGABRT}  # by the C library, which cannot end a thread without memory
LIMITS = {"files": resource.RLIMIT_NOFILE, "memory": resource.RLIMIT_AS}
MB = 2**20
TAKES_MUCH = {command.TAKES: str(256 * MB)}
DISKS = chosen(
    product(("work", "tmp"), STAGES),
    quickly=[
        *(("work", stage) for stage in ("start", "saving")),
        *(("tmp", stage) for stage in ("seeding", "measuring")),
    ],
)
RUN_OUT = chosen(
    product(LIMITS, STAGES),
    quickly=[
        *(("files", stage) for stage in ("measuring", "reporting")),
        *(("memory", stage) for stage in ("seeding", "measuring")),
    ],
)


@only_root
@pytest.mark.parametrize(("name", "stage"), DISKS)
def test_a_disk_is_full(place: Place, name: str, stage: str) -> None:
    folder = place.root / name
    with small_disk(folder, {"work": 4, "tmp": 400}[name]):
        (place.work / "earlier.jsonl").write_bytes(EARLIER)
        with held(place, stage) as run:
            filler = fill(folder)
            run.end()
            filler.unlink()
        check(run, ANY)


@pytest.mark.parametrize(("limit", "stage"), RUN_OUT)
def test_the_command_runs_out(place: Place, limit: str, stage: str) -> None:
    """Also where libpq is refused memory amid a COPY, which psycopg takes for a full buffer."""
    with held(place, stage) as run:
        limit_to_what_it_has(run.process.pid, LIMITS[limit])
        run.end()
    check(run, ANY | ABORTED, recovers=True)


@pytest.mark.parametrize("stage", ["verification", "measuring"])
def test_the_measured_process_runs_out_of_memory(place: Place, stage: str) -> None:
    with held(place, stage, env=place.environment | TAKES_MUCH) as run:
        limit_to_what_it_has(run.held_process, LIMITS["memory"])
        run.end()
    check(run, {1})
    (error,) = run.failures.values()
    assert "MemoryError" in error


@pytest.mark.skipif(not CAN_MAKE_CGROUPS, reason="no control group (version 1) can be made")
@pytest.mark.parametrize("stage", chosen(["verification", "measuring"], quickly=["measuring"]))
def test_the_measured_process_is_killed_for_its_memory(place: Place, stage: str) -> None:
    """As the kernel does it to a container that needs more than its limit."""
    with (
        control_group(place.root.parent.name, 4 * MB) as group,
        held(place, stage, env=place.environment | TAKES_MUCH) as run,
    ):
        (group / "cgroup.procs").write_text(str(run.held_process))
        run.end()
    check(run, {1})
    (error,) = run.failures.values()
    assert "out of memory?" in error


@pytest.mark.parametrize(
    ("limit", "most"),
    [
        *(("files", count) for count in (8, 32)),
        *(("memory", size * MB) for size in (100, 600)),
    ],
)
def test_there_is_little_from_the_start(place: Place, limit: str, most: int) -> None:
    run = compare(place, preexec_fn=partial(resource.setrlimit, LIMITS[limit], (most, most)))
    check(run, ANY | ABORTED, recovers=True)
