"""Thin objects are what the contract's are: changed, compared, copied and pickled as these."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from harness.payroll.generator import Payroll, Profile, entries
from harness.payroll.verify import first_difference
from strategies.support import thin
from strategies.support.contract import Kind, Status
from strategies.thin_objects import get_premiums_for_payroll

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import URL, Engine

    from strategies.support.contract import PremiumEntry

PAYROLL = Payroll(300, 6)
BARE = Payroll(70, 0)
DISTINCT = Payroll(130, 3, Profile.DISTINCT)


@pytest.fixture(scope="module")
def url(written: Callable[[Iterable[PremiumEntry]], URL]) -> URL:
    return written(e for payroll in (PAYROLL, BARE, DISTINCT) for e in entries(payroll))


@pytest.fixture
def found(engine: Engine) -> Any:
    return get_premiums_for_payroll(engine, PAYROLL.id)


@pytest.fixture
def wanted() -> list[PremiumEntry]:
    return list(entries(PAYROLL))


def test_they_equal_the_contracts_objects_and_each_other(
    found: Any, wanted: list[PremiumEntry], engine: Engine
) -> None:
    other: object = "an entry"
    assert found == wanted
    assert wanted == found
    assert found == get_premiums_for_payroll(engine, PAYROLL.id)
    assert found[0] != found[1]
    assert found[0] != other
    assert found[0].components[0] == wanted[0].components[0]
    with pytest.raises(TypeError, match="unhashable"):
        hash(found[0])


def test_an_entry_without_components_has_none(engine: Engine) -> None:
    found: Any = get_premiums_for_payroll(engine, BARE.id)
    assert found == list(entries(BARE))
    assert found[0].components == []
    assert found[0].components is found[0].components


def test_it_is_shown_as_a_dataclass_is(found: Any, wanted: list[PremiumEntry]) -> None:
    shown = repr(wanted[0]).replace("Premium", "")
    assert repr(found[0]) == shown


def test_what_is_set_stays_and_nothing_else_changes(found: Any, wanted: list[PremiumEntry]) -> None:
    for one in (found[3], wanted[3]):
        one.status, one.currency, one.company_id = Status.DRAFT, "XXX", None
        one.components[2].kind, one.components[2].amount = Kind.LEVY, None
        one.currency = "YYY"
        del one.components[0]
        one.components.append(wanted[7].components[0])
    for one in (found[5], wanted[5]):
        one.components = one.components[::-1]
    assert found[3].currency == "YYY"
    assert found == wanted
    assert wanted == found


def test_no_other_attribute_can_be_set(found: Any) -> None:
    with pytest.raises(AttributeError):
        found[0].colour = "red"
    with pytest.raises(AttributeError):
        found[0].components[0].colour = "red"


def test_components_are_the_same_objects_each_time(found: Any) -> None:
    assert found[0].components is found[0].components
    assert found[0].components[5] is found[0].components[5]


def test_threads_that_look_at_once_see_the_same_list(found: Any) -> None:
    with ThreadPoolExecutor(8) as pool:
        for entry in found:
            lists = {*pool.map(lambda _, one=entry: id(one.components), range(8))}
            assert len(lists) == 1


@pytest.mark.parametrize("looked_at", [False, True])
def test_pickles_and_deep_copies_are_equal_and_independent(
    found: Any, wanted: list[PremiumEntry], looked_at: bool
) -> None:
    if looked_at:
        assert found == wanted
    found[0].currency = wanted[0].currency = "XXX"
    found[1].components[1].kind = wanted[1].components[1].kind = Kind.LEVY
    for other in (pickle.loads(pickle.dumps(found)), copy.deepcopy(found)):  # noqa: S301
        assert other == wanted
        other[0].currency = "YYY"
        other[2].components.clear()
        assert found == wanted


def test_objects_of_a_pickle_share_their_pools(found: Any) -> None:
    again = pickle.loads(pickle.dumps(found))  # noqa: S301
    assert len({id(entry._make) for entry in again}) == 1
    assert again[0].computed_at is again[1].computed_at


def test_a_copy_shares_the_list_of_components_and_no_field(found: Any) -> None:
    entry = copy.copy(found[0])
    assert entry.components is found[0].components
    entry.currency = "XXX"
    entry.components[0].amount = None
    assert (found[0].currency, found[0].components[0].amount) == ("CHF", None)
    assert copy.copy(entry.components[0]) == entry.components[0]
    assert entry != found[0]


@pytest.mark.parametrize("rows_a_value", [1, 32, 100_000])
@pytest.mark.parametrize("payroll", [PAYROLL, DISTINCT], ids=["realistic", "distinct"])
def test_values_are_right_whatever_pools_may_hold(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, payroll: Payroll, rows_a_value: int
) -> None:
    monkeypatch.setattr(thin, "ROWS_A_VALUE", rows_a_value)
    found = get_premiums_for_payroll(engine, payroll.id)
    for _ in range(2):
        assert first_difference(entries(payroll), found) is None


def test_an_entry_holds_its_bytes_alone(found: Any) -> None:
    """Nothing of an entry is made before it is looked at."""
    held = {name: type(value) for name, value in found[0]._held()}
    assert held == {"_data": bytes, "_texts": tuple, "_children": type(...)}
    assert len({id(entry._texts) for entry in found}) < len(found) / 2


def test_a_null_is_refused(
    written: Callable[[Iterable[PremiumEntry]], URL], engine_at: Callable[[URL], Engine]
) -> None:
    engine = engine_at(written(entries(BARE)))
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE premium_entry ALTER company_id DROP NOT NULL"))
        connection.execute(text("UPDATE premium_entry SET company_id = NULL"))
    with pytest.raises(ValueError, match="NULL"):
        get_premiums_for_payroll(engine, BARE.id)
