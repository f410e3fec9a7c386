"""ADBC's connections: used again, and of one state; what becomes of a NULL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from harness.payroll.generator import Payroll, entries
from harness.payroll.verify import first_difference
from strategies import adbc
from strategies.arrow_columns import get_premiums_for_payroll

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import URL, Engine

    from strategies.contract import PremiumEntry

PAYROLL = Payroll(50, 2)
NAME = "test_adbc"


@pytest.fixture(scope="module")
def url(written: Callable[[Iterable[PremiumEntry]], URL]) -> URL:
    return written(entries(PAYROLL)).update_query_dict({"application_name": NAME})


@pytest.fixture
def changed(
    written: Callable[[Iterable[PremiumEntry]], URL], engine_at: Callable[[URL], Engine]
) -> Engine:
    """An engine of a schema that the test may change."""
    return engine_at(written(entries(PAYROLL)))


def read(engine: Engine) -> str | None:
    return first_difference(entries(PAYROLL), get_premiums_for_payroll(engine, PAYROLL.id))


def sessions(engine: Engine) -> list[Any]:
    """Return the server's processes for all but SQLAlchemy's own connection."""
    with engine.connect() as connection:
        query = (
            "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            f"AND application_name = '{NAME}' ORDER BY pid"
        )
        return list(connection.scalars(text(query)))


def test_a_read_uses_its_two_connections_again(engine: Engine) -> None:
    assert read(engine) is None
    first = sessions(engine)
    assert len(first) == 2
    assert read(engine) is None
    assert sessions(engine) == first
    engine.dispose()
    assert sessions(engine) == []


def test_both_queries_see_one_state(changed: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The contract suite writes between an engine's statements; these are not an engine's."""
    batches, deleted = adbc._batches, []

    def delete_a_component_first(connection: Any, statement: str) -> Any:
        if "premium_component" in statement:
            with changed.begin() as other:
                found = other.execute(text("DELETE FROM premium_component WHERE position = 1"))
                deleted.append(found.rowcount)
        return batches(connection, statement)

    monkeypatch.setattr(adbc, "_batches", delete_a_component_first)
    assert read(changed) is None
    assert deleted == [PAYROLL.entries]


def test_a_null_is_refused(changed: Engine) -> None:
    with changed.begin() as connection:
        connection.execute(text("ALTER TABLE premium_component ALTER amount DROP NOT NULL"))
        connection.execute(text("UPDATE premium_component SET amount = NULL WHERE position = 1"))
    with pytest.raises(ValueError, match="NULL"):
        read(changed)
