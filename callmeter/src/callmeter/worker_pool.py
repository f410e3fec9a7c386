"""The worker processes, as their parent sees them: started, asked, and ended with the run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from select import select
from threading import Lock

from callmeter import temporary
from callmeter.worker import Answer, Job

Worker = subprocess.Popen[bytes]

PACKAGE = str(Path(__file__).parent)
BOOT = """
import json, os, sys
from importlib.util import module_from_spec, spec_from_file_location
options = json.loads(sys.argv.pop())
for name, folder in options["packages"].items():
    file = os.path.join(folder, "__init__.py")
    spec = spec_from_file_location(name, file, submodule_search_locations=[folder])
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
from callmeter import recording, worker
recording.memray_folder = options["memray_folder"]
sys.path.insert(0, os.getcwd())
worker.main(options["preload"])
"""
"""Imports the packages from their folders alone, so that nothing that lies beside them, in our
environment, is found by the interpreter that runs this; and what is in the working folder, a
`queue.py` say, can be imported by the user's code only."""


@dataclass(frozen=True)
class Environment:
    """What measured processes start from.

    `python` is the interpreter; `packages`, folders of packages by name, which it imports from
    there beside this one; `preload`, modules to import before any call is made; `variables`, of
    the environment; `memray_folder`, where memray is for an interpreter that does not have it.
    """

    python: str = sys.executable
    packages: tuple[tuple[str, str], ...] = ()
    preload: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    memray_folder: str | None = None


HERE = Environment()
"""This interpreter, with nothing preloaded."""


class WorkerPool:
    """Workers, each doing one job at a time; they end with the pool and not after it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._all: set[Worker] = set()
        self._idle: dict[Environment, list[Worker]] = defaultdict(list)
        self._ended = False
        # What a killed process leaves, such as a recording, goes with the run.
        self._left = ExitStack()
        self._folder = self._left.enter_context(temporary.folder())

    def ask(self, job: Job, timeout: float, environment: Environment = HERE) -> Answer:
        """Return the answer to the job, done in a fresh process that has `timeout` seconds."""
        with self._one(environment) as worker:
            return ask(worker, job, timeout)

    @contextmanager
    def _one(self, environment: Environment) -> Iterator[Worker]:
        """Enter with a worker that nobody else uses; raises RuntimeError if the pool has ended."""
        with self._lock:
            if self._ended:
                raise RuntimeError("the run has ended")
            idle = self._idle[environment]
            worker = idle.pop() if idle else start(environment, self._folder)
            self._all.add(worker)
        yield worker
        with self._lock:
            if worker.poll() is None and not self._ended:
                self._idle[environment].append(worker)
            else:  # its number may be another process's by the time that all are killed
                self._all.discard(worker)

    def end(self) -> None:
        """Kill what runs, and let nothing more start."""
        with self._lock:
            self._ended = True
            for worker in self._all:
                kill(worker)
            self._left.close()


def ask_once(job: Job, timeout: float, environment: Environment = HERE) -> Answer:
    """Return the answer of a new worker, with the environment and folder of this moment."""
    pool = WorkerPool()
    try:
        return pool.ask(job, timeout, environment)
    finally:
        pool.end()


def start(environment: Environment = HERE, folder: str | None = None) -> Worker:
    """Start a worker process, whose temporary files are made in that folder."""
    options = {
        "packages": {"callmeter": PACKAGE, **dict(environment.packages)},
        "preload": environment.preload,
        "memray_folder": environment.memray_folder,
    }
    variables = dict(environment.variables) | ({"TMPDIR": folder} if folder else {})
    return subprocess.Popen(
        [environment.python, "-P", "-c", BOOT, json.dumps(options)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | variables,
        start_new_session=True,  # a Ctrl-C at the terminal is for the parent
    )


def kill(worker: Worker) -> None:
    """Kill a worker and all that its calls started: it leads a session of its own."""
    with suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    for pipe in (worker.stdin, worker.stdout):
        if pipe:
            with suppress(OSError):
                pipe.close()


def ask(worker: Worker, job: Job, timeout: float) -> Answer:
    """Return the worker's answer to the job; kill a worker that gives none."""
    stdin, stdout = worker.stdin, worker.stdout
    if stdin is None or stdout is None:
        raise ValueError("a worker without pipes")
    try:
        stdin.write(json.dumps(asdict(job)).encode() + b"\n")
        stdin.flush()
        if select([stdout], [], [], timeout)[0]:
            return Answer(**json.loads(stdout.readline()))
        reason = f"timed out after {timeout:g} s"
    except (OSError, ValueError):  # ValueError: no JSON, or a pipe that was closed
        reason = "the measuring process was killed"
    kill(worker)
    return Answer(error=reason)
