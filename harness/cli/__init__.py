"""The command line: one module a command. Only here is anything printed, or the process ended.

A command is a module with a docstring, whose first line says what it does, EXAMPLES, and `run`,
whose parameters are annotated with their options and which returns the exit code. What it needs is
imported when it runs, so that a help is quick.

Exit codes: 0 all is well; 1 a strategy broke the contract or could not be measured, or a check
failed; 2 the command line, a file or the database is not right; 130 interrupted.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

from callmeter import discovery
from callmeter.errors import Error, UsageError, message, unknown
from harness.base import distribution
from harness.base.errors import INTERRUPTED
from harness.base.secret import masked
from harness.cli import _help
from harness.cli._output import show, tell
from harness.cli._parser import parse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType, ModuleType

ENDINGS = ("SIGTERM", "SIGHUP")
"""Signals that interrupt a run as Ctrl-C does, where the system has them."""


def main() -> NoReturn:
    """Run the command line and end the process with its exit code."""
    for package in ("psycopg", "sqlalchemy"):  # their errors are our lines
        logging.getLogger(package).addHandler(logging.NullHandler())
    for name in ENDINGS:
        if ending := getattr(signal, name, None):
            signal.signal(ending, _interrupt)
    _have_all_streams()
    try:
        if sys.flags.optimize > 1:
            raise UsageError("Python's -OO removes the docstrings that labels and help are; use -O")
        sys.exit(_run(sys.argv[1:]))
    except KeyboardInterrupt:
        tell("interrupted")
        sys.exit(INTERRUPTED)
    except Error as error:
        _fail(message(error))
    except (OSError, MemoryError, RuntimeError) as error:
        _fail(_out_of(error))
    sys.exit(2)


def _run(words: Sequence[str]) -> int:
    """Run the command that the words name; return its exit code."""
    name, *rest = (_help.SHORT if word == "-h" else word for word in words or [""])
    if name in ("", _help.SHORT, _help.LONG):
        show(_help.of_program({command: _command(command) for command in _names()}))
        return 0 if name else 2
    if name == "--version":
        version = distribution.version()
        show(f"{distribution.NAME} {version}" if version else f"{distribution.NAME}, not installed")
        return 0
    if name.startswith("-"):
        raise unknown("option", name, [_help.SHORT, "--version"])
    if name not in _names():
        raise unknown("command", name, _names())
    module = _command(name)
    options = rest[: rest.index("--")] if "--" in rest else rest
    if _help.SHORT in options or _help.LONG in options:
        show(_help.of_command(name, module, full=_help.LONG in options))
        return 0
    code: int = module.run(**parse(module.run, rest))
    return code


def _names() -> list[str]:
    return discovery.names(sys.modules[__name__])


def _command(name: str) -> ModuleType:
    return discovery.load(sys.modules[__name__], name)


def _fail(error: str) -> None:
    tell(f"error: {masked(error)}")


def _out_of(error: Exception) -> str:
    """Return what the machine is out of: disk, files, memory, threads; raises any other error."""
    if isinstance(error, RuntimeError) and "new thread" not in str(error):
        raise error
    return str(error) or "out of memory"


def _have_all_streams() -> None:
    """Open what was closed (`>&-`), or the next file that is opened would be taken for it."""
    for name, mode in (("stdin", "r"), ("stdout", "r"), ("stderr", "w")):
        if getattr(sys, name) is None:  # an answer cannot be printed: stdout is not writable
            empty = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115, PTH123 (until the end)
            setattr(sys, name, empty)


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
