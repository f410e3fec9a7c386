"""A real PgBouncer in transaction mode, before a real Postgres, for as long as a test needs it."""

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
import pytest
from psycopg.rows import dict_row
from sqlalchemy import URL, text

from harness.postgres import embedded
from harness.postgres.database import connected
from harness.postgres.dataset import write
from harness.postgres.folders import own_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from strategies.contract import PremiumEntry

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
    """Where the payrolls are found through PgBouncer, and past it."""

    url: URL
    server: URL

    def console(self, command: str) -> list[dict[str, Any]]:
        """Give the rows of a command to PgBouncer itself."""
        where = f"host={self.url.query['host']} port=6432 dbname=pgbouncer user=postgres"
        with psycopg.connect(where, autocommit=True, row_factory=dict_row) as connection:
            found = connection.execute(command)
            return found.fetchall() if found.description else []


@contextmanager
def pooler(connections: int, premiums: Iterable[PremiumEntry]) -> Iterator[Pooler]:
    """Give PgBouncer with that many connections to a Postgres that holds these premiums."""
    parent = Path(tempfile.mkdtemp(prefix="mapping-strategies-test"))
    parent.chmod(0o755)  # for root, both run as a user that pytest's own folders are closed to
    try:
        with (
            _server(parent / "cache", premiums) as server,
            _bouncer(parent / "bouncer", server, connections) as url,
        ):
            yield Pooler(url, server)
    finally:
        shutil.rmtree(parent)


@contextmanager
def _server(cache: Path, premiums: Iterable[PremiumEntry]) -> Iterator[URL]:
    """Give an embedded Postgres, one that the user it runs as may enter too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(embedded.CACHE_VARIABLE, str(cache))
        with embedded.running():
            pass
        (users,) = cache.glob("*/data/pg_ident.conf")
        with users.open("a") as file:
            file.write(f'caller "{users.owner()}" postgres\n')
        with embedded.running() as url:
            write(url, "payroll", premiums)
            with connected(url) as connection:
                # The database knows them: through PgBouncer a client's `options` do not come.
                connection.execute(text("ALTER DATABASE postgres SET search_path = payroll"))
                connection.execute(text("ALTER DATABASE postgres SET timezone = 'UTC'"))
            yield url


@contextmanager
def _bouncer(folder: Path, server: URL, connections: int) -> Iterator[URL]:
    """Run PgBouncer as the user that the server runs as: it does not run as root either."""
    server_folder = Path(str(server.query["host"]))
    account = pwd.getpwnam(server_folder.owner())
    own_folder(folder, 0o700, account)
    file = folder / "pgbouncer.ini"
    file.write_text(SETTINGS.format(server=server_folder, folder=folder, connections=connections))
    as_user: dict[str, Any] = {}
    if os.geteuid() == 0:
        as_user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    with subprocess.Popen([str(PROGRAM), "--quiet", str(file)], **as_user) as process:
        try:
            eventually(lambda: process.poll() is not None or (folder / ".s.PGSQL.6432").exists())
            assert process.poll() is None, (folder / "log").read_text()
            yield server.update_query_dict({"host": str(folder), "port": "6432"})
        finally:
            process.kill()  # newer ones wait for their clients when they are asked to terminate


def eventually(holds: Callable[[], bool]) -> None:
    """Wait for what another process is about to do."""
    assert any(holds() or sleep(0.05) for _ in range(TRIES))
