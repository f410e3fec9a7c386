"""Postgres servers of the trials' own: one that a run starts, and one that stands for a user's."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import text

from harness.postgres import embedded, processes
from harness.postgres.database import connected
from harness.postgres.folders import own_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PRECIOUS = (
    "CREATE TABLE IF NOT EXISTS theirs AS "
    "SELECT n, md5(n::text) AS word FROM generate_series(1, 1000) n"
)
CONTENT = "SELECT md5(string_agg(theirs::text, ' ' ORDER BY n)) FROM theirs"
OTHERS = "SELECT pid FROM pg_stat_activity WHERE datname IS NOT NULL AND pid <> pg_backend_pid()"
ROOM = 200  # MB, of which a new server takes 40


class Server:
    """The server of a cache folder, as its administrator, or fate, handles it."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache
        self._server = embedded._Server(own_folder(cache, 0o711))
        self.data = self._server.data
        self.url = embedded._url(self.data)
        self._held: list[Any] = []

    def start(self) -> None:
        """Start it, or let it go on; what was done to it is over."""
        self.send(signal.SIGCONT)
        (self.cache / "filler").unlink(missing_ok=True)
        while self._held:
            self._held.pop().close()
        self._server.start(mend=True)

    def stop(self, mode: str = "fast") -> None:
        """Stop it as `pg_ctl stop` does."""
        stop = ("stop", "--mode", mode, "--pgdata", str(self.data))
        self._server._program("pg_ctl", *stop)

    def send(self, what: signal.Signals) -> None:
        """Send the signal to all its processes."""
        for process in processes.of(self.data):
            with suppress(ProcessLookupError):
                os.kill(process, what)

    def send_first(self, what: signal.Signals) -> None:
        """Send it to the first process, the postmaster."""
        os.kill(int((self.data / "postmaster.pid").read_text().split()[0]), what)

    def kill_one(self) -> None:
        """Kill the process of the youngest connection, if any, as a kernel out of memory does."""
        youngest = self.scalar(f"{OTHERS} ORDER BY backend_start DESC LIMIT 1")
        if youngest is not None:  # while a report is made there is none
            os.kill(int(youngest), signal.SIGKILL)

    def end_connections(self) -> None:
        """End all of them, as an administrator does."""
        self.scalar(f"SELECT count(pg_terminate_backend(pid, 5000)) FROM ({OTHERS}) AS others")

    def take_connections(self) -> None:
        """Take all that are left."""
        with suppress(psycopg.OperationalError):
            while True:
                self._held.append(psycopg.connect(host=str(self.data), user="postgres"))

    def leave_no_memory(self) -> None:
        """Let none of its processes, nor the next ones, have more memory than it has."""
        for process in processes.of(self.data):
            pages = int((processes.PROC / str(process) / "statm").read_text().split()[0])
            most = f"--as={pages * resource.getpagesize()}"
            # By the server's user: root may not where it has few capabilities.
            self._server._program("/usr/bin/prlimit", "--pid", str(process), most)

    def fill_disk(self) -> None:
        """Leave no room on the disk of its data, which is small."""
        with (self.cache / "filler").open("wb", buffering=0) as filler, suppress(OSError):
            while filler.write(bytes(65536)) == 65536:
                pass

    def scalar(self, query: str) -> Any:
        """Give the one value that the query gives."""
        with connected(self.url) as connection:
            return connection.scalar(text(query))


@contextmanager
def foreign(cache: Path) -> Iterator[Server]:
    """Give a server with a table that is not ours."""
    server = Server(cache)
    server.start()
    try:
        with connected(server.url) as connection:
            connection.execute(text(PRECIOUS))
        yield server
    finally:
        server.start()
        server.stop()


@contextmanager
def small_disk(cache: Path) -> Iterator[Path]:
    """Give a cache folder on a disk of ROOM; only root can."""
    where = cache.with_name("small")
    where.mkdir(mode=0o755)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}m,mode=755", "tmpfs", str(where)]
    subprocess.run(mount, check=True)
    try:
        yield where / "c"
    finally:
        subprocess.run(["umount", "--lazy", str(where)], check=True)
        where.rmdir()
