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
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import create_engine

import strategies
from harness import discovery, meters
from harness.check import first_difference
from harness.dataset import warm_up_for
from harness.payroll import entries
from harness.plan import CONTRACT, FLOOR, Cell

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.payroll import Payroll
    from strategies.contract import PremiumEntry


class Job(msgspec.Struct):
    """A cell, and the SQLAlchemy URL (with its password) of the schema that holds its payroll."""

    cell: Cell
    url: str


class Answer(msgspec.Struct):
    """The figures of one measurement, or what went wrong instead."""

    figures: dict[str, float] = {}
    error: str | None = None


def main() -> None:
    """Do the job on standard input."""
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _die_with(os.getppid())
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    try:
        given = Answer(work(job))
    except Exception as error:  # whatever a strategy raises is its row's error
        given = Answer(error=f"{type(error).__name__}: {error}".strip().splitlines()[0])
    answer.write(msgspec.json.encode(given))
    answer.close()


class BrokenContractError(Exception):
    """A strategy gave other data than the payroll's."""


def work(job: Job) -> dict[str, float]:
    """Check the strategy or measure it, warmed up; give the figures. Raises what it raises."""
    cell = job.cell
    read = _floor if cell.strategy == FLOOR else _strategy(cell.strategy, job.url)
    read(warm_up_for(cell.payroll))
    if cell.meter == CONTRACT:
        if difference := first_difference(entries(cell.payroll), read(cell.payroll)):
            raise BrokenContractError(difference)
        return {}
    meter = discovery.load(meters, cell.meter)
    figures: dict[str, float] = meter.measure(lambda: read(cell.payroll))
    return figures


def _floor(payroll: Payroll) -> list[PremiumEntry]:
    return list(entries(payroll))


def _strategy(name: str, url: str) -> Callable[[Payroll], Any]:
    get = strategies.load(name).get_premiums_for_payroll
    engine = create_engine(url)
    return lambda payroll: get(engine, payroll.id)


def _die_with(parent: int) -> None:
    """Have the kernel (Linux) end this process when its parent dies, however it dies."""
    if sys.platform == "linux":
        set_parent_death_signal = 1  # PR_SET_PDEATHSIG, prctl(2)
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we asked
            sys.exit(1)


if __name__ == "__main__":
    main()
