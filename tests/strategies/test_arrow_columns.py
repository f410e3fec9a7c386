"""The lazy sequence behaves as a list of the same entries would, read-only."""

from __future__ import annotations

import pickle
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from harness.payroll.generator import Payroll, Profile, entries
from strategies.arrow_columns import PremiumColumns, get_premiums_for_payroll
from strategies.contract import Kind, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import URL, Engine

    from strategies.contract import PremiumEntry

PAYROLLS = [Payroll(3_000, 2), Payroll(200, 6, Profile.DISTINCT), Payroll(1, 6)]


@pytest.fixture(scope="module")
def url(written: Callable[[Iterable[PremiumEntry]], URL]) -> URL:
    return written(entry for payroll in PAYROLLS for entry in entries(payroll))


@pytest.fixture(params=PAYROLLS, ids=lambda payroll: f"{payroll.entries}-{payroll.profile}")
def both(
    request: pytest.FixtureRequest, url: URL, engine_at: Callable[..., Engine]
) -> tuple[PremiumColumns, list[PremiumEntry]]:
    lazy = get_premiums_for_payroll(engine_at(url), request.param.id)
    assert isinstance(lazy, PremiumColumns)
    return lazy, list(entries(request.param))


def test_it_equals_the_list(both: tuple[PremiumColumns, list[PremiumEntry]]) -> None:
    lazy, eager = both
    assert lazy == eager
    assert eager == lazy
    assert list(lazy) == eager
    assert lazy[:] == eager
    assert lazy != eager[:-1]
    assert lazy != "entries"


@pytest.mark.parametrize("index", [0, -1, 17, -17])
def test_it_is_indexed_as_the_list(
    both: tuple[PremiumColumns, list[PremiumEntry]], index: int
) -> None:
    lazy, eager = both
    if abs(index) < len(eager):
        assert lazy[index] == eager[index]
    for beyond in (len(eager), -len(eager) - 1):
        with pytest.raises(IndexError):
            lazy[beyond]


@pytest.mark.parametrize(
    "cut",
    [slice(3), slice(-3, None), slice(None, None, -1), slice(5, 100, 7), slice(9, 2), slice(0, 0)],
    ids=str,
)
def test_it_is_sliced_as_the_list(
    both: tuple[PremiumColumns, list[PremiumEntry]], cut: slice
) -> None:
    lazy, eager = both
    assert list(lazy[cut]) == eager[cut]
    assert list(lazy[cut][::-1]) == eager[cut][::-1]


def test_it_contains_its_entries(both: tuple[PremiumColumns, list[PremiumEntry]]) -> None:
    lazy, eager = both
    assert eager[-1] in lazy
    assert "an entry" not in lazy
    assert lazy.index(eager[-1]) == len(eager) - 1
    assert lazy.count(eager[0]) == 1
    assert list(reversed(lazy)) == eager[::-1]


def test_it_pickles(both: tuple[PremiumColumns, list[PremiumEntry]]) -> None:
    lazy, eager = both
    assert pickle.loads(pickle.dumps(lazy)) == eager  # noqa: S301
    assert pickle.loads(pickle.dumps(lazy[1:5])) == eager[1:5]  # noqa: S301


def test_it_is_read_only_and_says_so(both: tuple[PremiumColumns, list[PremiumEntry]]) -> None:
    lazy: Any = both[0]
    with pytest.raises(TypeError, match="read-only"):
        lazy[0] = None
    with pytest.raises(TypeError, match="read-only"):
        del lazy[0]
    with pytest.raises(TypeError, match="unhashable"):
        hash(lazy)
    assert "read-only" in repr(lazy)
    assert len(repr(lazy)) < 10_000


def test_sums_without_entries(both: tuple[PremiumColumns, list[PremiumEntry]]) -> None:
    lazy, eager = both
    sums: defaultdict[Kind, Decimal] = defaultdict(Decimal)
    for entry in eager:
        for component in entry.components:
            sums[component.kind] += component.amount
    assert lazy.sum_by_kind() == sums


def test_filters_without_entries(both: tuple[PremiumColumns, list[PremiumEntry]]) -> None:
    lazy, eager = both
    contract = eager[0].contract_id
    assert lazy.where(contract_id=contract) == [e for e in eager if e.contract_id == contract]
    drafts = lazy.where(status=Status.DRAFT, contract_id=contract)
    assert drafts == [e for e in eager if e.contract_id == contract and e.status is Status.DRAFT]
