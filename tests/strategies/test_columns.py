"""Both lazy sequences behave as a list of the same entries would, read-only."""

from __future__ import annotations

import pickle
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from harness.payroll import catalog, loading
from harness.payroll.generator import Payroll, Profile, entries
from strategies.support.columns import PremiumColumns
from strategies.support.contract import Kind, PremiumEntry, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import URL, Engine

Both = tuple[PremiumColumns, list[PremiumEntry]]

PAYROLLS = [
    Payroll(3_000, 2),
    Payroll(200, 6, Profile.DISTINCT),
    Payroll(1_100, 1, repetition=5),
    Payroll(40, 0),
    Payroll(1, 6),
]
CUTS = [slice(3), slice(-3, None), slice(None, None, -1), slice(5, 100, 7), slice(9, 2), slice(0)]


@pytest.fixture(scope="module")
def url(written: Callable[[Iterable[PremiumEntry]], URL]) -> URL:
    return written(entry for payroll in PAYROLLS for entry in entries(payroll))


@pytest.fixture(params=["packed_columns", "arrow_columns"])
def strategy(request: pytest.FixtureRequest) -> loading.Strategy:
    if catalog.missing_extra(request.param):
        pytest.skip("the packages of an extra are not installed")
    return loading.load(request.param)


@pytest.fixture(params=PAYROLLS, ids=lambda one: f"{one.entries}x{one.components}-{one.profile}")
def both(request: pytest.FixtureRequest, strategy: loading.Strategy, engine: Engine) -> Both:
    lazy = strategy.get_premiums_for_payroll(engine, request.param.id)
    assert isinstance(lazy, PremiumColumns)
    return lazy, list(entries(request.param))


def test_it_equals_the_list_and_contains_its_entries(both: Both) -> None:
    lazy, eager = both
    other: object = "an entry"
    assert lazy == eager
    assert eager == lazy
    assert list(lazy) == eager
    assert list(reversed(lazy)) == eager[::-1]
    assert lazy != eager[:-1]
    assert lazy != other
    assert eager[-1] in lazy
    assert other not in lazy
    assert lazy.index(eager[-1]) == len(eager) - 1
    assert lazy.count(eager[0]) == 1


def test_it_is_indexed_and_sliced_as_the_list(both: Both) -> None:
    lazy, eager = both
    for index in (0, -1, *((17, -17) if len(eager) > 17 else ())):
        assert lazy[index] == eager[index]
    for beyond in (len(eager), -len(eager) - 1):
        with pytest.raises(IndexError):
            lazy[beyond]
    assert lazy[:] == eager
    for cut in CUTS:
        assert list(lazy[cut]) == eager[cut]
        assert list(lazy[cut][::-1]) == eager[cut][::-1]


def test_it_may_be_iterated_over_twice_at_once(both: Both) -> None:
    lazy, eager = both
    ahead = iter(lazy)
    next(ahead)
    assert list(zip(ahead, lazy, strict=False)) == list(zip(eager[1:], eager, strict=False))


def test_it_pickles(both: Both) -> None:
    lazy, eager = both
    list(lazy)
    assert pickle.loads(pickle.dumps(lazy)) == eager  # noqa: S301
    assert pickle.loads(pickle.dumps(lazy[1:5])) == eager[1:5]  # noqa: S301


def test_it_is_read_only_and_its_errors_name_that(both: Both) -> None:
    lazy: Any = both[0]
    with pytest.raises(TypeError, match="read-only"):
        lazy[0] = None
    with pytest.raises(TypeError, match="read-only"):
        del lazy[0]
    with pytest.raises(TypeError, match="unhashable"):
        hash(lazy)
    assert "read-only" in repr(lazy)
    assert len(repr(lazy)) < 10_000


def test_sums_and_filters_without_entries(both: Both) -> None:
    lazy, eager = both
    assert lazy.sum_by_kind() == sums(eager)
    assert lazy[::3].sum_by_kind() == sums(eager[::3])
    contract = eager[0].contract_id
    of_contract = [entry for entry in eager if entry.contract_id == contract]
    assert lazy.where(contract_id=contract) == of_contract
    drafts = [entry for entry in of_contract if entry.status is Status.DRAFT]
    assert lazy.where(status=Status.DRAFT, contract_id=contract) == drafts
    assert lazy.where(contract_id=contract).sum_by_kind() == sums(of_contract)
    with pytest.raises(KeyError, match="colour"):
        lazy.where(colour="red")


def sums(premiums: list[PremiumEntry]) -> dict[Kind, Decimal]:
    found: defaultdict[Kind, Decimal] = defaultdict(Decimal)
    for entry in premiums:
        for component in entry.components:
            found[component.kind] += component.amount
    return found


def test_what_was_decoded_goes_when_an_iteration_ends(both: Both) -> None:
    lazy, _ = both
    before = len(pickle.dumps(lazy))
    columns = [*lazy._entries._columns.values(), *lazy._components._columns.values()]
    list(lazy)
    assert all(column._open is None and column._values is None for column in columns)
    assert len(pickle.dumps(lazy)) == before


def test_equal_values_that_few_repeat_are_one_object_while_it_is_iterated_over(
    strategy: loading.Strategy, engine: Engine
) -> None:
    found = list(strategy.get_premiums_for_payroll(engine, PAYROLLS[0].id))
    contracts = {entry.contract_id for entry in found}
    assert len({id(entry.contract_id) for entry in found[1024:]}) == len(contracts)


def test_a_null_is_refused(
    strategy: loading.Strategy,
    written: Callable[[Iterable[PremiumEntry]], URL],
    engine_at: Callable[[URL], Engine],
) -> None:
    payroll = Payroll(20, 2)
    engine = engine_at(written(entries(payroll)))
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE premium_component ALTER tax_rate DROP NOT NULL"))
        connection.execute(text("UPDATE premium_component SET tax_rate = NULL WHERE position = 1"))
    with pytest.raises(ValueError, match="NULL"):
        strategy.get_premiums_for_payroll(engine, payroll.id)
