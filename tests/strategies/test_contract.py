"""The contract suite: what every discovered strategy must pass, on the real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import event, text

from harness.payroll.generator import Payroll, Profile, entries, shuffled_indices
from harness.payroll.verify import first_difference
from reads import ADD_COMPONENTS, UNKNOWN, on_connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import URL, Engine

    from harness.payroll.loading import Strategy
    from harness.payroll.reading import Reader
    from strategies.support.contract import PremiumEntry

# Around every batch that a strategy uses: 100 entries, 200 rows, selectinload's 500 parents.
SIZES = [
    *(
        Payroll(count, components)
        for count in (1, 2, 99, 100, 101, 200, 201, 501)
        for components in (0, 1, 6)
    ),
    *(Payroll(count, 6, Profile.DISTINCT) for count in (1, 200, 501)),
]


@cache
def generated(payroll: Payroll) -> list[PremiumEntry]:
    return list(entries(payroll))


def hand_made() -> list[PremiumEntry]:
    """Return a payroll with what a generated one does not have."""
    premiums = list(entries(Payroll(8, 3, seed=7)))
    for bare in (premiums[0], premiums[4], premiums[7]):
        bare.components = []
    premiums[1].components = [  # more components than any batch has rows
        replace(component, id=UUID(int=n))
        for n, component in enumerate(premiums[1].components * 150)
    ]
    amounts = ("0.00", "-0.01", "1.10", "100.00", "9999999999.99", "-9999999999.99")
    premiums[2].components = [
        replace(premiums[2].components[0], id=UUID(int=1000 + n), amount=Decimal(amount))
        for n, amount in enumerate(amounts)
    ]
    premiums[3].components[0].tax_rate = Decimal("0.0000")
    premiums[3].components[1].tax_rate = Decimal("-99.9990")
    premiums[3].components[0].valid_to = date(9999, 12, 31)
    premiums[3].components[0].valid_from = date(1, 1, 1)
    premiums[5].computed_at = datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
    premiums[6].computed_at = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # a clock change
    return premiums


@pytest.fixture(scope="module")
def url(written: Callable[[Iterable[PremiumEntry]], URL]) -> URL:
    shuffled = (entries(payroll, shuffled_indices(payroll)) for payroll in SIZES)
    return written(chain(chain.from_iterable(shuffled), reversed(hand_made())))


def test_the_data_is_the_same_at_every_size(reader: Reader) -> None:
    for payroll in SIZES:
        result = reader.read(payroll.id)
        assert first_difference(generated(payroll), result) is None, payroll
        assert len(result) == payroll.entries


def test_the_data_is_the_same_at_the_edges(reader: Reader) -> None:
    premiums = hand_made()
    assert first_difference(premiums, reader.read(premiums[0].payroll_id)) is None


def test_an_unknown_payroll_is_empty(reader: Reader) -> None:
    result = reader.read(UNKNOWN)
    assert len(result) == 0
    assert list(result) == []


def test_no_connection_is_needed_afterwards(reader: Reader) -> None:
    payroll = Payroll(101, 6)
    result = reader.read(payroll.id)
    assert reader.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    reader.dispose()
    assert first_difference(entries(payroll), result) is None


def test_the_callers_engine_stays_as_it_was(reader: Reader) -> None:
    reader.read(Payroll(1, 6).id)
    for name, setting in (("isolation", "read committed"), ("read_only", "off")):
        statement = text(f"SHOW transaction_{name}")
        assert on_connection(reader, lambda found, show=statement: found.scalar(show)) == setting


def test_a_read_sees_one_state_of_the_database(
    strategy: Strategy,
    written: Callable[[Iterable[PremiumEntry]], URL],
    engine_at: Callable[[URL], Engine],
    reader_at: Callable[..., Reader],
) -> None:
    """Between its statements another session adds components; the read must not mix the two."""
    payroll = Payroll(3, 2)
    url = written(entries(payroll))
    reader, other = reader_at(strategy, url), engine_at(url)
    statements = []

    @event.listens_for(reader.engine, "after_cursor_execute")
    def add_components(*_: object) -> None:
        statements.append(1)
        with other.begin() as connection:
            connection.execute(ADD_COMPONENTS, {"n": len(statements)})

    assert first_difference(entries(payroll), reader.read(payroll.id)) is None


def test_order_comes_from_the_strategy_not_from_the_table(engine: Engine) -> None:
    """The suite would not notice a missing ORDER BY if rows were stored in order."""
    query = text("SELECT id FROM premium_entry WHERE payroll_id = :id")
    with engine.connect() as connection:
        ids = list(connection.scalars(query, {"id": Payroll(501, 6).id}))
    assert ids != sorted(ids)


@pytest.mark.parametrize("currency", ["CH€", "chf", "CH"])
def test_a_currency_that_is_not_iso_4217_is_refused_at_the_source(
    engine: Engine, currency: str
) -> None:
    with pytest.raises(Exception, match="currency_is_iso_4217"), engine.begin() as connection:
        connection.execute(text("UPDATE premium_entry SET currency = :c"), {"c": currency})
