"""psycopg's loaders: of a connection, and of nobody else."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING, Any

import pytest
from psycopg.adapt import Loader

from harness.payroll import loading
from harness.payroll.generator import Payroll, Profile, entries
from harness.payroll.verify import first_difference
from sharing_engines import EDGES, Worked, columns
from strategies import full_orm
from strategies.support.shared_values import psycopg, share_values, values_shared

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
    assert objects(after, "amount") <= 1.75 * len(amounts)
    assert objects(after, "valid_to") == 1


@pytest.mark.parametrize("name", ["shared_values_orm", "shared_values_batched"])
def test_the_strategies_share_and_leave_the_connection_as_it_was(name: str, engine: Engine) -> None:
    result = loading.load(name).get_premiums_for_payroll(engine, PAYROLL.id)
    assert 20 <= objects(result, "policy_id") < 60
    afterwards = full_orm.get_premiums_for_payroll(engine, PAYROLL.id)
    assert objects(afterwards, "policy_id") == 1_800
    assert len(psycopg._POOLS) == 0


@pytest.mark.parametrize("bound", [1, 2, 7, 1024])
def test_the_values_are_right_at_the_bound_of_a_pool(engine: Engine, bound: int) -> None:
    share_values(engine, bound)
    for payroll in PAYROLLS:
        result = full_orm.get_premiums_for_payroll(engine, payroll.id)
        assert first_difference(entries(payroll), result) is None


def test_a_pool_does_not_keep_its_connection(engine: Engine) -> None:
    share_values(engine)
    with engine.connect() as connection:
        columns(connection, EDGES)
        driver = weakref.ref(connection.connection.driver_connection)
        connection.detach()
    gc.collect()
    assert driver() is None
    assert len(psycopg._POOLS) == 0


def test_a_loader_that_the_application_registered_stays(worked: Callable[..., Worked]) -> None:
    marked = type("Marked", (Loader,), {"__module__": "my.application"})

    def work(connection: Any) -> None:
        driver = connection.connection.driver_connection
        driver.adapters.register_loader("numeric", marked)
        with values_shared(connection):
            numeric = driver.adapters.types["numeric"].oid
            assert driver.adapters.get_loader(numeric, 0) is marked

    worked("psycopg").run(work)
