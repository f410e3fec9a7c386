"""The call of a strategy or a yardstick on a payroll, made in the process that measures it.

What is imported here is imported wherever a strategy is measured, also in another environment:
the standard library, SQLAlchemy and psycopg only.
"""

from __future__ import annotations

from collections import deque
from os import sep
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import make_url

import strategies
from callmeter import places
from callmeter.at_once import call_number
from callmeter.call import Call, Loop
from callmeter.errors import NotAvailableError
from harness.payroll import generator, loading, use, yardsticks
from harness.payroll.drivers import SYNC, make_engine
from harness.payroll.generator import Payroll, Profile, warm_up_for
from harness.payroll.reading import Reader
from harness.payroll.use import Part
from harness.payroll.verify import BrokenContractError, breach_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Function = Callable[[], object]

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
    repetition: int = 1,
    at_once: int = 1,
    in_turn: bool = False,
    driver: str = "",
    stream: bool = False,
    fold: bool = False,
    part: str = Part.WHOLE,
) -> Call:
    """Return the call that reads such a payroll, warmed up on a small one of another seed.

    It is read by `driver`, or by the one that the strategy is written for. With `stream`, the
    entries are read one by one; with `fold`, they are let go. `part` is what is measured;
    the whole alone reads every field of every entry. Of calls `at_once`, each has a payroll like
    it; of calls that follow each other, `in_turn`, payrolls of several sizes.
    """
    payroll = Payroll(entries, components, Profile(profile), repetition=repetition)
    payrolls = generator.alike(payroll, at_once)
    of_result, of_item = (
        (yardsticks.reader_of_result(name), yardsticks.reader_of_item(name))
        if part == Part.WHOLE
        else (use.ignore, use.ignore)
    )
    try:
        load, loop = _reader(name, url, driver, stream=stream, see=of_item if fold else None)
    except loading.MissingPackageError as error:  # here, of all interpreters
        raise NotAvailableError(str(error)) from error
    _prepare(name, payrolls, in_turn=in_turn)

    def present() -> Payroll:
        nth, of_call = divmod(call_number(), at_once)
        one = payrolls[of_call]
        return generator.in_turn(one, nth) if in_turn else one

    def read(payroll: Payroll) -> Any:
        result = load(payroll)
        if not stream:
            of_result(result)
        return result

    def check(result: Any) -> None:
        if breach := breach_of(name, present(), result, stream=stream):
            raise BrokenContractError(breach)

    function, warm_up = (
        _sum(load, payroll)
        if part == Part.SUM
        else (lambda: read(present()), lambda: read(warm_up_for(payroll)))
    )
    return Call(function, warm_up, check, count=lambda _: entries, own=OWN, loop=loop)


def _prepare(name: str, payrolls: Iterable[Payroll], *, in_turn: bool) -> None:
    sizes = range(len(generator.SIZES_IN_TURN) if in_turn else 1)
    for payroll in payrolls:
        for nth in sizes:
            yardsticks.prepare(name, generator.in_turn(payroll, nth))


def _sum(load: Callable[[Payroll], Any], payroll: Payroll) -> tuple[Function, Function]:
    """Return the sum by kind, and a warm-up that loads the payroll it is of."""
    loaded: list[Any] = []

    def warm_up() -> None:
        use.sum_by_kind(load(warm_up_for(payroll)))
        loaded.append(load(payroll))

    return lambda: use.sum_by_kind(loaded[-1]), warm_up


def _reader(
    name: str, url: str, driver: str, *, stream: bool, see: Callable[[Any], None] | None
) -> tuple[Callable[[Payroll], Any], Loop | None]:
    """Return the function that loads a payroll as the strategy or yardstick does, and its loop.

    With `see`, that is called with each item of the stream, which is then let go.
    """
    if name in yardsticks.YARDSTICKS:
        database = make_url(url or "postgresql://")  # the floor needs no database
        yardstick = yardsticks.load(name)
        engine = make_engine(database, driver if driver in SYNC else SYNC[0], is_async=False)
        if see:
            return lambda payroll: deque(map(see, yardstick(engine, payroll)), 0), None
        return lambda payroll: yardstick(engine, payroll), None
    with loading.importing(name):
        reader = Reader(loading.load(name), make_url(url), driver)
    if see:
        return lambda payroll: reader.visit(payroll.id, see), reader.loop
    read = reader.stream if stream else reader.read
    return lambda payroll: read(payroll.id), reader.loop
