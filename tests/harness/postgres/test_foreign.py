"""Somebody else's server: the least of rights suffices, nothing of theirs is touched or told."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import psycopg
import pytest

from foreign import PASSWORD, ROLE, Foreign, foreign_server
from harness.base.errors import DatabaseError
from harness.model import run as results
from harness.payroll.generator import Payroll
from harness.postgres import run_lock, session
from harness.postgres.connection import connected
from harness.postgres.dsn import in_schema, parse_dsn
from harness.postgres.session import DROPPED, MARK, open_database
from harness.postgres.writer import provide
from support import PLANTED, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

SPELLED = [PASSWORD, quote(PASSWORD, safe=""), quote(PASSWORD, safe=" +"), repr(PASSWORD)[1:-1]]
"""The password, in the ways in which it could come up."""
OURS = re.compile(
    rf"(pg_catalog\.|{DROPPED}_[0-9a-f]{{8}}_\w+\.)?"
    rf"(pg_\w+|premium_entry|premium_component|{DROPPED}_[0-9a-f]{{8}}_\w+)"
)
"""What a statement may name: a catalog, our schema, our tables without a schema."""
NAME = r'(?:"(?:[^"]|"")+"|\w+)'
NAMED = re.compile(
    r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE|COPY|SCHEMA|ANALYZE|REFERENCES)\s+"
    rf"(?:IF (?:NOT )?EXISTS\s+|ONLY\s+)?(?!STDIN\b)({NAME}(?:\.{NAME})*)",
    re.IGNORECASE,
)


class Watched(NamedTuple):
    """A run that was watched, and what of the password was seen meanwhile, and where."""

    done: subprocess.CompletedProcess[str]
    seen: set[str]


@pytest.fixture(scope="module")
def foreign() -> Iterator[Foreign]:
    with foreign_server() as server:
        yield server


def not_ours(statements: list[str]) -> list[str]:
    named = [name.replace('"', "") for each in statements for name in NAMED.findall(each)]
    return [name for name in named if not OURS.fullmatch(name)]


def in_command_lines() -> set[str]:
    """Those of this machine's processes that show the password."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        found |= {words for form in SPELLED if form in words}
    return found


def in_files(folder: Path) -> set[str]:
    """Those of the folder's files that hold the password."""
    found = set()
    for path in folder.rglob("*"):
        try:
            text = path.read_text(errors="replace") if path.is_file() else ""
        except OSError:
            continue
        found |= {str(path) for form in SPELLED if form in text}
    return found


def is_hidden(command_line: str) -> bool:
    """Tell whether it is there, without the password: it is empty while the process begins."""
    return bool(command_line) and not any(form in command_line for form in SPELLED)


def watched(*arguments: str, folder: Path, **environment: str) -> Watched:
    """Run the harness, and look at the process list and its files until it ends."""
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    seen: set[str] = set()
    with subprocess.Popen(
        [sys.executable, "-m", "harness", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary), **environment},
    ) as process:
        own = Path(f"/proc/{process.pid}/cmdline")
        while process.poll() is None and not is_hidden(own.read_text()):
            sleep(0.01)  # what the user typed can be seen until the interpreter is there
        assert process.poll() is None  # or it could be seen to the end
        ended = Event()

        def look() -> None:
            while not ended.wait(0.05):
                seen.update(in_command_lines() | in_files(folder))

        watcher = Thread(target=look)
        watcher.start()
        try:
            output, errors = process.communicate(timeout=120)
        finally:
            ended.set()
            watcher.join()
    done = subprocess.CompletedProcess(process.args, process.returncode, output, errors)
    return Watched(done, seen | in_files(folder))


def test_connect_and_create_suffice_and_nothing_else_is_touched(
    foreign: Foreign, tmp_path: Path
) -> None:
    """By permissions, by the catalogs, by the server's counters, and by its log."""
    before, counted = foreign.state(), foreign.touched()  # in this order: to look is to read
    run = watched(
        *("compare", "full_orm", "arrow_columns", "--entries", "20", "--repeat", "1"),
        *("--meter", "tracemalloc", "--save", "run.jsonl", "--dsn", foreign.dsn(password="")),
        folder=tmp_path,
        PGPASSWORD=PASSWORD,
        PGTZ="Asia/Kolkata",
        PGDATESTYLE="German",
    )
    assert run.done.returncode == 0, run.done.stderr
    assert run.seen == set()
    assert foreign.touched() == counted
    assert foreign.state() == before
    said = foreign.statements()
    assert any("COPY premium_component" in each for each in said)
    assert any("COPY (SELECT premium_entry.id" in each for each in said)
    assert not_ours(said) == []


def test_that_would_be_seen(foreign: Foreign) -> None:
    """What the test above looks at does tell of a read, a write, a statement."""
    before, counted = foreign.state(), foreign.touched()
    with psycopg.connect(foreign.dsn(), autocommit=True) as connection:
        for statement in (
            "SELECT * FROM theirs.accounts",
            'SELECT 1 FROM premium_entry JOIN "public"."other" ON true',
            "INSERT INTO accounts VALUES ('1')",
            "DROP TABLE IF EXISTS theirs.premium_entry",
            "ANALYZE theirs.premium_component",
        ):
            try:
                connection.execute(statement)
            except psycopg.Error as error:
                assert error.sqlstate in {"42501", "42P01", "3F000"}  # noqa: PT017
        connection.execute("CREATE SCHEMA left_behind")
        connection.execute("COMMENT ON SCHEMA left_behind IS 'x'")
    assert not_ours(foreign.statements()) == [
        *("theirs.accounts", "public.other", "accounts", "theirs.premium_entry"),
        *("theirs.premium_component", "left_behind", "left_behind"),
    ]
    assert foreign.state() != before
    foreign.execute("DROP SCHEMA left_behind")
    foreign.execute("SELECT * FROM theirs.accounts")
    assert foreign.touched() != counted


def test_the_password_is_told_nowhere(foreign: Foreign, tmp_path: Path) -> None:
    """Not by strategies that would tell it, nor in a process list, a file, a log."""
    run = watched(
        *("compare", str(PLANTED / "tells.py"), str(PLANTED / "last_words.py"), "--entries", "5"),
        *("--meter", "tracemalloc", "--save", "run.jsonl", "--output", "out.html"),
        *("--dsn", foreign.dsn(), "--repeat", "1", "--format", "html"),
        folder=tmp_path,
    )
    assert run.done.returncode == 1, run.done.stderr
    assert run.seen == set()
    assert not any(form in run.done.stdout + run.done.stderr for form in SPELLED)
    assert not any(form in foreign.log.read_text(errors="replace") for form in SPELLED)
    errors = {each.error for each in results.read(tmp_path / "run.jsonl").measurements}
    assert sum("***" in (error or "") for error in errors) == 2
    assert not re.search(r"p(@|%40)ss|w(/|%2F)ord", "".join(filter(None, errors)))


def fails(dsn: str) -> str:
    with pytest.raises(DatabaseError) as caught, open_database(dsn) as database:
        provide(database, Payroll(3, 1))
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ({"password": "p@ss:w/ord"}, "password authentication failed"),
        ({"database": "no such"}, 'database "no such" does not exist'),
        ({"database": "postgres"}, "the role needs: GRANT CONNECT, CREATE ON DATABASE ... TO ..."),
    ],
)
def test_what_is_missing_is_told_in_one_line(
    foreign: Foreign, words: dict[str, str], complaint: str
) -> None:
    said = fails(foreign.dsn(**words))
    assert re.fullmatch(rf"Postgres at .*{re.escape(complaint)}.*", said)
    assert not any(form in said for form in [*SPELLED, "w/ord", "w%2Ford"])


def test_a_server_that_can_only_be_read_is_named(foreign: Foreign) -> None:
    read_only = quote("-cdefault_transaction_read_only=on")
    said = fails(f"{foreign.dsn()}?options={read_only}")
    assert "must be one that can be written to" in said


def test_an_old_server_is_named(foreign: Foreign, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "OLDEST_SERVER", 99)
    assert "the server is PostgreSQL 18; 99 or newer is needed" in fails(foreign.dsn())


def test_a_server_that_does_not_take_our_options_is_named(foreign: Foreign) -> None:
    """A pooler, or a backslash before them: tables would be written elsewhere."""
    before = foreign.state()
    swallowed = quote("-capplication_name=x\\", safe="")
    assert "does not take a connection's options" in fails(f"{foreign.dsn()}?options={swallowed}")
    assert foreign.state() == before


def lock_holders(foreign: Foreign) -> list[int]:
    query = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"
    with connected(foreign.url) as connection:
        return list(connection.exec_driver_sql(query).scalars())


def test_a_run_that_lost_its_lock_is_not_taken_for_dead(foreign: Foreign) -> None:
    """Its connection was ended, as by an administrator, an idle timeout or a failover."""
    foreign.execute("ALTER ROLE {role} RESET idle_session_timeout", role=ROLE)
    with open_database(foreign.dsn()) as first:
        url = provide(first, Payroll(3, 1))
        (holder,) = lock_holders(foreign)
        foreign.execute(f"SELECT pg_terminate_backend({holder}, 5000)")
        with open_database(foreign.dsn()):
            assert len(set(lock_holders(foreign)) - {holder}) == 2
        with connected(url) as connection:
            count = connection.exec_driver_sql("SELECT count(*) FROM premium_entry").scalar_one()
            assert count > 3
    assert lock_holders(foreign) == []


def test_only_what_is_marked_and_this_roles_own_is_dropped(
    foreign: Foreign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even for a role that may drop any: neither a name nor a mark is enough."""
    monkeypatch.setattr(run_lock, "SECONDS_UNHEARD_OF", 0.0)
    names = [f"{DROPPED}_deadbeef_{word}" for word in ("unmarked", "another's", '"; drop\\%s :x')]
    url = in_schema(parse_dsn(foreign.dsn()), "pg_catalog")
    mark = "COMMENT ON SCHEMA {name} IS '" + MARK + "'"
    for name, owner in zip(names, (ROLE, "postgres", ROLE), strict=True):
        foreign.execute("CREATE SCHEMA {name} AUTHORIZATION {owner}", name=name, owner=owner)
        if "unmarked" not in name:
            foreign.execute(mark, name=name)
    foreign.execute("GRANT postgres TO {role}", role=ROLE)
    with open_database(foreign.dsn()), connected(url) as connection:
        found = "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, 'mapping')"
        assert set(connection.exec_driver_sql(found).scalars()) == set(names[:2])
    foreign.execute("REVOKE postgres FROM {role}", role=ROLE)
    for name in names[:2]:
        foreign.execute("DROP SCHEMA {name}", name=name)
