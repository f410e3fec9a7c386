"""Signals at every stage of a run, to the command and to what it started; its terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import random
import signal
import termios
import time
from contextlib import closing, suppress
from itertools import product
from pathlib import Path
from select import select
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from stress.runs import SECONDS, STAGES, check, chosen, held, start
from support import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from stress.runs import Place

RANDOM = random.SystemRandom()
INTERRUPTED, FAILED, KILLED = 130, 1, -signal.SIGKILL
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
TO_THE_COMMAND = chosen(
    product(ENDINGS, STAGES),
    quickly=[
        *((signal.SIGINT, stage) for stage in ("seeding", "reporting")),
        *((signal.SIGTERM, stage) for stage in ("start", "verification", "saving")),
        *((signal.SIGKILL, stage) for stage in ("seeding", "measuring")),
    ],
)
TO_A_CHILD = chosen(
    product(ENDINGS, ("verification", "measuring"), ("worker", "measured process")),
    quickly=[
        (signal.SIGINT, "measuring", "worker"),
        (signal.SIGTERM, "measuring", "measured process"),
        (signal.SIGKILL, "measuring", "measured process"),
        (signal.SIGKILL, "verification", "worker"),
    ],
)
AT_A_TERMINAL = chosen(
    product(("press_ctrl_c", "close"), STAGES),
    quickly=[
        ("press_ctrl_c", "saving"),
        ("close", "measuring"),
    ],
)


@pytest.mark.parametrize(("what", "stage"), TO_THE_COMMAND)
def test_a_signal_to_the_command(place: Place, what: signal.Signals, stage: str) -> None:
    with held(place, stage) as run:
        run.process.send_signal(what)
        run.process.wait(SECONDS)
        run.end()
    is_killed = what == signal.SIGKILL
    check(run, {KILLED if is_killed else INTERRUPTED}, recovers=is_killed)


@pytest.mark.parametrize("what", ENDINGS)
def test_a_signal_at_any_moment(place: Place, what: signal.Signals) -> None:
    run = start(place)
    moment = RANDOM.uniform(0.2, 1.7)  # seconds of computing: once Python is up
    wait_until(lambda: run.process.poll() is not None or cpu_seconds(run.process.pid) > moment)
    time.sleep(RANDOM.uniform(0, 1.5))
    run.process.send_signal(what)
    run.end()
    is_killed = what == signal.SIGKILL
    check(run, {0, KILLED if is_killed else INTERRUPTED}, recovers=is_killed)


@pytest.mark.parametrize("stage", chosen(STAGES, quickly=["measuring"]))
def test_a_command_that_is_stopped_for_a_while_goes_on(place: Place, stage: str) -> None:
    """As by Ctrl-Z and `fg`."""
    with held(place, stage) as run:
        run.process.send_signal(signal.SIGSTOP)
        run.release()
        time.sleep(0.5)
        run.process.send_signal(signal.SIGCONT)
        run.end()
    check(run, {0})


@pytest.mark.parametrize(("what", "stage", "whose"), TO_A_CHILD)
def test_a_signal_to_what_it_started_is_a_row(
    place: Place, what: signal.Signals, stage: str, whose: str
) -> None:
    with held(place, stage) as run:
        status = Path(f"/proc/{run.held_process}/status").read_text()
        parent = int(status.partition("PPid:")[2].split()[0])  # it was forked from the worker
        os.kill(parent if whose == "worker" else run.held_process, what)
        run.end()
    check(run, {FAILED})
    (name,) = run.failures
    assert name.endswith("waits.py")


@pytest.mark.parametrize(("what", "stage"), AT_A_TERMINAL)
def test_the_terminal_it_runs_at(place: Place, what: str, stage: str) -> None:
    terminal = Terminal()
    with closing(terminal), held(place, stage, **terminal.for_popen()) as run:
        act: Callable[[], None] = getattr(terminal, what)
        act()
        run.process.wait(SECONDS)
        run.end()
    if what != "close":  # where nothing can be shown
        run.errors = b"".join(terminal.seen).decode(errors="replace")
    check(run, {INTERRUPTED})


def cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


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
        """Let the kernel send the signal to all of the foreground's processes."""
        os.write(self.ours, b"\x03")

    def close(self) -> None:
        """Close the window."""
        if self._is_open:
            self._is_open = False
            self._reader.join()
            os.close(self.theirs)
            os.close(self.ours)

    def for_popen(self) -> dict[str, object]:
        """Return the arguments that make it a new process's controlling terminal."""
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), self.theirs)
        return {**streams, "start_new_session": True, "preexec_fn": _take_terminal}


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
