"""The parent's side: cell -> fresh process -> measurement."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from itertools import groupby
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

import msgspec

from harness import discovery, meters
from harness.database import without_password
from harness.plan import CONTRACT, EXPLANATION, FLOOR, Cell
from harness.results import Measurement
from harness.worker import Answer, Job

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from sqlalchemy import URL

    from harness.payroll import Payroll


SIDE_BY_SIDE = min(4, os.cpu_count() or 1)
"""Processes at once, of a meter that need not be alone: each may hold a whole payroll."""


class Children:
    """The measured processes that run now, to be ended with the run and not after it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._ended = False

    def start(self) -> subprocess.Popen[bytes]:
        """Start a fresh worker; raises RuntimeError once the run has ended."""
        with self._lock:
            if self._ended:
                raise RuntimeError("the run has ended")
            process = subprocess.Popen(
                [sys.executable, "-m", "harness.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,  # a Ctrl-C at the terminal is for the parent
            )
            self._processes.add(process)
        return process

    def discard(self, process: subprocess.Popen[bytes]) -> None:
        """Forget a process that has ended."""
        with self._lock:
            self._processes.discard(process)

    def end(self) -> None:
        """Kill what runs, and let nothing more start."""
        with self._lock:
            self._ended = True
            for process in self._processes:
                _kill(process)


def run(
    cells: Iterable[Cell],
    url_of: Callable[[Payroll], URL],
    timeout: float,
    flamegraph: str | None = None,
) -> Generator[Measurement]:
    """Measure the cells, giving each measurement as it arrives.

    Cells of one meter run side by side, one a core, unless the meter must be alone. What is left
    of a strategy that breaks the contract is not measured; its check's row says why.
    """
    children = Children()
    broken: set[tuple[str, Payroll]] = set()
    try:
        for meter, group in groupby(cells, key=lambda cell: cell.meter):
            waiting = [cell for cell in group if (cell.strategy, cell.payroll) not in broken]
            with ThreadPoolExecutor(1 if _is_alone(meter) else SIDE_BY_SIDE) as pool:
                try:
                    futures = [
                        pool.submit(
                            measure, cell, url_of(cell.payroll), timeout, children, flamegraph
                        )
                        for cell in waiting
                    ]
                    for future in as_completed(futures):
                        measurement = future.result()
                        if meter == CONTRACT and measurement.error:
                            broken.add((measurement.cell.strategy, measurement.cell.payroll))
                        yield measurement
                except BaseException:
                    pool.shutdown(wait=False, cancel_futures=True)
                    children.end()
                    raise
    finally:
        children.end()


def measure(
    cell: Cell, url: URL, timeout: float, children: Children, flamegraph: str | None = None
) -> Measurement:
    """Measure one cell in a process of its own, ended after `timeout` seconds."""
    secret = "" if cell.strategy == FLOOR else url.render_as_string(hide_password=False)
    job = Job(cell, secret, flamegraph if cell.meter == EXPLANATION else None)
    started = monotonic()
    process = children.start()
    try:
        output, errors = process.communicate(msgspec.json.encode(job), timeout)
    except subprocess.TimeoutExpired:
        _kill(process)
        process.communicate()
        return Measurement(cell, {}, f"timed out after {timeout:g} s", monotonic() - started)
    finally:
        children.discard(process)
    answer = _answer(output, errors, process.returncode)
    error = answer.error
    if error:
        error = without_password(error, url)
    seconds = round(monotonic() - started, 3)
    return Measurement(cell, answer.figures, error, seconds, answer.unavailable, answer.explanation)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the worker and what its strategy started: it leads a session of its own."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _answer(output: bytes, errors: bytes, exit_code: int) -> Answer:
    if exit_code < 0:
        name = signal.Signals(-exit_code).name
        guess = ": out of memory?" if name == "SIGKILL" else ""
        return Answer(error=f"the measured process was killed by {name}{guess}")
    try:
        return msgspec.json.decode(output, type=Answer)
    except msgspec.MsgspecError:
        lines = errors.decode(errors="replace").strip().splitlines()
        last = lines[-1] if lines else "no answer"
        return Answer(error=f"the measured process ended with exit code {exit_code}: {last}")


def _is_alone(meter: str) -> bool:
    return meter in discovery.names(meters) and bool(discovery.load(meters, meter).ALONE)
