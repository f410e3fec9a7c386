"""The lazy sequence behaves as a list of the same entries would, read-only."""

from __future__ import annotations

import pickle
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from harness.payroll.generator import Payroll, Profile, entries
from strategies.arrow_columns import PremiumColumns, get_premiums_for_payroll
from strategies.support.contract import Kind, PremiumEntry, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import URL, Engine

Both = tuple[PremiumColumns, list[PremiumEntry]]

PAYROLLS = [Payroll(3_000, 2), Payroll(200, 6, Profile.DISTINCT), Payroll(1, 6)]
CUTS = [slice(3), slice(-3, None), slice(None, None, -1), slice(5, 100, 7), slice(9, 2), slice(0)]


@pytest.fixture(scope="module")
def url(written: Callable[[Iterable[PremiumEntry]], URL]) -> URL:
    return written(entry for payroll in PAYROLLS for entry in entries(payroll))


@pytest.fixture(params=PAYROLLS, ids=lambda payroll: f"{payroll.entries}-{payroll.profile}")
def both(request: pytest.FixtureRequest, engine: Engine) -> Both:
    lazy = get_premiums_for_payroll(engine, request.param.id)
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


def test_it_pickles(both: Both) -> None:
    lazy, eager = both
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
    sums: defaultdict[Kind, Decimal] = defaultdict(Decimal)
    for entry in eager:
        for component in entry.components:
            sums[component.kind] += component.amount
    assert lazy.sum_by_kind() == sums
    contract = eager[0].contract_id
    of_contract = [entry for entry in eager if entry.contract_id == contract]
    assert lazy.where(contract_id=contract) == of_contract
    drafts = [entry for entry in of_contract if entry.status is Status.DRAFT]
    assert lazy.where(status=Status.DRAFT, contract_id=contract) == drafts
