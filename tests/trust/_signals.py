"""Signals, to the command and to what it started; the terminal it runs at."""

from __future__ import annotations

import fcntl
import os
import pty
import random
import signal
import termios
import time
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from select import select
from threading import Thread
from typing import TYPE_CHECKING

from trust._after import problems
from trust._stages import SECONDS, STAGES, Held, held, start, wait_until
from trust._trial import a_place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trust._trial import Fault

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL)
RANDOM = random.SystemRandom()
IN_THE_CHILD = ("verification", "measuring")
INTERRUPTED, FAILED = 130, 1
LINES = 3  # of a run that comes to its end
OF_IMPORT, OF_RUN = 0.2, 1.5  # seconds of computing: until Python is up, and then the run's own


def faults() -> Iterator[Fault]:
    """Give each signal, at each stage where it can come."""
    for what in ENDINGS:
        for stage in STAGES:
            yield f"{what.name} of the command", stage, partial(to_command, what, stage)
    for whose, of in (("worker", worker), ("measured process", measured_process)):
        for what in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            for stage in IN_THE_CHILD:
                once = partial(to_child, what, stage, of)
                yield f"{what.name} of the {whose}", stage, once
    for what in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        yield f"{what.name} of the command", "any moment", partial(at_any_moment, what)
    for stage in STAGES:
        yield (
            "Ctrl-C at a terminal",
            stage,
            partial(at_terminal, Terminal.press_ctrl_c, stage),
        )
        yield "terminal closed", stage, partial(at_terminal, Terminal.close, stage)


def to_command(what: signal.Signals, stage: str) -> str:
    """Say what was wrong after the signal, or nothing."""
    with a_place() as place, held(place, stage) as run:
        run.process.send_signal(what)
        run.process.wait(SECONDS)
        run.end()
        return problems(run, {-9 if what == signal.SIGKILL else INTERRUPTED})


def at_any_moment(what: signal.Signals) -> str:
    """The same after a random part of what a run takes, and not held still."""
    with a_place() as place:
        process = start(place)
        run = Held(place, process, place.work / "run.jsonl")
        moment = RANDOM.uniform(OF_IMPORT, OF_IMPORT + OF_RUN)
        wait_until(lambda: process.poll() is not None or cpu_seconds(process.pid) > moment)
        time.sleep(RANDOM.uniform(0, OF_RUN))
        process.send_signal(what)
        run.end()
        return problems(run, {0, INTERRUPTED, -what} - {-signal.SIGINT}, lines=LINES)


def cpu_seconds(process: int) -> float:
    """Give how long the process has computed."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def to_child(what: signal.Signals, stage: str, of: Callable[[int], int]) -> str:
    """The same for a process that it started: the row says so, the others are measured."""
    with a_place() as place, held(place, stage) as run:
        os.kill(of(run.at), what)
        run.end()
        return problems(run, {FAILED}, lines=LINES)


def measured_process(number: int) -> int:
    """Give the process that waits itself."""
    return number


def worker(number: int) -> int:
    """Give the process that it was forked from."""
    status = Path(f"/proc/{number}/status").read_text()
    return int(status.partition("PPid:")[2].split()[0])


def at_terminal(do: Callable[[Terminal], object], stage: str) -> str:
    """Say what was wrong after that was done to the terminal that the command runs at."""
    terminal = Terminal()
    with (
        a_place() as place,
        closing(terminal),
        held(place, stage, **terminal.as_popen_takes_it()) as run,
    ):
        do(terminal)
        run.process.wait(SECONDS)
        run.end()
        terminal.close()
        run.errors = b"".join(terminal.seen).decode(errors="replace")
        return problems(run, {INTERRUPTED}, lines=1_000)  # a bar is drawn in many


class Terminal:
    """A terminal, and what was written to it."""

    def __init__(self) -> None:
        self.ours, self.theirs = pty.openpty()
        self.seen: list[bytes] = []
        self._is_open = True
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with suppress(OSError):  # whoever wrote to it has ended
            while self._is_open:
                if select([self.ours], [], [], 0.05)[0]:
                    self.seen.append(os.read(self.ours, 4096))

    def press_ctrl_c(self) -> None:
        """Have the kernel send the signal to all of the foreground's processes."""
        os.write(self.ours, b"\x03")

    def close(self) -> None:
        """Close the window."""
        if self._is_open:
            self._is_open = False
            self._reader.join()
            os.close(self.theirs)
            os.close(self.ours)

    def as_popen_takes_it(self) -> dict[str, object]:
        """Give what makes it a new process's own terminal."""
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), self.theirs)
        return {**streams, "start_new_session": True, "preexec_fn": _take_terminal}


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
