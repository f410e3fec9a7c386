"""The call of a strategy or a yardstick on a payroll, made in the process that measures it.

What is imported here is imported wherever a strategy is measured, also in another environment:
the standard library, SQLAlchemy and psycopg only.
"""

from __future__ import annotations

from decimal import Decimal
from os import sep
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine

import strategies
from callmeter import places
from callmeter.call import Call
from callmeter.errors import NotAvailableError
from harness.payroll import loading, yardsticks
from harness.payroll.generator import Payroll, Profile, warm_up_for
from harness.payroll.verify import BrokenContractError, contract_breach, stream_breach

if TYPE_CHECKING:
    from collections.abc import Callable

OWN = tuple(f"{folder}{sep}" for folder in (Path(__file__).parents[1], *strategies.__path__))
"""The folders of this package and of the strategies."""
places.not_users |= {OWN[0], str(strategies.__file__)}


def make_call(
    name: str,
    url: str,
    entries: int,
    components: int,
    profile: str,
    *,
    stream: bool = False,
    fold: bool = False,
) -> Call:
    """Return the call that reads such a payroll, warmed up on a small one of another seed.

    With `stream`, the entries are read one by one; with `fold`, they are added up and let go.
    """
    payroll = Payroll(entries, components, Profile(profile))
    try:
        read = _reader(name, url, stream=stream)
    except loading.MissingPackageError as error:  # here, of all interpreters
        raise NotAvailableError(str(error)) from error

    def consumed(payroll: Payroll) -> object:
        return _folded(read(payroll)) if fold else read(payroll)

    def check(result: Any) -> None:
        breach = (stream_breach if stream else contract_breach)(payroll, result)
        if breach:
            raise BrokenContractError(breach)

    return Call(
        function=lambda: consumed(payroll),
        warm_up=lambda: consumed(warm_up_for(payroll)),
        check=check,
        count=lambda _: entries,
        own=OWN,
    )


def _reader(name: str, url: str, *, stream: bool) -> Callable[[Payroll], Any]:
    """Return the function that reads a payroll as the strategy or yardstick does."""
    engine = create_engine(url or "postgresql+psycopg://")  # the floor needs no database
    if name in yardsticks.LABELS:
        yardstick = yardsticks.load(name)
        return lambda payroll: yardstick(engine, payroll)
    strategy = loading.load(name)
    if stream:
        return lambda payroll: loading.stream(strategy)(engine, payroll.id)
    return lambda payroll: strategy.get_premiums_for_payroll(engine, payroll.id)


def _folded(result: Any) -> Decimal:
    """Return the sum of the amounts, nothing else being held."""
    total = Decimal()
    for entry in result:
        for component in getattr(entry, "components", ()):  # the trap's rows have none
            total += component.amount
    return total
