"""The child's side: one call, one task, one answer, each in a process of its own.

Reads jobs from standard input and writes an answer to standard output for each, in lines of JSON:
what stands on the command line could be read by every user of the machine. Each job is done in a
fresh process, forked from this one, which has imported what its caller chose and never does
anything else. What a call prints cannot spoil the answer; its last words are in it, if it crashes.

Standard library only, so that it runs in any environment of Python 3.11 or newer.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from dataclasses import asdict, dataclass, field
from importlib import import_module
from select import select
from tempfile import TemporaryFile
from types import ModuleType
from typing import Any, BinaryIO, NoReturn

from callmeter import memory_limit, meters, places, recorder
from callmeter.at_once import at_once
from callmeter.call import Call, Counted, make
from callmeter.collector import set_state
from callmeter.errors import NotAvailableError
from callmeter.live_objects import live_objects

CHECK, EXPLAIN = "check", "explain"
"""The tasks that are not a meter's: compare the result, and split the memory by layer."""

OWN_ALLOCATORS = ("duckdb", "polars", "pyarrow")
"""Packages whose libraries carry jemalloc or mimalloc."""

LAST_WORDS = 2_000  # bytes
OUT_OF_MEMORY = ("SIGKILL", "SIGABRT")
"""How the kernel, and C++, end a process that asks for too much."""


@dataclass(frozen=True)
class Job:
    """What makes the call (`callmeter.call.make`), and what is to be done with it.

    `task` is the name of a meter, CHECK or EXPLAIN. `warm_up` is whether the call is made once
    before; `collector`, the state that the garbage collector is put into after that
    (`callmeter.collector`). It is made `at_once` so many times (`callmeter.at_once`), and by a
    meter of many calls, `calls` times one after the other. The process may hold `memory` bytes, and
    holds `live_objects` objects beside the call (`callmeter.live_objects`). With `flamegraph`,
    memray's picture of an explanation is drawn into the file of that name; with `keep_exception`,
    what the call raised comes back pickled.
    """

    factory: str
    arguments: dict[str, Any] = field(default_factory=dict)
    task: str = CHECK
    warm_up: bool = True
    collector: str = "default"
    at_once: int = 1
    calls: int = 0
    live_objects: int = 0
    memory: int | None = None
    flamegraph: str | None = None
    keep_exception: bool = False

    def __repr__(self) -> str:
        """Leave out what may hold a password: whoever logs a job, of a cluster say, logs this."""
        return f"Job({self.factory}, {self.task})"


@dataclass(frozen=True)
class Answer:
    """What a job gave: the values of metrics, or what went wrong instead.

    `series` are those of a meter of many calls: a value for each, in the unit of its metrics.
    `unavailable` is why this platform cannot measure it; `items`, how many the call gave;
    `allocators` are the packages in use that have an allocator of their own, beside malloc;
    `explanation` is a `callmeter.explanation.Explanation` as JSON. `error` is one line,
    `error_type` the name of its class, `traceback` all that Python prints of it.
    """

    values: dict[str, float] = field(default_factory=dict)
    series: dict[str, list[float]] = field(default_factory=dict)
    error: str | None = None
    error_type: str | None = None
    traceback: str | None = None
    unavailable: str | None = None
    explanation: dict[str, Any] | None = None
    items: int | None = None
    exception: str | None = None
    allocators: list[str] = field(default_factory=list)


def main(preload: Sequence[str] = ()) -> None:
    """Import what is to be preloaded, then do the jobs on standard input, one after the other."""
    _die_with(os.getppid())
    failure = _preload(preload)
    for line in sys.stdin.buffer:
        answer = failure or _in_fresh_process(Job(**json.loads(line)))
        sys.stdout.buffer.write(json.dumps(asdict(answer)).encode() + b"\n")
        sys.stdout.buffer.flush()


def _preload(names: Sequence[str]) -> Answer | None:
    """Import the modules; return the answer to every job if that fails."""
    for name in names:
        try:
            import_module(name)
        except Exception as error:
            return _failed(error, keep=False)
    return None


def _in_fresh_process(job: Job) -> Answer:
    reading, writing = os.pipe()
    with TemporaryFile() as words:
        child = os.fork()
        if child == 0:
            for stream in (1, 2):
                os.dup2(words.fileno(), stream)
            _answer_and_end(job, writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            _end_if_the_parent_does(pipe)
            answer = pipe.readline()  # not to its end: what the call started may hold it open
        exit_code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        words.seek(-min(words.tell(), LAST_WORDS), os.SEEK_END)
        return _understood(answer, exit_code, words.read())


def _end_if_the_parent_does(answer: BinaryIO) -> None:
    """Wait for the answer; before it comes, standard input can only say that the parent is gone.

    The kernel's parent-death signal alone is Linux's, and was seen to miss a parent's thread.
    """
    if answer not in select([answer, sys.stdin], [], [])[0]:
        os.killpg(0, signal.SIGKILL)


def _answer_and_end(job: Job, writing: int) -> NoReturn:
    """Do the job as the fresh process, and end."""
    _die_with(os.getppid())
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # the next jobs are not the call's to read
    try:
        with memory_limit.held_to(job.memory):
            answer = work(job)
    except NotAvailableError as error:
        answer = Answer(unavailable=str(error))
    except Exception as error:  # whatever a call raises is its row's error
        answer = _failed(error, keep=job.keep_exception, memory=job.memory)
    with suppress(BrokenPipeError), os.fdopen(writing, "wb") as pipe:
        pipe.write(json.dumps(asdict(answer)).encode() + b"\n")
    os._exit(0)


def _failed(error: Exception, *, keep: bool, memory: int | None = None) -> Answer:
    exception = None
    if keep:
        from callmeter.remote_call import dump_exception

        exception = dump_exception(error)
    return Answer(
        error=memory_limit.explained(places.one_line(error), memory),
        error_type=type(error).__name__,
        traceback=places.traceback_of(error),
        exception=exception,
    )


def _understood(answer: bytes, exit_code: int, words: bytes) -> Answer:
    if exit_code < 0:
        name = signal.Signals(-exit_code).name
        guess = " (out of memory?)" if name in OUT_OF_MEMORY else ""
        return Answer(error=f"the measured process was killed by {name}{guess}")
    try:
        return Answer(**json.loads(answer))
    except (ValueError, TypeError):
        lines = words.decode(errors="replace").strip().splitlines()
        last = lines[-1] if lines else "no answer"
        return Answer(error=f"the measured process ended with exit code {exit_code}: {last}")


def work(job: Job) -> Answer:
    """Do the job in this process; raises what making the call or calling it raises."""
    beside = live_objects(job.live_objects)
    answer = _worked(job)
    del beside  # it lived until here
    return answer


def _worked(job: Job) -> Answer:
    if job.task == EXPLAIN:
        from callmeter import driver_values

        driver_values.mark_when_imported()  # before any connection is made
    meter = None if job.task in (CHECK, EXPLAIN) else meters.load(job.task)
    if getattr(meter, "OF_MAKING", False):
        return Answer(meter.measure(lambda: Counted(make(job.factory, job.arguments))))  # type: ignore[union-attr]
    call = make(job.factory, job.arguments)
    call = at_once(call, job.at_once) if job.at_once > 1 else call
    counted = Counted(call)
    if job.task == CHECK:
        if job.warm_up and call.warm_up:
            call.warm_up()
        call.check(counted())
        return Answer(items=counted.items)
    if job.warm_up:
        warming = getattr(meter, "warming", nullcontext) if meter else recorder.warming
        with warming():
            counted.warm_up()
    if meter is None:
        from callmeter.explanation import explain

        explanation = explain(counted, call.own, job.flamegraph)
        return Answer(explanation=explanation.as_json(), items=counted.items)
    meters.check_untraced(job.task)
    set_state(job.collector)
    if meters.is_of_calls(job.task):
        return _of_many(job, meter, call)
    values = meter.measure(counted)
    return Answer(values, items=counted.items, allocators=_own_allocators())


def _of_many(job: Job, meter: ModuleType, call: Call) -> Answer:
    """Measure calls that follow each other; they may be of several sizes, and are not counted."""
    values, series = meter.measure(call.function, job.calls)
    return Answer(values, series, allocators=_own_allocators())


def _own_allocators() -> list[str]:
    found = [name for name in OWN_ALLOCATORS if name in sys.modules]
    if os.environ.get("ARROW_DEFAULT_MEMORY_POOL") == "system" and "pyarrow" in found:
        found.remove("pyarrow")
    return found


def _die_with(parent: int) -> None:
    """End this process when its parent dies, however it dies (Linux)."""
    if sys.platform == "linux":
        set_parent_death_signal = 1  # PR_SET_PDEATHSIG, prctl(2)
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we asked
            sys.exit(1)
