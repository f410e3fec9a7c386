"""Faults of the Postgres that is measured on, and runs beside each other, at stages of a run."""

from __future__ import annotations

import json
import signal
import time
from itertools import product
from typing import TYPE_CHECKING

import pytest

from stress.runs import (
    STAGES,
    WRITTEN,
    Place,
    check,
    chosen,
    ended,
    held,
    make_place,
    no_process_left,
    nothing_left,
    nothing_lost,
    start,
)
from stress.servers import CONTENT, Foreign, Server, foreign_server, server_of
from stress.shortage import fill, small_disk
from stress.users import only_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stress.runs import Run

Fault = Callable[[Server], object] if TYPE_CHECKING else object
LIMITS = ("--timeout", "12")
FAULTS = (
    *(Server.kill, Server.kill_first, Server.stop, Server.stop_at_once, Server.freeze),
    Server.end_connections,
)
OF_A_RUN = chosen(
    [
        *((fault, stage) for fault in FAULTS[:-1] for stage in STAGES[:-1]),  # it ends before
        *((Server.kill_one, stage) for stage in STAGES[1:-1]),  # at the start there is none
        *((Server.end_connections, stage) for stage in STAGES[1:-1]),
    ],
    quickly=[
        (Server.kill, "start"),
        (Server.kill_one, "seeding"),
        (Server.stop_at_once, "verification"),
        (Server.freeze, "measuring"),
        (Server.end_connections, "saving"),
    ],
)
COMES_BACK = chosen(
    product(FAULTS, STAGES),
    quickly=[
        (Server.end_connections, "seeding"),
        (Server.stop, "verification"),
        (Server.kill, "measuring"),
        (Server.freeze, "saving"),
    ],
)
STAYS_AWAY = chosen(
    product((Server.kill, Server.stop), STAGES),
    quickly=[(Server.kill, "measuring"), (Server.stop, "reporting")],
)
REFUSES = chosen(
    product((Server.take_connections, Server.leave_no_memory), STAGES),
    quickly=[
        (Server.take_connections, "measuring"),
        (Server.leave_no_memory, "seeding"),
    ],
)

BESIDE = chosen(
    product((True, False), (True, False), STAGES),
    quickly=[(True, True, "measuring"), (False, True, "seeding")],
)


@pytest.fixture(scope="module")
def started() -> Iterator[Foreign]:
    """A user's server, for all tests: what is done to it is undone."""
    with foreign_server() as server:
        yield server


@pytest.fixture
def foreign(started: Foreign) -> Iterator[Foreign]:
    """A user's server; what is in it is as it was in the end."""
    before = started.scalar(CONTENT)
    yield started
    started.start()
    assert started.scalar(CONTENT) == before


@pytest.fixture
def on_dsn(place: Place, foreign: Foreign) -> Place:
    return Place(place.root, foreign.dsn)


def named(value: object) -> str:
    return getattr(value, "__name__", str(value))


@pytest.mark.parametrize(("fault", "stage"), OF_A_RUN, ids=named)
def test_the_server_of_a_run(place: Place, fault: Fault, stage: str) -> None:
    """Its run starts it again, once there is something in it to lose."""
    with held(place, stage, more=LIMITS) as run:
        fault(server_of(place))
        run.end()
    check(run, {0} if stage in WRITTEN else {2})


@only_root
@pytest.mark.parametrize("stage", chosen(STAGES[:-1], quickly=["measuring"]))
def test_the_disk_of_the_server_is_full(place: Place, stage: str) -> None:
    with small_disk(place.tmp, 200):
        with held(place, stage, more=LIMITS) as run:
            filler = fill(place.tmp)
            run.end()
            filler.unlink()
        check(run, {0, 1} if stage in WRITTEN else {2})


@pytest.mark.parametrize(("fault", "stage"), COMES_BACK, ids=named)
def test_a_dsn_that_comes_back(on_dsn: Place, foreign: Foreign, fault: Fault, stage: str) -> None:
    with held(on_dsn, stage, more=LIMITS) as run:
        fault(foreign)
        run.release()
        time.sleep(1)
        foreign.start()
        run.end()
    check(run, {0} if stage in WRITTEN else {0, 2}, recovers=stage not in WRITTEN)


@pytest.mark.parametrize(("fault", "stage"), STAYS_AWAY, ids=named)
def test_a_dsn_that_stays_away(on_dsn: Place, foreign: Foreign, fault: Fault, stage: str) -> None:
    with held(on_dsn, stage, more=LIMITS) as run:
        fault(foreign)
        run.end()
        foreign.start()
    check(run, {0} if stage == "reporting" else {2}, recovers=True)


@pytest.mark.parametrize(("fault", "stage"), REFUSES, ids=named)
def test_a_dsn_that_refuses(on_dsn: Place, foreign: Foreign, fault: Fault, stage: str) -> None:
    with held(on_dsn, stage, more=LIMITS) as run:
        fault(foreign)
        run.end()
        foreign.start()
    check(run, {0, 1, 2}, recovers=True)


def test_ctrl_c_while_the_server_does_not_answer(on_dsn: Place, foreign: Foreign) -> None:
    with held(on_dsn, "measuring", more=LIMITS) as run:
        foreign.freeze()
        run.release()
        time.sleep(1)
        run.process.send_signal(signal.SIGINT)
        run.end()
        foreign.start()
    check(run, {130}, recovers=True)


@pytest.mark.parametrize(("by_dsn", "kills", "stage"), BESIDE)
def test_a_run_that_ends_beside_another(
    place: Place, request: pytest.FixtureRequest, by_dsn: bool, kills: bool, stage: str
) -> None:
    """Of the same payroll, on the same --dsn: the other goes on."""
    dsn = request.getfixturevalue("foreign").dsn if by_dsn else ""
    one, other = beside(place, 2, dsn)
    with held(one, stage) as run, held(other, "measuring") as another:
        if kills:
            run.process.kill()
        run.end()
        another.end()
    is_whole(another)
    check(run, {-signal.SIGKILL if kills else 0}, recovers=kills)


def test_several_begin_at_once(place: Place, foreign: Foreign) -> None:
    runs = [start(one) for one in beside(place, 3, foreign.dsn)]
    for run in runs:
        run.end()
    for run in runs:
        is_whole(run)
        no_process_left(run.place)
        nothing_left(run.place)


def beside(place: Place, count: int, dsn: str) -> list[Place]:
    """Return the places of runs of one payroll."""
    roots = [make_place(place.root / str(nth)).root for nth in range(count)]
    return [Place(root, dsn, place.entries) for root in roots]


def is_whole(run: Run) -> None:
    """Assert that all that was to be measured was, without an error."""
    ended(run, {0})
    nothing_lost(run)
    header, *rows = run.file.read_bytes().splitlines()
    assert len(rows) == json.loads(header)["cells"]
    assert run.failures == {}
