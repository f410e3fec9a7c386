"""A Postgres 18 for one run, in a temporary folder, with which it goes.

Nobody but the caller gets in: the server listens on no network port, its socket is in a folder of
mode 0700, and it trusts nothing but the operating system's word for who is calling (`peer`
authentication, so there is no password either).

Postgres refuses to run as root, so for root it runs as a user whose number nobody else has. Only
`initdb` wants one with an account: it runs as `nobody`, and what it made is then the server's.

The server ends with the run, however that ends. Its parent is a shell that reads a pipe from the
harness: the kernel closes that one even after kill -9. The folder that is left then is removed by
the next run (`callmeter.temporary`), or by the system, as any temporary file.
"""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

from sqlalchemy import URL

from callmeter import temporary
from harness.base.errors import DatabaseError
from harness.postgres import accounts, dsn, programs
from harness.postgres.liveness import accepts

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS_TO_START = 60
SECONDS_TO_END = 20
"""Postgres itself takes 5 to kill a process of its own that does not end."""
SHORT = "/tmp"  # noqa: S108 (in it is a folder of our own)
LONGEST_PLACE = 54  # a Unix socket's address has 103 bytes or more; our folders and its name, 49
RULES = "local all postgres peer map=caller\n"
SETTINGS = {
    "dynamic_shared_memory_type": "mmap",  # in the data folder: nothing is left in /dev/shm
    "fsync": "off",  # the data lives as long as the run
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "50",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",  # a payroll is written past the WAL, so this is all that it may take
    "synchronous_commit": "off",
    "unix_socket_directories": ".",
    "unix_socket_permissions": "0700",
    "wal_level": "minimal",
}
ENDS_WITH_ITS_STANDARD_INPUT = """
exec 3<&0
"$@" 3<&- & server=$!
(read end <&3; kill -CONT $server; kill -QUIT $server) & watcher=$!
wait $server; code=$?
kill $watcher 2>/dev/null
exit $code
"""
"""A command run by the shell until its end, or the standard input's; a stopped one goes on first.

Its number is nobody else's as long as the shell has not waited for it.
"""


@contextmanager
def running() -> Iterator[Server]:
    """Start a server of our own, and end it with all that is in it. Raise DatabaseError.

    Meanwhile libpq's variables are left out: a PGPORT or PGHOSTADDR of the user's leads to another
    server.
    """
    with dsn.left_out(dsn.of_connections() | dsn.STYLES), ExitStack() as stack:
        with _one_line_errors():
            folder = Path(stack.enter_context(temporary.folder(_place())))
            server = Server(folder)
            stack.callback(server.stop)
            server.start()
        yield server


class Server:
    """A server whose files are below one folder; it can be started again where it ended."""

    def __init__(self, folder: Path) -> None:
        self.user = accounts.unused() if os.geteuid() == 0 else None
        self.folder = folder
        self.data = folder / "server" / "data"
        self.log = self.data.with_name("log")
        self.url = _url(self.data)
        if self.user is not None:
            folder.chmod(0o711)  # the server's user passes through
        self._programs = programs.for_user(self.user, folder)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it with nothing in it, unless it accepts connections. Raise DatabaseError."""
        if self._process is not None and accepts(self.url, within=SECONDS_TO_START):
            return
        self.stop()
        with _one_line_errors():
            self.create()
            self.launch()

    def stop(self) -> None:
        """End all of its processes, also those that were stopped by a signal."""
        process, self._process = self._process, None
        if process is None or process.stdin is None:
            return
        process.stdin.close()
        try:
            process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def create(self) -> None:
        """Make the data folder anew, and the files that say who may connect."""
        name = accounts.caller()
        home = self.data.parent
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        home.chmod(0o700)
        maker = None if self.user is None else accounts.unprivileged()
        _chown(home, maker)
        done = programs.run(
            self._programs / "initdb",
            *("--username=postgres", "--auth=peer", "--encoding=UTF8", "--locale=C"),
            *("--no-sync", "--no-instructions", "--pgdata", str(self.data)),
            user=maker,
        )
        if done.returncode:
            raise DatabaseError(
                f"the embedded Postgres cannot be set up: {programs.reason(done.stdout)}"
            )
        _chown(home, self.user)
        for path, text in (
            (self.folder / "pg_hba.conf", RULES),
            (self.folder / "pg_ident.conf", f'caller "{name}" postgres\n'),
        ):
            path.write_text(text, encoding="utf-8")
            path.chmod(0o644)

    def launch(self) -> None:
        """Start the server, and wait until it accepts connections. Raise DatabaseError."""
        files = {"hba_file": "pg_hba.conf", "ident_file": "pg_ident.conf"}
        settings = SETTINGS | {name: str(self.folder / file) for name, file in files.items()}
        options = [f"--{name}={value}" for name, value in settings.items()]
        postgres = [str(self._programs / "postgres"), "-D", str(self.data), *options]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", ENDS_WITH_ITS_STANDARD_INPUT, "sh", *postgres],
                cwd="/",
                env=programs.ENVIRONMENT,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C at the terminal is for the harness, not for it
                **accounts.as_user(self.user),
            )
        deadline = monotonic() + SECONDS_TO_START
        while self._process.poll() is None and monotonic() < deadline:
            if accepts(self.url):
                return
            sleep(0.02)
        logged = programs.reason(self.log.read_text(encoding="utf-8", errors="replace"))
        raise DatabaseError(f"the embedded Postgres does not start: {logged}")


def _url(socket_folder: Path) -> URL:
    where = {"host": str(socket_folder), "connect_timeout": str(dsn.SECONDS_TO_CONNECT)}
    return URL.create("postgresql+psycopg", username="postgres", database="postgres", query=where)


def _chown(folder: Path, user: int | None) -> None:
    """Make the folder and all in it that user's, if one is named; no link is followed."""
    if user is None:
        return
    os.chown(folder, user, user, follow_symlinks=False)
    for _, folders, files, opened in os.fwalk(folder):
        for name in (*folders, *files):
            os.chown(name, user, user, dir_fd=opened, follow_symlinks=False)


def _place() -> str:
    """Return where the temporary folder is made: as usual, unless a server cannot live there."""
    usual = tempfile.gettempdir()
    for place in (usual, SHORT):
        if len(os.fsencode(place)) <= LONGEST_PLACE and _is_open(Path(place)):
            return place
    raise DatabaseError(
        f"the embedded Postgres, run for root as another user, can live neither in {usual} nor in "
        f"{SHORT}, which are closed to others; name an open folder in TMPDIR"
    )


def _is_open(folder: Path) -> bool:
    """Whether the server's user can pass through the folder."""
    if os.geteuid():
        return True
    return all(path.stat().st_mode & stat.S_IXOTH for path in (folder, *folder.parents))


@contextmanager
def _one_line_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DatabaseError(
            f"the embedded Postgres cannot be set up: {error}; "
            "make room, or name another folder in TMPDIR"
        ) from error
