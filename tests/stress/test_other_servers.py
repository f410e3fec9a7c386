"""A --dsn to other servers: every version that this machine has, TLS, a standby, a pooler."""

from __future__ import annotations

import json
import shutil
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from sqlalchemy import text

from harness.postgres import programs, server
from harness.postgres.connection import connected
from stress import other_servers
from stress.certificates import Certificate, certificate, needs_openssl
from stress.foreign_server import free_port
from stress.other_servers import FOUND, serving
from stress.pooler import PROGRAM, pooler
from support import as_dsn, harness, is_refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SMALL = ("--entries", "20", "--components", "2", "--repeat", "1", "--meter", "rss")
WITH_TLS = other_servers.with_tls()
ASK_FOR_MORE = ("packed_objects", "json_rows", "arrow_columns")
"""What is asked of a server beside plain columns, which the reference asks for."""
FOR_ROLE = """
CREATE ROLE measuring LOGIN PASSWORD 'secret';
REVOKE ALL ON DATABASE postgres FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT CONNECT, CREATE ON DATABASE postgres TO measuring;
"""


def compare(folder: Path, dsn: str, *words: str) -> str:
    """Measure a small payroll; return which server the run says that it was on."""
    saved = folder / "run.jsonl"
    done = harness("compare", *words, *SMALL, "--dsn", dsn, "--save", str(saved), folder=folder)
    assert done.returncode == 0, done.stderr
    header, *rows = map(json.loads, saved.read_text().splitlines())
    assert len(rows) == header["cells"]
    assert not [row for row in rows if row.get("error") or row.get("unavailable")]
    saved.unlink()
    return str(header["environment"]["server"])


@pytest.mark.parametrize("version", FOUND)
def test_every_version_that_is_there(tmp_path: Path, version: str) -> None:
    with serving(FOUND[version]) as ours:
        found = compare(tmp_path, as_dsn(ours.url), *ASK_FOR_MORE)
    assert found == f"PostgreSQL {version} (by --dsn)"


class Encrypted:
    """A server that admits a role with few rights by TLS only, and its certificate."""

    def __init__(self, port: int, ours: Certificate) -> None:
        self.port, self.certificate = port, ours

    def dsn(self, host: str = "localhost", root: Path | None = None) -> str:
        """Return the --dsn that trusts the root, or else the server's certificate."""
        trusted = quote(str(root or self.certificate.file), safe="")
        where = f"measuring:secret@{host}:{self.port}/postgres"
        return f"postgresql://{where}?sslmode=verify-full&sslrootcert={trusted}"


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Encrypted]:
    if WITH_TLS is None:
        pytest.skip("no PostgreSQL with TLS is installed (Debian: apt-get install postgresql)")
    ours, port = certificate(tmp_path_factory.mktemp("tls"), "localhost"), free_port()

    def fill(made: server.Server) -> None:
        made.create()
        for source, name in zip(ours, ("server.crt", "server.key"), strict=True):
            copy = made.data / name
            shutil.copyfile(source, copy)
            copy.chmod(0o600)
            if made.user is not None:
                shutil.chown(copy, made.user, made.user)

    rules = "hostssl all measuring all scram-sha-256\n"
    settings = {"listen_addresses": "127.0.0.1", "port": str(port), "ssl": "on"}
    with serving(WITH_TLS, fill, rules, **settings) as started:
        with connected(started.url) as connection:
            connection.exec_driver_sql(FOR_ROLE)
        yield Encrypted(port, ours)


@needs_openssl
def test_every_driver_verifies_the_server(encrypted: Encrypted, tmp_path: Path) -> None:
    """libpq of psycopg and of ADBC, asyncpg, and libpq of psycopg2."""
    assert compare(tmp_path, encrypted.dsn(), "asyncpg_rows", "arrow_columns")
    assert compare(tmp_path, encrypted.dsn(), "full_orm", "--driver", "psycopg2")


@needs_openssl
def test_a_server_that_cannot_be_verified_is_refused(encrypted: Encrypted, tmp_path: Path) -> None:
    another = certificate(tmp_path, "elsewhere")
    refuse = partial(harness, "compare", "full_orm", *SMALL, folder=tmp_path)
    is_refused(refuse("--dsn", encrypted.dsn(root=another.file)), "certificate verify failed")
    by_number = encrypted.dsn("127.0.0.1")
    is_refused(refuse("--dsn", by_number), "does not match host name")
    in_clear = f"postgresql://measuring:secret@localhost:{encrypted.port}/postgres?sslmode=disable"
    is_refused(refuse("--dsn", in_clear), "no encryption")


def test_a_hot_standby_is_refused_in_one_line(tmp_path: Path) -> None:
    settings = {"wal_level": "replica", "max_wal_senders": "2"}
    by_caller = "local replication postgres peer map=caller\n"
    folder = programs.of_wheel()
    with serving(folder, rules=by_caller, **settings) as first:

        def follow(standby: server.Server) -> None:
            standby.data.parent.mkdir(mode=0o700)
            copy = ("--pgdata", str(standby.data), "--checkpoint", "fast", "--username", "postgres")
            source = ("--host", str(first.data), "--wal-method", "stream", "--no-sync")
            done = programs.run(folder / "pg_basebackup", *copy, *source, user=None)
            assert done.returncode == 0, done.stdout
            (standby.data / "standby.signal").touch()
            server._chown(standby.data.parent, standby.user)
            for name in ("pg_hba.conf", "pg_ident.conf"):
                shutil.copyfile(first.folder / name, standby.folder / name)

        with serving(folder, follow, **settings) as standby:
            with connected(standby.url) as connection:
                assert connection.scalar(text("SELECT pg_is_in_recovery()"))
            dsn = as_dsn(standby.url)
            done = harness("compare", "full_orm", *SMALL, "--dsn", dsn, folder=tmp_path)
            is_refused(done, "is it a standby? a --dsn must be one that can be written to")
            hosts = f"{standby.data},{first.data}"
            words = f"host='{hosts}' user=postgres dbname=postgres target_session_attrs=read-write"
            assert compare(tmp_path, words, "full_orm")  # the one of them that can be written to


@pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is not installed")
def test_a_pooler_is_refused_in_one_line(tmp_path: Path) -> None:
    with pooler(2, []) as place:
        dsn = as_dsn(place.url)
        done = harness("compare", "full_orm", *SMALL, "--dsn", dsn, folder=tmp_path)
        is_refused(done, "a --dsn must name the server itself")
