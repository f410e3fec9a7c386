"""Postgres servers as an administrator, or fate, handles them: the one of a run, and a user's."""

from __future__ import annotations

import os
import resource
import signal
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import text

from harness.postgres import programs, server
from harness.postgres.connection import connected
from harness.postgres.liveness import accepts
from support import as_dsn, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stress.runs import Place

PRECIOUS = "CREATE TABLE theirs AS SELECT n, md5(n::text) AS word FROM generate_series(1, 1000) n"
CONTENT = "SELECT md5(string_agg(theirs::text, ' ' ORDER BY n)) FROM theirs"
OTHERS = "SELECT pid FROM pg_stat_activity WHERE datname IS NOT NULL AND pid <> pg_backend_pid()"


def processes_of(data: Path) -> list[int]:
    """Return the processes of the server with that data folder."""
    return [int(path.name) for path in Path("/proc").glob("[0-9]*") if _serves(path, data)]


def send(data: Path, what: signal.Signals) -> None:
    """Send the signal to all of them."""
    for process in processes_of(data):
        with suppress(ProcessLookupError):
            os.kill(process, what)


def _serves(process: Path, data: Path) -> bool:
    """Whether it was started with the folder, or (as its children) works in it."""
    try:
        if (process / "comm").read_text() != "postgres\n":
            return False
        if os.fsencode(data) in (process / "cmdline").read_bytes().split(b"\0"):
            return True
        return (process / "cwd").readlink() == data.resolve()
    except OSError:  # it ended
        return False


class Server:
    """The server with that data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.url = server._url(data)
        self._connections: list[Any] = []
        self._is_limited = False

    def stop(self, mode: str = "fast") -> None:
        """Stop it as `pg_ctl stop` does."""
        self._run(programs.of_wheel() / "pg_ctl", "stop", "--mode", mode, "-D", str(self.data))

    def stop_at_once(self) -> None:
        """Stop it without a checkpoint."""
        self.stop("immediate")

    def kill_first(self) -> None:
        """Kill its first process, the postmaster."""
        os.kill(int((self.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def kill(self) -> None:
        """Kill all its processes."""
        send(self.data, signal.SIGKILL)

    def freeze(self) -> None:
        """Let it answer nothing."""
        send(self.data, signal.SIGSTOP)

    def kill_one(self) -> None:
        """Kill the process of the youngest connection, as a kernel out of memory does."""
        os.kill(self.scalar(f"{OTHERS} ORDER BY backend_start DESC LIMIT 1"), signal.SIGKILL)

    def end_connections(self) -> None:
        """End all of them, as an administrator does."""
        self.scalar(f"SELECT count(pg_terminate_backend(pid, 5000)) FROM ({OTHERS}) AS others")

    def take_connections(self) -> None:
        """Take all that are left."""
        with suppress(psycopg.OperationalError):
            while True:
                self._connections.append(psycopg.connect(host=str(self.data), user="postgres"))

    def leave_no_memory(self) -> None:
        """Let none of its processes, nor the next ones, have more memory than it has."""
        self._is_limited = True
        for process in processes_of(self.data):
            try:
                pages = int(Path(f"/proc/{process}/statm").read_text().split()[0])
            except FileNotFoundError:  # it has ended
                continue
            most = f"--as={pages * resource.getpagesize()}"
            # By the server's user: root may not where it has few capabilities.
            self._run(Path("/usr/bin/prlimit"), "--pid", str(process), most)

    def scalar(self, query: str) -> Any:
        """Return the one value that the query has."""
        with connected(self.url) as connection:
            return connection.scalar(text(query))

    def _run(self, program: Path, *arguments: str) -> None:
        user = None if os.geteuid() else self.data.stat().st_uid
        programs.run(program, *arguments, user=user)


class Foreign(Server):
    """A user's server: it is started again, with what is in it."""

    def __init__(self, folder: Path) -> None:
        self._ours = server.Server(folder)
        self._ours.create()
        super().__init__(self._ours.data)

    @property
    def dsn(self) -> str:
        """The server as a --dsn names it."""
        return as_dsn(self.url)

    def start(self) -> None:
        """Start it, or let it go on; whatever was done to it is over."""
        send(self.data, signal.SIGCONT)
        while self._connections:
            self._connections.pop().close()
        if self._is_limited or not accepts(self.url, within=server.SECONDS_TO_START):
            self.end()
            self._ours.launch()
            self._is_limited = False

    def end(self) -> None:
        """End it, and what is left of one that was killed."""
        self._ours.stop()
        self.kill()
        wait_until(lambda: not processes_of(self.data))


def server_of(place: Place) -> Server:
    """Return the server of the run at that place."""
    (data,) = place.tmp.glob("callmeter.tmp-*/server/data")
    return Server(data)


@contextmanager
def foreign_server() -> Iterator[Foreign]:
    """Start a server with a table that is not ours."""
    with tempfile.TemporaryDirectory(prefix="f", ignore_cleanup_errors=True) as folder:
        theirs = Foreign(Path(folder))
        try:
            theirs.start()
            with connected(theirs.url) as connection:
                connection.execute(text(PRECIOUS))
            yield theirs
        finally:
            theirs.end()
