"""What a person sees: the answer on standard output, progress and notes on standard error."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from callmeter.errors import UsageError
from harness.base.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def tell(message: str) -> None:
    """Print a line on standard error, if anybody can be told."""
    with suppress(OSError):  # a terminal that was closed, a full disk
        print(printable(message), file=sys.stderr, flush=True)


def show(text: str) -> None:
    """Print the answer, escaped where the terminal cannot; raises UsageError for a full disk.

    A reader who has seen enough (`| head`) is no error.
    """
    encoding = sys.stdout.encoding or "utf-8"
    try:
        print(text.encode(encoding, "backslashreplace").decode(encoding), flush=True)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise UsageError(f"cannot print the answer: {error.strerror or error}") from error


@contextmanager
def progress(total: int) -> Iterator[Callable[[str, int], None]]:
    """Give `step(what, advance)`, which moves a bar of `total` steps; no bar off a terminal."""
    console = Console(stderr=True)
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),  # a path may hold [brackets]
    )
    off = not console.is_terminal
    bar = Progress(*columns, console=console, transient=True, disable=off)
    task = bar.add_task("starting Postgres", total=total)
    bar.start()
    try:
        yield lambda what, advance: bar.update(task, description=what, advance=advance)
    finally:
        with suppress(OSError):  # the terminal was closed
            bar.stop()
