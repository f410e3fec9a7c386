"""The child: one strategy, one meter, one answer.

Reads a Job from standard input and writes an Answer to standard output, both JSON: a DSN on the
command line could be read by every user of the machine. What the strategy prints goes to
standard error, so that it cannot spoil the answer.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import nullcontext
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import create_engine

import strategies
from harness import check, discovery, meters
from harness.dataset import warm_up_for
from harness.errors import NotAvailableError
from harness.explain import Explanation, explain
from harness.marks import mark_driver_values
from harness.payroll import entries
from harness.plan import CONTRACT, EXPLANATION, FLOOR, Cell
from harness.recording import warming

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from harness.payroll import Payroll
    from strategies.contract import PremiumEntry


class Job(msgspec.Struct):
    """A cell, and the SQLAlchemy URL (with its password) of the schema that holds its payroll.

    For an explanation also the file to draw a flame graph into.
    """

    cell: Cell
    url: str
    flamegraph: str | None = None


class Answer(msgspec.Struct):
    """What one cell gave, or what went wrong instead, or why it is not available here."""

    figures: dict[str, float] = {}
    error: str | None = None
    unavailable: str | None = None
    explanation: Explanation | None = None


OURS = (__file__, check.__file__)


class BrokenContractError(Exception):
    """A strategy gave other data than the payroll's."""


def main() -> None:
    """Do the job on standard input."""
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _die_with(os.getppid())
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    try:
        given = work(job)
    except NotAvailableError as error:
        given = Answer(unavailable=str(error))
    except Exception as error:  # whatever a strategy raises is its row's error
        given = Answer(error=_told(error))
    answer.write(msgspec.json.encode(given))
    answer.close()


def work(job: Job) -> Answer:
    """Check, measure or explain the strategy; raises what it raises."""
    cell = job.cell
    if cell.meter == EXPLANATION:
        mark_driver_values()  # before any connection is made
    read = _floor if cell.strategy == FLOOR else _strategy(cell.strategy, job.url)
    if not cell.cold:
        with _warming(cell.meter):
            read(warm_up_for(cell.payroll))
    if cell.meter == CONTRACT:
        if breach := check.contract_breach(cell.payroll, read(cell.payroll)):
            raise BrokenContractError(breach)
        return Answer()
    if cell.meter == EXPLANATION:
        return Answer(explanation=explain(lambda: read(cell.payroll), job.flamegraph))
    meters.claim_process(cell.meter)
    meter = discovery.load(meters, cell.meter)
    return Answer(meter.measure(lambda: read(cell.payroll)))


def _warming(meter: str) -> AbstractContextManager[None]:
    if meter == CONTRACT:
        return nullcontext()
    if meter == EXPLANATION:
        return warming()
    how: Callable[[], AbstractContextManager[None]] = getattr(
        discovery.load(meters, meter), "warming", nullcontext
    )
    return how()


def _floor(payroll: Payroll) -> list[PremiumEntry]:
    return list(entries(payroll))


def _strategy(name: str, url: str) -> Callable[[Payroll], Any]:
    get = strategies.load(name).get_premiums_for_payroll
    engine = create_engine(url)
    return lambda payroll: get(engine, payroll.id)


def _told(error: Exception) -> str:
    """Give the error in one line, with the place in the strategy's file that it came through."""
    first, *_ = f"{type(error).__name__}: {error}".splitlines()
    frames = [frame for frame in extract_tb(error.__traceback__) if frame.filename not in OURS]
    return f"{first} ({Path(frames[0].filename).name}:{frames[0].lineno})" if frames else first


def _die_with(parent: int) -> None:
    """Have the kernel (Linux) end this process when its parent dies, however it dies."""
    if sys.platform == "linux":
        set_parent_death_signal = 1  # PR_SET_PDEATHSIG, prctl(2)
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we asked
            sys.exit(1)


if __name__ == "__main__":
    main()
