"""The child's side: one strategy, one meter, one answer, in a process of its own.

Reads Jobs from standard input and writes an Answer to standard output for each, JSON lines: a DSN
on the command line could be read by every user of the machine. Each job is done in a fresh
process, forked from this one, which has imported what all of them need and never does anything
else: importing SQLAlchemy and psycopg takes half a second. What a strategy prints cannot spoil
the answer; its last words are in it, if it crashes.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import nullcontext
from pathlib import Path
from select import select
from tempfile import TemporaryFile
from traceback import extract_tb
from typing import TYPE_CHECKING, BinaryIO, NoReturn

import msgspec
from sqlalchemy.dialects.postgresql import psycopg as _dialect  # noqa: F401 (imported once)

import strategies
from harness import discovery, limit, meters
from harness.calls import Calls, strategys_calls
from harness.errors import NotAvailableError
from harness.explanation.explain import Explanation, explain
from harness.explanation.marks import mark_driver_values
from harness.own.calls import Own, own_calls, sent_calls
from harness.own.sent import Sent, pack
from harness.plan import CONTRACT, EXPLANATION, Cell
from harness.recording import warming
from strategies.paused_gc import paused_gc

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager


class Job(msgspec.Struct):
    """A cell, and the SQLAlchemy URL (with its password) of the schema that holds its payroll.

    Of an explanation, a flame graph is drawn into the file of that name. With `own`, the cell is
    of a function of the user's own, which needs no URL; with `sent`, of a call that another
    process would make. The process may hold `memory` bytes.
    """

    cell: Cell
    url: str = ""
    flamegraph: str | None = None
    own: Own | None = None
    sent: Sent | None = None
    memory: int | None = None

    def __repr__(self) -> str:
        """Leave out what may hold a password: whoever logs a job, of a cluster say, logs this."""
        return f"Job({self.cell})"


class Answer(msgspec.Struct):
    """What one cell gave, or what went wrong instead, or why it is not available here.

    A check gives how many `items` were read, and so does a call that was sent, which also gives
    the exception that it `raised`, pickled.
    """

    figures: dict[str, float] = {}
    error: str | None = None
    unavailable: str | None = None
    explanation: Explanation | None = None
    items: int = 0
    raised: bytes | None = None


OURS = (f"{Path(__file__).parent}{os.sep}", str(strategies.__file__))
"""Where the frames of a traceback are the harness's, not the strategy's."""
LAST_WORDS = 2_000  # bytes
OUT_OF_MEMORY = ("SIGKILL", "SIGABRT")
"""How the kernel, and C++, end a process that asks for too much."""


def main() -> None:
    """Do the jobs on standard input, one after the other."""
    _die_with(os.getppid())
    for line in sys.stdin.buffer:
        answer = _in_fresh_process(line)
        sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
        sys.stdout.buffer.flush()


def _in_fresh_process(line: bytes) -> Answer:
    job = msgspec.json.decode(line, type=Job)
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
            answer = pipe.readline()  # not to its end: what it started may hold it open
        exit_code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        words.seek(-min(words.tell(), LAST_WORDS), os.SEEK_END)
        understood = _understood(answer, exit_code, words.read())
    if understood.error:
        understood.error = limit.said(understood.error, job.memory)
    return understood


def _end_if_the_parent_does(answer: BinaryIO) -> None:
    """Wait for the answer; before it comes, standard input can only say that the parent is gone.

    The kernel's parent-death signal alone is Linux's, and was seen to miss a parent's thread.
    """
    if answer not in select([answer, sys.stdin], [], [])[0]:
        os.killpg(0, signal.SIGKILL)


def _answer_and_end(job: Job, writing: int) -> NoReturn:
    """Be the fresh process."""
    _die_with(os.getppid())
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # the next jobs are not the strategy's to read
    try:
        with limit.held_to(job.memory):
            given = work(job)
    except NotAvailableError as error:
        given = Answer(unavailable=str(error))
    except Exception as error:  # whatever a strategy raises is its row's error
        given = Answer(error=_told(error), raised=pack(error) if job.sent else None)
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(msgspec.json.encode(given) + b"\n")
    os._exit(0)


def _understood(answer: bytes, exit_code: int, words: bytes) -> Answer:
    if exit_code < 0:
        name = signal.Signals(-exit_code).name
        guess = " (out of memory?)" if name in OUT_OF_MEMORY else ""
        return Answer(error=f"the measured process was killed by {name}{guess}")
    try:
        return msgspec.json.decode(answer, type=Answer)
    except msgspec.MsgspecError:
        lines = words.decode(errors="replace").strip().splitlines()
        last = lines[-1] if lines else "no answer"
        return Answer(error=f"the measured process ended with exit code {exit_code}: {last}")


def work(job: Job) -> Answer:
    """Check, measure or explain what the job is about; raises what that raises."""
    cell = job.cell
    if cell.meter == EXPLANATION:
        mark_driver_values()  # before any connection is made
    calls = _calls(job)
    if not cell.cold:
        with _warming(cell.meter):
            calls.warm_up()
    if cell.meter == CONTRACT:
        return Answer(items=calls.checked())
    if cell.meter == EXPLANATION:
        return Answer(explanation=explain(calls.measured, job.flamegraph))
    meters.claim_process(cell.meter)
    meter = discovery.load(meters, cell.meter)
    with paused_gc() if cell.paused else nullcontext():
        return Answer(meter.measure(calls.measured), items=calls.items())


def _calls(job: Job) -> Calls:
    if job.sent:
        return sent_calls(job.sent)
    return own_calls(job.cell, job.own) if job.own else strategys_calls(job.cell, job.url)


def _warming(meter: str) -> AbstractContextManager[None]:
    if meter == CONTRACT:
        return nullcontext()
    if meter == EXPLANATION:
        return warming()
    how: Callable[[], AbstractContextManager[None]] = getattr(
        discovery.load(meters, meter), "warming", nullcontext
    )
    return how()


def _told(error: Exception) -> str:
    """Give the error in one line, with the place in the strategy's file that it came through."""
    first, *_ = f"{type(error).__name__}: {error}".rstrip(": ").splitlines()
    frames = [
        frame
        for frame in extract_tb(error.__traceback__)
        if not frame.filename.startswith((*OURS, "<"))  # "<": no file, as a call that was given
    ]
    return f"{first} ({Path(frames[0].filename).name}:{frames[0].lineno})" if frames else first


def _die_with(parent: int) -> None:
    """Have the kernel (Linux) end this process when its parent dies, however it dies."""
    if sys.platform == "linux":
        set_parent_death_signal = 1  # PR_SET_PDEATHSIG, prctl(2)
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we asked
            sys.exit(1)


if __name__ == "__main__":
    main()
