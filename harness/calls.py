"""What the measuring process does with a strategy or a baseline: warm up, check, measure."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import create_engine

import strategies
from harness import baselines
from harness.contract_check import BrokenContractError, contract_breach, stream_breach
from harness.plan import Cell, Consume
from harness.postgres.dataset import warm_up_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.payroll import Payroll


class Calls(NamedTuple):
    """What is done before a measurement, what is measured, and what checks it.

    The check gives how many items were read, and raises an error that says what is wrong. `items`
    gives how many the measured call read, 0 where nobody asks.
    """

    warm_up: Callable[[], object]
    measured: Callable[[], object]
    checked: Callable[[], int]
    items: Callable[[], int] = lambda: 0


def strategys_calls(cell: Cell, url: str) -> Calls:
    """Give the calls of a strategy or a baseline: warmed up on a small payroll of another seed."""
    read = _reader(cell, url)

    def consumed(payroll: Payroll) -> object:
        return _consumed(read(payroll), cell.consume)

    def checked() -> int:
        given = read(cell.payroll)
        is_stream = cell.consume is Consume.FOLD
        breach = (stream_breach if is_stream else contract_breach)(cell.payroll, given)
        if breach:
            raise BrokenContractError(breach)
        return cell.entries

    return Calls(
        warm_up=lambda: consumed(warm_up_for(cell.payroll)),
        measured=lambda: consumed(cell.payroll),
        checked=checked,
    )


def _reader(cell: Cell, url: str) -> Callable[[Payroll], Any]:
    """Give the function that reads a payroll as the cell's strategy or baseline does."""
    engine = create_engine(url or "postgresql+psycopg://")  # the floor needs no database
    if baseline := baselines.ALL.get(cell.strategy):
        return lambda payroll: baseline(engine, payroll)
    strategy = strategies.load(cell.strategy)
    if cell.consume is Consume.FOLD:
        return lambda payroll: strategies.stream(strategy)(engine, payroll.id)
    return lambda payroll: strategy.get_premiums_for_payroll(engine, payroll.id)


def _consumed(given: Any, consume: Consume) -> object:
    """Hold what was given, or fold it into the sum of its amounts, keeping nothing."""
    if consume is Consume.HOLD:
        return given
    total = Decimal()
    for entry in given:
        for component in getattr(entry, "components", ()):  # the trap's rows have none
            total += component.amount
    return total
