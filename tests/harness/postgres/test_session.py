"""A Postgres is used in schemas of our own, and left as it was, whatever ends the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.payroll.generator import Payroll
from harness.postgres.connection import connected
from harness.postgres.session import open_database, schemas
from harness.postgres.writer import provide
from run_server import answer
from support import as_dsn

if TYPE_CHECKING:
    from sqlalchemy import URL

    from harness.postgres.connection import Database

TABLES = "SELECT count(*) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname "


def test_a_foreign_database_is_left_as_it_was_after_an_interrupt(foreign: URL) -> None:
    tables = f"{TABLES} NOT LIKE 'pg\\_%'"
    before = answer(foreign, tables)

    def interrupted() -> None:
        with open_database(as_dsn(foreign)) as database:
            assert answer(provide(database, Payroll(3, 1)), tables) != before
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert answer(foreign, tables) == before
    assert answer(foreign, "SELECT theirs FROM premium_entry") == "precious"


def test_an_interrupted_write_leaves_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("harness.postgres.writer._component_values", fail)
    with pytest.raises(KeyboardInterrupt):
        provide(database, Payroll(4, 2, seed=999))
    with connected(database.url) as connection:
        assert schemas(connection, f"{database.schema_prefix}_4x2_") == []
