"""Postgres servers of the trials' own: one that a run starts, and one that stands for a user's."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import text

import postgres_processes
from harness.postgres import programs, server
from harness.postgres.connection import connected
from harness.postgres.liveness import accepts
from trust._stages import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trust._stages import Place

PRECIOUS = (
    "CREATE TABLE IF NOT EXISTS theirs AS "
    "SELECT n, md5(n::text) AS word FROM generate_series(1, 1000) n"
)
CONTENT = "SELECT md5(string_agg(theirs::text, ' ' ORDER BY n)) FROM theirs"
OTHERS = "SELECT pid FROM pg_stat_activity WHERE datname IS NOT NULL AND pid <> pg_backend_pid()"
ROOM = 200  # MB, of which a new server takes 40


class Server:
    """The server with that data folder, as its administrator, or fate, handles it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.url = server._url(data)
        self._connections: list[Any] = []

    def stop(self, mode: str = "fast") -> None:
        """Stop it as `pg_ctl stop` does."""
        self._run(programs.of_wheel() / "pg_ctl", "stop", "--mode", mode, "-D", str(self.data))

    def send(self, what: signal.Signals) -> None:
        """Send the signal to all its processes."""
        postgres_processes.send(self.data, what)

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
                self._connections.append(psycopg.connect(host=str(self.data), user="postgres"))

    def leave_no_memory(self) -> None:
        """Let none of its processes, nor the next ones, have more memory than it has."""
        for process in postgres_processes.of(self.data):
            statm = postgres_processes.PROC / str(process) / "statm"
            most = int(statm.read_text().split()[0]) * resource.getpagesize()
            # By the server's user: root may not where it has few capabilities.
            self._run(Path("/usr/bin/prlimit"), "--pid", str(process), f"--as={most}")

    def scalar(self, query: str) -> Any:
        """Return the one value that the query gives."""
        with connected(self.url) as connection:
            return connection.scalar(text(query))

    def _run(self, program: Path, *arguments: str) -> None:
        user = None if os.geteuid() else self.data.stat().st_uid
        programs.run(program, *arguments, user=user)


class Foreign(Server):
    """One that its administrator starts again, with what is in it."""

    def __init__(self, folder: Path) -> None:
        self._ours = server.Server(folder)
        self._ours.create()
        super().__init__(self._ours.data)

    def start(self) -> None:
        """Start it, or let it go on; what was done to it is over."""
        self.send(signal.SIGCONT)
        while self._connections:
            self._connections.pop().close()
        if not accepts(self.url, within=server.SECONDS_TO_START):
            self.end()
            self._ours.launch()

    def end(self) -> None:
        """End it, and what is left of one that was killed."""
        self._ours.stop()
        self.send(signal.SIGKILL)
        wait_until(lambda: not postgres_processes.of(self.data))


def of_run(place: Place) -> Server:
    """Return the server of the run at that place."""
    (data,) = place.tmp.glob("callmeter.tmp-*/server/data")
    return Server(data)


@contextmanager
def foreign() -> Iterator[Foreign]:
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


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount a disk of ROOM there, and yield a file to fill it with; only root can."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}m,mode=755", "tmpfs", str(folder)]
    subprocess.run(mount, check=True)
    try:
        yield folder / "filler"
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill_disk(filler: Path) -> None:
    """Leave no room on the file's disk."""
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(65536)) == 65536:
            pass
