"""Somebody else's server: few rights suffice, nothing of theirs is touched, no password shown."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg
import pytest

from harness.base.errors import DatabaseError
from harness.payroll.generator import Payroll
from harness.postgres import run_lock, session
from harness.postgres.connection import connected
from harness.postgres.dsn import in_schema, parse_dsn
from harness.postgres.session import DROPPED, MARK, open_database
from harness.postgres.writer import provide
from stress.foreign_server import PASSWORD, ROLE, Foreign, foreign_server
from support import PLANTED, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

SPELLED = [PASSWORD, quote(PASSWORD, safe=""), quote(PASSWORD, safe=" +"), repr(PASSWORD)[1:-1]]
"""The password, as it could come up."""
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


@pytest.fixture(scope="module")
def foreign() -> Iterator[Foreign]:
    with foreign_server() as server:
        yield server


def not_ours(statements: list[str]) -> list[str]:
    named = [name.replace('"', "") for each in statements for name in NAMED.findall(each)]
    return [name for name in named if not OURS.fullmatch(name)]


def showing_the_password(folder: Path) -> list[str]:
    """Return the processes whose command line shows it, and the folder's files that hold it."""
    commands = [process / "cmdline" for process in Path("/proc").glob("[0-9]*")]
    found = []
    for path in (*commands, *(path for path in folder.rglob("*") if path.is_file())):
        try:
            text = path.read_text(errors="replace")
        except OSError:  # it ended
            continue
        found += [f"{path}: {text[:200]}" for form in SPELLED if form in text]
    return found


def watched(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the harness, and check until it ends that no process and no file shows the password."""
    (folder / "tmp").mkdir()
    variables |= {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder / "tmp")}
    with (
        (folder / "out").open("w+") as out,
        (folder / "err").open("w+") as err,
        subprocess.Popen(
            [sys.executable, "-m", "harness", *words],
            cwd=folder,
            stdout=out,
            stderr=err,
            env=os.environ | variables,
        ) as process,
    ):
        command = Path(f"/proc/{process.pid}/cmdline")
        while process.poll() is None and not is_hidden(command.read_text()):
            sleep(0.01)  # what the user typed can be seen until the interpreter is there
        assert process.poll() is None  # or it could be seen to the end
        while process.poll() is None:
            assert showing_the_password(folder) == []
            sleep(0.05)
    assert showing_the_password(folder) == []
    texts = [(folder / name).read_text() for name in ("out", "err")]
    return subprocess.CompletedProcess(words, process.returncode, *texts)


def is_hidden(command_line: str) -> bool:
    """Whether it is there (it is empty while a process begins), without the password."""
    return bool(command_line) and not any(form in command_line for form in SPELLED)


def test_connect_and_create_suffice_and_nothing_else_is_touched(
    foreign: Foreign, tmp_path: Path
) -> None:
    """By permissions, by the catalogs, by the server's counters, and by its log.

    Nor is the password shown, by strategies that would print it, in a process list, file or log.
    """
    before, counted = foreign.state(), foreign.touched()  # in this order: to look is to read
    done = watched(
        tmp_path,
        *("compare", "arrow_columns", str(PLANTED / "tells.py"), str(PLANTED / "last_words.py")),
        *("--entries", "20", "--repeat", "1", "--meter", "tracemalloc", "--save", "run.jsonl"),
        *("--output", "out.html", "--format", "html", "--dsn", foreign.dsn()),
        PGTZ="Asia/Kolkata",
        PGDATESTYLE="German",
    )
    assert done.returncode == 1, done.stderr
    assert foreign.touched() == counted
    assert foreign.state() == before
    statements = foreign.statements()
    assert any("COPY premium_component" in each for each in statements)
    assert any("COPY (SELECT premium_entry.id" in each for each in statements)
    assert not_ours(statements) == []
    assert not any(form in foreign.log.read_text(errors="replace") for form in SPELLED)
    saved = (tmp_path / "run.jsonl").read_text()
    assert len(re.findall(r'"error":"[^\n]*\*\*\*', saved)) == saved.count('"error":"') == 2
    assert not re.search(r"p(@|%40)ss|w(/|%2F)ord", saved)


def test_that_would_be_seen(foreign: Foreign) -> None:
    """A read, a write and a statement do show where the test above looks."""
    before, counted = foreign.state(), foreign.touched()
    with psycopg.connect(foreign.dsn(), autocommit=True) as connection:
        with pytest.raises(psycopg.Error):
            connection.execute('SELECT 1 FROM theirs.accounts JOIN "public"."other" ON true')
        connection.execute("CREATE SCHEMA left_behind")
    assert not_ours(foreign.statements()) == ["theirs.accounts", "public.other", "left_behind"]
    assert foreign.state() != before
    foreign.execute("DROP SCHEMA left_behind")
    foreign.execute("SELECT * FROM theirs.accounts")
    assert foreign.touched() != counted


def refusal(dsn: str) -> str:
    with pytest.raises(DatabaseError) as caught, open_database(dsn) as database:
        provide(database, Payroll(3, 1))
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert not any(form in str(caught.value) for form in [*SPELLED, "w/ord", "w%2Ford"])
    return str(caught.value)


@pytest.mark.parametrize(
    ("words", "options", "complaint"),
    [
        ({"password": "p@ss:w/ord"}, "", "password authentication failed"),
        ({"database": "no such"}, "", 'database "no such" does not exist'),
        ({"database": "postgres"}, "", "the role needs: GRANT CONNECT, CREATE ON DATABASE"),
        ({}, "-cdefault_transaction_read_only=on", "must be one that can be written to"),
        ({}, "-capplication_name=x\\", "does not take a connection's options"),  # or a pooler
    ],
)
def test_what_is_missing_is_named_in_one_line(
    foreign: Foreign,
    monkeypatch: pytest.MonkeyPatch,
    words: dict[str, str],
    options: str,
    complaint: str,
) -> None:
    before = foreign.state()
    dsn = foreign.dsn(**words) + (f"?options={quote(options, safe='')}" if options else "")
    assert re.fullmatch(f".*{re.escape(complaint)}.*", refusal(dsn))
    assert foreign.state() == before
    monkeypatch.setattr(session, "OLDEST_SERVER", 99)
    assert "the server is PostgreSQL 18; 99 or newer is needed" in refusal(foreign.dsn())


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


def test_the_next_run_drops_only_what_is_marked_and_its_role_owns(
    foreign: Foreign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even for a role that may drop any: neither a name nor a mark is enough."""
    monkeypatch.setattr(run_lock, "SECONDS_TO_TAKE_AGAIN", 0.0)
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
