"""A real PgBouncer in transaction mode before a real Postgres."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg
from psycopg.rows import dict_row
from sqlalchemy import URL, text

from harness.postgres import accounts, server
from harness.postgres.connection import connected
from harness.postgres.writer import write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from strategies.support.contract import PremiumEntry

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
TRIES = 600

# A client waits no longer than this for a server connection, so a deadlock is a failure.
SETTINGS = """
[databases]
postgres = host={server} user=postgres
[pgbouncer]
pool_mode = transaction
default_pool_size = {connections}
query_wait_timeout = 30
auth_type = any
admin_users = postgres
listen_addr =
unix_socket_dir = {folder}
unix_socket_mode = 0700
logfile = {folder}/log
"""


class Pooler(NamedTuple):
    """The database through PgBouncer, and past it."""

    url: URL
    server: URL

    def console(self, command: str) -> list[dict[str, Any]]:
        """Return the rows of a command to PgBouncer itself."""
        where = f"host={self.url.query['host']} port=6432 dbname=pgbouncer user=postgres"
        with psycopg.connect(where, autocommit=True, row_factory=dict_row) as connection:
            found = connection.execute(command)
            return found.fetchall() if found.description else []


@contextmanager
def pooler(connections: int, premiums: Iterable[PremiumEntry]) -> Iterator[Pooler]:
    """Start a PgBouncer with that many connections to a Postgres that holds these premiums."""
    with server.running() as ours:
        with (ours.folder / "pg_ident.conf").open("a") as file:
            file.write(f'caller "{pwd.getpwuid(_user()).pw_name}" postgres\n')
        for path in (ours.data.parent, ours.data):
            path.chmod(0o711)
        (ours.data / ".s.PGSQL.5432").chmod(0o777)
        write(ours.url, "payroll", premiums)
        with connected(ours.url) as connection:
            connection.execute(text("SELECT pg_reload_conf()"))
            # Set in the database: a client's `options` do not come through PgBouncer.
            connection.execute(text("ALTER DATABASE postgres SET search_path = payroll"))
            connection.execute(text("ALTER DATABASE postgres SET timezone = 'UTC'"))
        with _bouncer(ours.url, connections) as url:
            yield Pooler(url, ours.url)


@contextmanager
def _bouncer(server: URL, connections: int) -> Iterator[URL]:
    with tempfile.TemporaryDirectory(prefix="pooler-") as name:
        folder = Path(name)
        os.chown(folder, _user(), -1)
        file = folder / "pgbouncer.ini"
        where = str(server.query["host"])
        file.write_text(SETTINGS.format(server=where, folder=folder, connections=connections))
        file.chmod(0o644)
        as_user = accounts.as_user(None if os.geteuid() else _user())
        with subprocess.Popen([str(PROGRAM), "--quiet", str(file)], **as_user) as process:
            try:
                socket = folder / ".s.PGSQL.6432"
                eventually(lambda: process.poll() is not None or socket.exists())
                assert process.poll() is None, (folder / "log").read_text()
                yield server.update_query_dict({"host": str(folder), "port": "6432"})
            finally:
                process.kill()  # newer ones wait for their clients when they are to terminate


def _user() -> int:
    """Return the user that PgBouncer runs as: it does not run as root."""
    return os.geteuid() or accounts.unprivileged()


def eventually(holds: Callable[[], bool]) -> None:
    """Wait for what another process is about to do."""
    assert any(holds() or sleep(0.05) for _ in range(TRIES))
