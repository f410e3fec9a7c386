"""A Postgres is used in schemas of our own, and left as it was, whatever ends the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import URL, text

from harness.base.errors import DatabaseError
from harness.payroll.generator import Payroll
from harness.postgres.connection import connected
from harness.postgres.session import open_database, schemas
from harness.postgres.writer import provide
from support import as_dsn

if TYPE_CHECKING:
    from harness.postgres.connection import Database

UNREACHABLE = "postgresql://nobody:secret@127.0.0.1:1/x"
TABLES = "SELECT count(*) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname "


def value(url: URL, query: str) -> object:
    with connected(url) as connection:
        return connection.scalar(text(query))


def test_a_foreign_database_is_left_as_it_was_after_an_interrupt(foreign: URL) -> None:
    tables = f"{TABLES} NOT LIKE 'pg\\_%'"
    before = value(foreign, tables)

    def interrupted() -> None:
        with open_database(as_dsn(foreign)) as database:
            assert value(provide(database, Payroll(3, 1)), tables) != before
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert value(foreign, tables) == before
    assert value(foreign, "SELECT theirs FROM premium_entry") == "precious"


def test_what_a_run_wrote_to_its_server_is_not_dropped(database: Database) -> None:
    """Even by a run that names the embedded server as its --dsn."""
    url = provide(database, Payroll(3, 1))
    with open_database(as_dsn(database.url)):
        assert value(url, "SELECT count(*) > 3 FROM premium_entry")


def test_a_payroll_is_written_once(database: Database) -> None:
    urls = [provide(database, Payroll(3, 1)) for _ in range(2)]
    written = {value(url, "SELECT min(xmin::text) FROM premium_entry") for url in urls}
    assert len(written) == len(set(urls)) == 1


def test_an_interrupted_write_leaves_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("harness.postgres.writer._component_values", fail)
    with pytest.raises(KeyboardInterrupt):
        provide(database, Payroll(4, 2, seed=999))
    with connected(database.url) as connection:
        assert schemas(connection, f"{database.schema_prefix}_4x2_realistic_999") == []


@pytest.mark.parametrize("dsn", [UNREACHABLE, "postgresql:/nobody:secret@x", "nobody:secret@x"])
def test_an_error_is_one_line_without_the_password(dsn: str) -> None:
    with pytest.raises(DatabaseError) as caught, open_database(dsn):
        pass
    assert len(str(caught.value).splitlines()) == 1
    chain: BaseException | None = caught.value
    while chain is not None:
        assert "secret" not in str(chain)
        chain = chain.__context__
