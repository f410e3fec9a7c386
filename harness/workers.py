"""The worker processes, as their parent sees them: started, asked, and ended with the run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from select import select
from threading import Lock
from typing import TYPE_CHECKING

import msgspec

from harness import temporary
from harness.worker import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.worker import Job

    Worker = subprocess.Popen[bytes]

WORKERS_ENVIRONMENT = {"ARROW_DEFAULT_MEMORY_POOL": "system"}
"""pyarrow's own pool would hide its memory from the allocator meter, and reserve past any limit."""

ROOT = str(Path(__file__).parents[1])
WORK = """
import os, sys
root = sys.argv.pop()
if root not in sys.path:
    sys.path.insert(0, root)
from harness.worker import main
sys.path.insert(0, os.getcwd())
main()
"""
"""As `-m harness.worker`, but what is in the working folder, a `strategies/` of the user's own or a
`queue.py`, can be imported by his code only."""


class Workers:
    """The workers, each measuring one cell at a time; they end with the run and not after it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._all: set[Worker] = set()
        self._idle: list[Worker] = []
        self._ended = False
        # What a killed process leaves, such as a recording, goes with the run.
        self._left = ExitStack()
        self._folder = self._left.enter_context(temporary.folder())

    @contextmanager
    def one(self) -> Iterator[Worker]:
        """Give a worker that nobody else uses; raises RuntimeError once the run has ended."""
        with self._lock:
            if self._ended:
                raise RuntimeError("the run has ended")
            worker = self._idle.pop() if self._idle else start(self._folder)
            self._all.add(worker)
        yield worker
        with self._lock:
            if worker.poll() is None and not self._ended:
                self._idle.append(worker)
            else:  # its number may be another process's by the time that all are killed
                self._all.discard(worker)

    def end(self) -> None:
        """Kill what runs, and let nothing more start."""
        with self._lock:
            self._ended = True
            for worker in self._all:
                kill(worker)
            self._left.close()


def start(folder: str | None = None) -> Worker:
    """Start a worker process, whose temporary files are made in that folder."""
    return subprocess.Popen(
        [sys.executable, "-P", "-c", WORK, ROOT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | WORKERS_ENVIRONMENT | ({"TMPDIR": folder} if folder else {}),
        start_new_session=True,  # a Ctrl-C at the terminal is for the parent
    )


def kill(worker: Worker) -> None:
    """Kill a worker and all that its strategies started: it leads a session of its own."""
    with suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    for pipe in (worker.stdin, worker.stdout):
        if pipe:
            with suppress(OSError):
                pipe.close()


def ask(worker: Worker, job: Job, timeout: float) -> Answer:
    """Have the worker do the job; one that gives no answer is ended."""
    stdin, stdout = worker.stdin, worker.stdout
    if stdin is None or stdout is None:
        raise ValueError("a worker without pipes")
    try:
        stdin.write(msgspec.json.encode(job) + b"\n")
        stdin.flush()
        if select([stdout], [], [], timeout)[0]:
            return msgspec.json.decode(stdout.readline(), type=Answer)
        said = f"timed out after {timeout:g} s"
    except (OSError, ValueError):  # ValueError: no JSON, or a pipe that was closed
        said = "the measuring process was killed"
    kill(worker)
    return Answer(error=said)
