"""Another team's Postgres: with passwords, few rights, and a log of every statement."""

from __future__ import annotations

import re
import socket
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import pytest
from psycopg import sql
from sqlalchemy import text

from harness.postgres import server
from harness.postgres.connection import connected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL

RULES = """
local all all scram-sha-256
host all all 127.0.0.1/32 scram-sha-256
"""
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "autovacuum": "off",
    "log_statement": "all",
    "log_line_prefix": "by %u: ",
}
DATABASE, ROLE = 'my "db"; drop', 'Gu"est; x'
PASSWORD = "p@ss:w/ord%20'\"\\ x"
THEIRS = """
CREATE TABLE premium_entry (theirs text);
CREATE SCHEMA theirs CREATE TABLE premium_component (theirs text) CREATE TABLE accounts (iban text);
INSERT INTO premium_entry VALUES ('precious');
INSERT INTO theirs.premium_component VALUES ('precious');
INSERT INTO theirs.accounts VALUES ('precious');
REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON DATABASE {database} FROM PUBLIC;
GRANT CONNECT, CREATE ON DATABASE {database} TO {role};
"""
ODD = {
    "search_path": "theirs, public, pg_catalog",
    "DateStyle": "SQL, DMY",
    "TimeZone": "Asia/Kolkata",
    "IntervalStyle": "sql_standard",
    "bytea_output": "escape",
    "client_encoding": "LATIN1",
    "default_transaction_isolation": "serializable",
    "idle_session_timeout": "700ms",
    "standard_conforming_strings": "off",
}
"""Settings of a role, which the figures of a run must not depend on."""


class Foreign(NamedTuple):
    """The URL of its superuser, and the file where statements are logged by their users' names."""

    url: URL
    log: Path

    def execute(self, statement: str, **names: str | sql.Literal) -> None:
        """Execute the statement as the superuser, who is not logged, with names as identifiers."""
        quoted = {
            name: sql.Identifier(value) if isinstance(value, str) else value
            for name, value in names.items()
        }
        with connected(self.url) as connection:
            cursor = connection.connection.cursor()
            cursor.execute(sql.SQL(statement).format(**quoted))

    def dsn(self, password: str = PASSWORD, database: str = DATABASE) -> str:
        """Return the --dsn of the role with few rights; without a password if that is empty."""
        user, name = quote(ROLE, safe=""), quote(database, safe="")
        secret = f":{quote(password, safe='')}" if password else ""
        return f"postgresql://{user}{secret}@127.0.0.1:{self.url.port}/{name}"

    def state(self) -> dict[str, str | None]:
        """Return a hash of the rows of every table, also of the catalogs, and of where they lie."""
        with connected(self.url) as connection:
            tables = connection.scalars(
                text(
                    "SELECT c.oid::regclass::text FROM pg_class c WHERE relkind = 'r' AND "
                    "relnamespace <> 'information_schema'::regnamespace ORDER BY 1"
                )
            ).all()
            rows = "md5(string_agg(concat_ws(' ', ctid, xmin, xmax, t), ';' ORDER BY ctid))"
            return {
                table: connection.exec_driver_sql(f"SELECT {rows} FROM {table} t").scalar()
                for table in tables
            }

    def touched(self) -> dict[str, str]:
        """Return how often every table was read and written, once all others have gone."""
        with connected(self.url) as connection:
            others = text(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            deadline = monotonic() + 10
            while connection.scalar(others):
                assert monotonic() < deadline
                sleep(0.05)
            found = connection.execute(
                text("SELECT relid::regclass::text, t::text FROM pg_stat_user_tables t")
            )
            return dict(list(found))

    def statements(self) -> list[str]:
        """Return the statements that the role sent to the server."""
        started = re.compile(
            r"^by (?P<user>.*?): LOG:  (?:statement|execute [^:]*): "
            r"(?P<statement>.*\n(?:\t.*\n)*)",
            re.MULTILINE,
        )
        found = started.finditer(self.log.read_text(encoding="utf-8", errors="replace"))
        return [match["statement"] for match in found if match["user"] == ROLE]


on_default_port = server._url


@contextmanager
def foreign_server() -> Iterator[Foreign]:
    """Start a server on a network port, with a database and a role that may CONNECT and CREATE."""
    with ExitStack() as stack:
        port = free_port()
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(server, "RULES", server.RULES + RULES)
        patch.setattr(server, "SETTINGS", server.SETTINGS | SETTINGS | {"port": str(port)})
        patch.setattr(server, "_url", lambda folder: on_default_port(folder).set(port=port))
        ours = stack.enter_context(server.running())
        url = ours.url.update_query_dict({"options": "-clog_statement=none"})
        names, log = {"database": DATABASE, "role": ROLE}, ours.log
        Foreign(url, log).execute(
            "CREATE DATABASE {database} TEMPLATE template0 ENCODING LATIN1", **names
        )
        foreign = Foreign(url.set(database=DATABASE), log)
        secret = sql.Literal(PASSWORD)
        foreign.execute("CREATE ROLE {role} LOGIN PASSWORD {secret}", role=ROLE, secret=secret)
        foreign.execute(THEIRS, **names)
        for setting, value in ODD.items():
            foreign.execute(f"ALTER ROLE {{role}} SET {setting} = {value!r}", role=ROLE)
        yield foreign


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
