"""The command line: one module a command. Only here is anything printed, or the process ended.

Exit codes: 0 all is well; 1 a strategy broke the contract or could not be measured, or a check
failed; 2 the command line, a file or the database is not right; 130 interrupted.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

import typer

import strategies
from callmeter import discovery
from callmeter.errors import Error, UsageError, message
from harness.base.errors import INTERRUPTED
from harness.base.secret import masked
from harness.cli._progress import tell

if TYPE_CHECKING:
    from types import FrameType


def main() -> NoReturn:
    """Run the command line and end the process with its exit code."""
    logging.getLogger("psycopg").addHandler(logging.NullHandler())  # its errors are told by us
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _interrupt)
    _have_all_streams()
    try:
        if sys.flags.optimize > 1:
            raise UsageError("Python's -OO removes the docstrings that labels and help are; use -O")
        sys.exit(_told(_app()(prog_name="python -m harness", standalone_mode=False)))
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(_told(INTERRUPTED))
    except (Error, strategies.StrategyError) as error:
        _fail(message(error))
    except typer.TyperException as error:
        if said := getattr(error, "format_message", error.__str__)():  # none: it was the help
            _fail(said)
    except (OSError, MemoryError, RuntimeError) as error:
        _fail(_machines(error))
    sys.exit(2)


def _told(code: int) -> int:
    """Give the exit code back; an interrupt that nobody told of yet is told."""
    if code == INTERRUPTED:  # typer's answer to one
        tell("interrupted")
    return code


def _fail(error: str) -> None:
    tell(f"error: {masked(error)}")


def _machines(error: Exception) -> str:
    """Say what the machine is out of: disk, files, memory, threads; raises what is another's."""
    if isinstance(error, RuntimeError) and "new thread" not in str(error):
        raise error
    return str(error) or "out of memory"


def _have_all_streams() -> None:
    """Open what was closed (`>&-`), or the next file that is opened would be taken for it."""
    for name, mode in (("stdin", "r"), ("stdout", "r"), ("stderr", "w")):
        if getattr(sys, name) is None:  # an answer cannot be printed: stdout is not writable
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115, PTH123 (until the end)


def _app() -> typer.Typer:
    """Give the application: every module beside this one is a command, its `run` the code."""
    app = typer.Typer(
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )
    app.callback()(_question)
    for name in discovery.names(sys.modules[__name__]):
        command = discovery.load(sys.modules[__name__], name)
        app.command(name, help=_unwrapped(command.__doc__), epilog=command.EXAMPLES)(command.run)
    return app


def _question() -> None:
    """Which way of mapping rows to domain objects should our repository use?"""  # noqa: D400


def _unwrapped(text: str | None) -> str:
    """Give the text with a line for each paragraph, for the terminal to wrap."""
    return "\n\n".join(" ".join(part.split()) for part in (text or "").split("\n\n"))


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
