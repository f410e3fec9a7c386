"""The command line in this process, thousands a minute, and what holds of every end of it.

What would start a server or measure is cut off at that door: what is tried is what comes before.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn
from unittest.mock import patch

from callmeter.worker_pool import WorkerPool
from handlers import handlers_restored
from harness import cli
from harness.base.errors import INTERRUPTED, DatabaseError
from harness.postgres import server
from harness.runner import dask

if TYPE_CHECKING:
    from collections.abc import Sequence


class Done(NamedTuple):
    """The exit code of a command line, and its two outputs."""

    code: Any
    out: str
    err: str


def run(words: Sequence[str]) -> Done:
    """Run the command line as a process would, and check its end."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", "backslashreplace") for _ in range(2))
    code: object = "it did not end the process"
    try:
        with (
            patch.object(server, "running", _refuse),
            patch.object(dask, "dask_cluster", _refuse),
            patch.object(WorkerPool, "__init__", _refuse),
            patch.object(sys, "argv", ["harness", *words]),
            handlers_restored(),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            cli.main()
    except SystemExit as end:
        code = end.code
    for stream in (out, err):
        stream.seek(0)
    done = Done(code, out.read(), err.read())
    if code == INTERRUPTED:  # it is us who are
        raise KeyboardInterrupt
    _check(words, done)
    return done


def _refuse(*_: object, **__: object) -> NoReturn:
    raise DatabaseError("cut off: no server, and nothing is measured")


def _check(words: Sequence[str], done: Done) -> None:
    """Assert that it ended with 0, 1 or 2, and with 2 in one clear line."""
    assert done.code in (0, 1, 2), done
    assert "Traceback" not in done.err
    lines = done.err.splitlines()
    assert all(line.isprintable() for line in lines), done.err
    errors = [line for line in lines if line.startswith("error: ")]
    if done.code == 2 and words[:1] not in ([], [""]):  # without a command, the usage is shown
        assert errors == lines[-1:], done
        assert done.out == "", done
    elif done.code != 2:
        assert not errors, done


def is_whole(form: str, done: Done) -> None:
    """Assert that the output is whole, in its format."""
    if done.code == 2:
        return
    if form == "html":
        assert done.out.rstrip().endswith("</html>")
        return
    assert all(line.isprintable() for line in done.out.split("\n")), repr(done.out)
    if form == "json":
        json.loads(done.out)
    if form == "csv":
        rows = list(csv.reader(io.StringIO(done.out)))
        assert len({len(row) for row in rows if row}) <= 1
        assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)
