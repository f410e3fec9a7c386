"""The call of a strategy or a yardstick on a payroll: its parts, and what is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Pool, event

from callmeter.at_once import at_once, numbered
from callmeter.call import Call
from callmeter.meters import tracemalloc
from harness.payroll.call import make_call
from harness.payroll.generator import Payroll, alike, in_turn, warm_up_for
from harness.payroll.use import Part
from harness.payroll.verify import BrokenContractError, sums_of
from harness.postgres.writer import provide

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.postgres.connection import Database

PAYROLL = Payroll(40, 3, repetition=4)


@pytest.fixture(scope="module")
def url(database: Database) -> str:
    return provide(database, PAYROLL).render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def several(database: Database) -> str:
    """Return where calls at once find a payroll each, and those in turn all their sizes."""
    payrolls = [in_turn(one, nth) for one in alike(PAYROLL, 3) for nth in range(3)]
    url = provide(database, PAYROLL, others=payrolls[1:])
    return url.render_as_string(hide_password=False)


@pytest.fixture(autouse=True)
def _connections_are_closed() -> Iterator[None]:
    """A process that measures ends with its connections; this one goes on."""
    opened: list[Any] = []

    def note(connection: Any, _: object) -> None:
        opened.append(connection)

    event.listen(Pool, "connect", note)
    yield
    event.remove(Pool, "connect", note)
    for connection in opened:
        connection.close()


def call_of(name: str, url: str, part: Part = Part.WHOLE, **how: Any) -> Call:
    payroll = (PAYROLL.entries, PAYROLL.components, PAYROLL.profile.value)
    return make_call(name, url, *payroll, repetition=PAYROLL.repetition, part=part, **how)


def warmed(call: Call) -> Any:
    assert call.warm_up is not None
    call.warm_up()
    return call.function()


@pytest.mark.parametrize("part", [Part.WHOLE, Part.LOAD])
@pytest.mark.parametrize("name", ["full_orm", "slotted", "floor", "sum_in_sql"])
def test_what_is_loaded_is_the_payroll_read_or_not(name: str, part: Part, url: str) -> None:
    call = call_of(name, url, part)
    call.check(warmed(call))
    assert call.count(None) == PAYROLL.entries


@pytest.mark.parametrize("name", ["full_orm", "slotted"])
def test_the_sum_is_of_a_payroll_that_was_loaded_before(name: str, url: str) -> None:
    assert warmed(call_of(name, url, Part.SUM)) == sums_of(PAYROLL)


def test_the_raw_rows_are_read_to_the_last_value(url: str) -> None:
    entries, components = warmed(call_of("raw_tuples", url))
    assert len(entries) == PAYROLL.entries
    assert len(components) == PAYROLL.entries * PAYROLL.components


@pytest.mark.parametrize("part", [Part.WHOLE, Part.LOAD])
@pytest.mark.parametrize("name", ["yield_per", "unstreamed_core"])
def test_a_stream_is_folded_and_nothing_of_it_left(name: str, part: Part, url: str) -> None:
    assert not warmed(call_of(name, url, part, stream=True, fold=True))


def test_another_payrolls_sum_is_found_out(url: str) -> None:
    call = call_of("sum_in_sql", url)
    with pytest.raises(BrokenContractError, match=r"sum by kind: .*: expected "):
        call.check(sums_of(warm_up_for(PAYROLL)))


def test_the_floor_is_what_plain_objects_hold_and_not_the_pools_they_are_drawn_from() -> None:
    call = make_call("floor", "", 500, 6, "realistic", repetition=50)
    assert call.warm_up is not None
    call.warm_up()
    needed = tracemalloc.measure(call.function)
    assert needed["traced_peak"] < needed["traced_retained"] * 1.01


@pytest.mark.parametrize("name", ["full_orm", "packed_structs", "floor"])
def test_calls_at_once_read_a_payroll_each(name: str, several: str) -> None:
    call = at_once(call_of(name, several, at_once=3), 3)
    results = warmed(call)
    call.check(results)
    assert len({result[0].payroll_id for result in results}) == 3
    assert call.count(results) == 3 * PAYROLL.entries
    with pytest.raises(BrokenContractError):
        call.check(results[::-1])


def test_calls_in_turn_read_payrolls_of_several_sizes(several: str) -> None:
    call = call_of("slotted", several, in_turn=True)
    sizes = []
    for number in range(4):
        with numbered(number):
            sizes.append(len(call.function()))
    assert sizes == [40, 4, 13, 40]
