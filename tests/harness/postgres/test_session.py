"""A foreign Postgres is used in schemas of our own, and left as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from harness.base.errors import DatabaseError
from harness.payroll.generator import Payroll
from harness.postgres import run_lock
from harness.postgres.connection import connected
from harness.postgres.dsn import in_schema
from harness.postgres.session import DROPPED, MARK, open_database, schemas
from harness.postgres.writer import provide
from support import as_dsn

if TYPE_CHECKING:
    from sqlalchemy import URL

    from harness.postgres.connection import Database

UNREACHABLE = "postgresql://nobody:secret@127.0.0.1:1/x"


def state_of(url: URL) -> list[tuple[str, str]]:
    with connected(url) as connection:
        found = connection.execute(
            text(
                "SELECT nspname, relname FROM pg_class c JOIN pg_namespace n "
                "ON n.oid = relnamespace WHERE nspname NOT IN ('pg_catalog', 'information_schema')"
                " AND nspname NOT LIKE 'pg_toast%' ORDER BY 1, 2"
            )
        )
        return [(schema, table) for schema, table in found]


def test_a_foreign_database_is_left_as_it_was(foreign: URL) -> None:
    before = state_of(foreign)
    with open_database(as_dsn(foreign)) as database:
        url = provide(database, Payroll(3, 1))
        assert len(state_of(foreign)) > len(before)
        with connected(url) as connection:
            assert connection.scalar(text("SELECT count(*) FROM premium_entry")) > 3
    assert state_of(foreign) == before == [("public", "premium_entry")]
    with connected(foreign) as connection:
        assert connection.scalar(text("SELECT theirs FROM premium_entry")) == "precious"


def test_it_is_left_as_it_was_after_an_interrupt(foreign: URL) -> None:
    before = state_of(foreign)

    def interrupted() -> None:
        with open_database(as_dsn(foreign)) as database:
            provide(database, Payroll(3, 1))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert state_of(foreign) == before


def test_the_next_run_drops_what_a_killed_one_left(
    foreign: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_lock, "SECONDS_UNHEARD_OF", 0.0)
    before = state_of(foreign)
    abandoned, not_ours = f"{DROPPED}_deadbeef_3x1_realistic_0", f"{DROPPED}_deadbeef_unmarked"
    with connected(foreign) as connection:
        connection.execute(text(f"CREATE SCHEMA {abandoned} CREATE TABLE t (n int)"))
        connection.execute(text(f"COMMENT ON SCHEMA {abandoned} IS '{MARK}'"))
        connection.execute(text(f"CREATE SCHEMA {not_ours} CREATE TABLE t (n int)"))
    with open_database(as_dsn(foreign)):
        pass
    assert state_of(foreign) == sorted([*before, (not_ours, "t")])


def test_what_a_run_wrote_to_its_own_server_is_not_dropped(database: Database) -> None:
    """Even by a run that names the embedded server as its --dsn."""
    url = provide(database, Payroll(3, 1))
    with open_database(as_dsn(database.url)), connected(url) as connection:
        assert connection.scalar(text("SELECT count(*) FROM premium_entry")) > 3


def test_it_does_not_drop_what_a_living_run_uses(foreign: URL) -> None:
    with open_database(as_dsn(foreign)) as first:
        url = provide(first, Payroll(3, 1))
        with open_database(as_dsn(foreign)) as second:
            assert second.schema_prefix != first.schema_prefix
        with connected(url) as connection:
            assert connection.scalar(text("SELECT count(*) FROM premium_entry")) > 3


def test_a_payroll_is_written_once(database: Database) -> None:
    url = provide(database, Payroll(3, 1))
    with connected(url) as connection:
        written = connection.scalar(text("SELECT xmin::text FROM premium_entry LIMIT 1"))
    assert provide(database, Payroll(3, 1)) == url
    with connected(url) as connection:
        again = connection.scalar(text("SELECT xmin::text FROM premium_entry LIMIT 1"))
    assert written == again


def test_an_interrupted_write_leaves_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("harness.postgres.writer._component_values", fail)
    payroll = Payroll(4, 2, seed=999)
    with pytest.raises(KeyboardInterrupt):
        provide(database, payroll)
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


def test_the_wrong_password_is_not_told(database: Database) -> None:
    url = database.url.set(username="nobody", password="s3cret")
    with pytest.raises(DatabaseError, match="Postgres at ") as caught, open_database(as_dsn(url)):
        pass
    assert "s3cret" not in str(caught.value)


def test_the_schema_is_all_that_a_url_sees(database: Database) -> None:
    with connected(in_schema(database.url, "nothing_here")) as connection:  # noqa: SIM117
        with pytest.raises(ProgrammingError, match="does not exist"):
            connection.execute(text("SELECT 1 FROM premium_entry"))


def test_an_interrupt_stays_one_though_what_it_ended_fails_too(database: Database) -> None:
    def interrupted() -> None:
        with connected(database.url) as connection:
            try:
                raise KeyboardInterrupt
            finally:
                connection.execute(text("SELECT nonsense"))

    with pytest.raises(KeyboardInterrupt):
        interrupted()
