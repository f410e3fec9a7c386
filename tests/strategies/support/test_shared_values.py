"""Values are shared, the same as before, within bounds, and with nobody else."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import pytest
from psycopg.adapt import Loader
from sqlalchemy import create_engine, text

from harness.payroll import loading
from harness.payroll.generator import Payroll, Profile, entries
from harness.payroll.verify import first_difference
from strategies import full_orm
from strategies.support import shared_values
from strategies.support.shared_values import EVIDENCE, share_values, values_shared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import URL, Engine

    from strategies.support.contract import PremiumEntry

PAYROLLS = [Payroll(300, 6), Payroll(300, 6, Profile.DISTINCT)]
PAYROLL = PAYROLLS[0]


@pytest.fixture(scope="module")
def url(written: Callable[[Iterable[PremiumEntry]], URL]) -> URL:
    return written(entry for payroll in PAYROLLS for entry in entries(payroll))


def objects(premiums: Iterable[Any], name: str) -> int:
    """Return how many objects there are in that field of all components."""
    return len({id(getattr(part, name)) for entry in premiums for part in entry.components})


def test_one_line_shares_the_values_of_an_engine(engine: Engine) -> None:
    before = full_orm.get_premiums_for_payroll(engine, PAYROLL.id)
    share_values(engine)
    after = full_orm.get_premiums_for_payroll(engine, PAYROLL.id)
    assert before == after
    assert objects(before, "amount") == 1_800
    amounts = {part.amount for entry in before for part in entry.components}
    assert objects(after, "amount") == len(amounts)
    assert objects(after, "tariff_id") == 60
    assert objects(after, "valid_from") == 4


@pytest.mark.parametrize("name", ["shared_values_orm", "shared_values_batched"])
def test_the_strategies_share_and_leave_the_connection_as_it_was(name: str, engine: Engine) -> None:
    result = loading.load(name).get_premiums_for_payroll(engine, PAYROLL.id)
    # 20 values; with psycopg 3.1 a pool lets go of a few, and they are made again
    assert 20 <= objects(result, "policy_id") < 30
    afterwards = full_orm.get_premiums_for_payroll(engine, PAYROLL.id)
    assert objects(afterwards, "policy_id") == 1_800
    assert len(shared_values._POOLS) == 0


@pytest.mark.parametrize("bound", [1, 2, 7, 1024])
def test_the_values_are_right_at_the_bound_of_a_pool(engine: Engine, bound: int) -> None:
    share_values(engine, bound)
    for payroll in PAYROLLS:
        result = full_orm.get_premiums_for_payroll(engine, payroll.id)
        assert first_difference(entries(payroll), result) is None


@pytest.mark.parametrize(("different", "shares"), [(100, True), (EVIDENCE, False)])
def test_a_pool_gives_up_where_nothing_repeats(different: int, shares: bool) -> None:
    pool = shared_values._Pool(lambda raw: [bytes(raw)], bound=1024)
    values = [pool[memoryview(b"%d" % (n % different))] for n in range(EVIDENCE)]
    assert values == [[b"%d" % (n % different)] for n in range(EVIDENCE)]
    assert (pool[memoryview(b"0")] is pool[memoryview(b"0")]) == shares
    assert pool[memoryview(b"0")] == [b"0"]


def test_connections_share_with_nobody_and_a_pool_ends_with_its_use(engine: Engine) -> None:
    share_values(engine)
    query = text("SELECT '56b0df0f-71bc-4f25-8123-c42348036864'::uuid")
    with engine.connect() as connection, engine.connect() as other:
        first, of_other, again = (used.scalar(query) for used in (connection, other, connection))
        assert len(shared_values._POOLS) == 2
        other.invalidate()
    assert first == of_other
    assert first is again
    assert first is not of_other
    assert len(shared_values._POOLS) == 0
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert len(full_orm.get_premiums_for_payroll(engine, PAYROLL.id)) == PAYROLL.entries


def test_a_change_of_time_zone_is_seen(engine: Engine) -> None:
    share_values(engine)
    query = text("SELECT timestamptz '2026-04-24 06:30:15Z'")
    with engine.connect() as connection:
        in_utc = connection.scalar(query)
        connection.execute(text("SET TIME ZONE 'Asia/Tokyo'"))
        in_tokyo = connection.scalar(query)
    assert in_utc == in_tokyo
    assert in_utc.utcoffset() == UTC.utcoffset(None)
    assert in_tokyo.utcoffset() != in_utc.utcoffset()


def test_a_loader_that_the_application_registered_stays(engine: Engine) -> None:
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        marked = type("Marked", (Loader,), {"__module__": "my.application"})
        driver.adapters.register_loader("numeric", marked)
        with values_shared(driver):
            numeric = driver.adapters.types["numeric"].oid
            assert driver.adapters.get_loader(numeric, 0) is marked


def test_another_driver_is_refused() -> None:
    with pytest.raises(ValueError, match="not in pysqlite"):
        share_values(create_engine("sqlite://"))
