"""The cache has a bound: what was used least recently goes first, and never what a run uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from caches import own_cache
from callmeter.errors import UsageError
from harness.payroll import Payroll, Profile
from harness.postgres import files, kept
from harness.postgres.database import connected, open_database
from harness.postgres.dataset import provide, version
from support import as_dsn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import URL, Connection

FIRST, SECOND, THIRD = PAYROLLS = [Payroll(entries, 1) for entries in (1, 2, 3)]


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[URL, Path]]:
    """A server whose cache is these tests' own, and the cache."""
    with own_cache() as folder, open_database() as alive:
        yield alive.url, folder


@pytest.fixture
def connection(server: tuple[URL, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    """A connection to it, when it holds the three payrolls, used in that order by runs now over."""
    with connected(server[0]) as connection:
        monkeypatch.setenv(kept.SIZE_VARIABLE, "1B")
        kept.make_room(connection, 0, version())
        assert kept.listed(connection, version()) == []
        monkeypatch.delenv(kept.SIZE_VARIABLE)
        for payroll in PAYROLLS:
            use(payroll)
        yield connection


def use(payroll: Payroll) -> None:
    """As a run of its own does."""
    with open_database() as database:
        provide(database, payroll)


def entries_kept(connection: Connection) -> list[int]:
    return [each.entries for each in kept.listed(connection, version())]


def bytes_kept(connection: Connection) -> int:
    return sum(each.bytes for each in kept.listed(connection, version()))


def taken(folder: Path) -> int:
    return sum(map(files.disk_bytes, files.ours(folder)))


def shrink(connection: Connection, folder: Path, monkeypatch: pytest.MonkeyPatch, by: int) -> None:
    """Make room in a cache that is so many bytes too large."""
    monkeypatch.setenv(kept.SIZE_VARIABLE, f"{taken(folder) - by}B")
    kept.make_room(connection, 0, version())


def test_the_least_recently_used_goes_first_and_no_more_than_must(
    connection: Connection, server: tuple[URL, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    use(FIRST)
    assert entries_kept(connection) == [2, 3, 1]
    shrink(connection, server[1], monkeypatch, by=0)
    assert entries_kept(connection) == [2, 3, 1]
    shrink(connection, server[1], monkeypatch, by=1)
    assert entries_kept(connection) == [3, 1]
    kept.make_room(connection, 100_000, version())  # what comes takes room before it is there
    assert entries_kept(connection) == [1]


def test_what_is_kept_does_not_grow_past_the_bound(
    connection: Connection, server: tuple[URL, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    least = taken(server[1]) - bytes_kept(connection)
    monkeypatch.setenv(kept.SIZE_VARIABLE, f"{least + 2_000_000}B")
    written = 0
    for entries in range(1_000, 1_005):
        use(Payroll(entries, 1))
        assert bytes_kept(connection) <= 2_000_000
        assert entries_kept(connection)[-1] == entries
        written += kept.listed(connection, version())[-1].bytes
    assert written > 2_000_000


def test_what_a_living_run_uses_stays(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(kept.SIZE_VARIABLE, "1B")
    with open_database() as one, open_database() as another:
        provide(one, SECOND)
        provide(another, THIRD)
        listed = kept.listed(connection, version())
        assert [(each.entries, each.is_in_use) for each in listed] == [(2, True), (3, True)]
        with connected(provide(another, FIRST)) as reading:
            assert reading.scalar(text("SELECT count(*) FROM premium_entry")) > 1
        assert entries_kept(connection) == [2, 3, 1]
    use(FIRST)
    assert entries_kept(connection) == [1]


def test_a_payroll_of_another_version_goes_before_all_others(
    connection: Connection, server: tuple[URL, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = kept.listed(connection, version())[-1].schema
    older = newest.replace(version(), "0123ab")
    connection.execute(text(f"ALTER SCHEMA {newest} RENAME TO {older}"))
    assert entries_kept(connection) == [3, 1, 2]
    shrink(connection, server[1], monkeypatch, by=1)
    assert entries_kept(connection) == [1, 2]


def test_what_cannot_be_dropped_stays_and_the_next_one_goes(
    connection: Connection, server: tuple[URL, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "SECONDS_TO_DROP", 0.1)
    schema = kept.listed(connection, version())[0].schema
    with connected(server[0]) as reading:
        reading.execute(text("BEGIN"))
        reading.execute(text(f"SELECT FROM {schema}.premium_entry"))
        shrink(connection, server[1], monkeypatch, by=1)
        assert entries_kept(connection) == [1, 3]
    shrink(connection, server[1], monkeypatch, by=1)
    assert entries_kept(connection) == [3]


def test_a_run_with_a_dsn_drops_and_notes_nothing(
    connection: Connection, server: tuple[URL, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept.listed(connection, version())
    monkeypatch.setenv(kept.SIZE_VARIABLE, "1B")
    with open_database(as_dsn(server[0])) as database:
        provide(database, FIRST)
    assert kept.listed(connection, version()) == before


def test_a_payroll_takes_no_more_than_is_expected(connection: Connection) -> None:
    payrolls = [Payroll(4, 0), Payroll(500, 6, Profile.DISTINCT), Payroll(1_000, 1)]
    for payroll in payrolls:
        use(payroll)
    found = [each.bytes for each in kept.listed(connection, version())][-len(payrolls) :]
    for payroll, size in zip(payrolls, found, strict=True):
        assert 0 < size <= kept.expected_bytes(payroll) < size + 300_000


@pytest.mark.parametrize("size", ["0", "-5", "4 parsecs", "1e99GB"])
def test_a_bound_that_is_none_is_refused(size: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(kept.SIZE_VARIABLE, size)
    with pytest.raises(UsageError, match=f"^{kept.SIZE_VARIABLE} '{size}' is not "):
        kept.bound()
