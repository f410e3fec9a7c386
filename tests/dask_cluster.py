"""A Dask cluster of real processes on this machine, for the tests of --cluster."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from support import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable


def until(there: Callable[[], bool]) -> None:
    """Wait for it; fails after a minute."""
    deadline = time.monotonic() + 60
    while not there():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)


class Dask:
    """A scheduler, and workers of one thread each, by their addresses.

    A cell that keeps losing its worker is given up after the second. What planted strategies tell
    is in the folder `planted`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.planted = folder / "planted"
        self.planted.mkdir()
        self._started: list[subprocess.Popen[bytes]] = []
        self.scheduler, log = self._start("scheduler", "--port", "0")
        self.address = _said("Scheduler at:", log)
        self.workers: dict[str, subprocess.Popen[bytes]] = {}

    def have(self, count: int) -> None:
        """See to it that so many workers run; what planted strategies told is forgotten."""
        for told in self.planted.iterdir():
            told.unlink()
        running = {at: each for at, each in self.workers.items() if each.poll() is None}
        scratch = ("--local-directory", str(self.folder))
        options = ("--no-nanny", "--nthreads", "1", *scratch)
        new = [self._start("worker", self.address, *options) for _ in range(count - len(running))]
        for worker, log in new:
            running[_said("Start worker at:", log)] = worker
            _said("Registered to:", log)
        self.workers = dict(sorted(running.items()))

    def say_go(self) -> None:
        """Let the planted strategies go on."""
        (self.planted / "go").touch()

    def waiting(self) -> set[str]:
        """Give the addresses of the workers on which a planted strategy has told that it runs."""
        pids = [int(told.name) for told in self.planted.iterdir() if told.name != "go"]
        above = {parent.pid for pid in pids for parent in psutil.Process(pid).parents()}
        return {at for at, worker in self.workers.items() if worker.pid in above}

    def below_the_workers(self) -> list[psutil.Process]:
        """Give the processes that the workers have started."""
        running = [each for each in self.workers.values() if each.poll() is None]
        return [child for each in running for child in psutil.Process(each.pid).children()]

    def logs(self) -> str:
        """Give all that the scheduler and the workers have said."""
        return "".join(log.read_text() for log in self.folder.glob("*.log"))

    def end(self) -> None:
        """Kill them all."""
        for process in self._started:
            process.kill()
            process.wait()

    def _start(self, kind: str, *options: str) -> tuple[subprocess.Popen[bytes], Path]:
        log = self.folder / f"{len(self._started)}.log"
        settings = {
            "PYTHONPATH": str(ROOT),
            "PLANTED_FOLDER": str(self.planted),
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
        }
        with log.open("wb") as output:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", f"distributed.cli.dask_{kind}", *options),
                    *("--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0"),
                ],
                cwd=self.folder,
                env=os.environ | settings,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._started.append(process)
        return process, log


def _said(what: str, log: Path) -> str:
    """Give the address that is said in the log behind those words, once it is."""
    line = re.compile(rf"{what}\s+(tcp://\S+)\n")
    until(lambda: line.search(log.read_text()) is not None)
    (address,) = line.findall(log.read_text())
    return str(address)
