"""How far a run is: a bar on a terminal, elsewhere a line every 30 seconds."""

from __future__ import annotations

import sys
from contextlib import contextmanager, suppress
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any

from harness.base.escape import printable
from harness.cli._output import SECONDS_SILENT, as_encoded, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Listener = tuple[Callable[[str, int, int], None], Callable[[str], None]]

SECONDS_BETWEEN_LINES = 30.0


class State:
    """What is done now, how many cells are measured, of how many, and since when."""

    def __init__(self) -> None:
        self.what, self.done, self.total = "", 0, 0
        self._began = self._last = monotonic()

    def update(self, what: str, done: int, total: int) -> None:
        """Take what a run reports."""
        self.what, self.done, self.total = what, done, total
        self._last = monotonic()
        if not done:
            self._began = self._last

    @property
    def left(self) -> str:
        """About how long it will take, if the remaining cells take as long as those before."""
        if not 0 < self.done < self.total:
            return ""
        seconds = (self._last - self._began) / self.done * (self.total - self.done)
        return f", about {_in_words(max(0.0, seconds - (monotonic() - self._last)))} left"

    def line(self) -> str:
        """Return the state in one line."""
        if not self.done:
            return f"{self.what}; {self.total:,} to measure" if self.total else self.what
        return f"{self.done:,} of {self.total:,} measured{self.left}: {self.what}"


def _in_words(seconds: float) -> str:
    if seconds < 20:
        return f"{max(1, round(seconds))} s"
    if seconds < 90:
        return f"{round(seconds, -1):.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"


@contextmanager
def listening() -> Iterator[dict[str, Any]]:
    """Show how far a run is; yield its `progress` and `notice`."""
    with (_bar if sys.stderr.isatty() else _lines)(State()) as (progress, notice):
        yield {"progress": progress, "notice": notice}


@contextmanager
def _lines(state: State) -> Iterator[Listener]:
    """Print the state every 30 seconds, from another thread."""
    ended = Event()

    def print_lines() -> None:
        pause = SECONDS_SILENT
        while not ended.wait(pause):
            if state.what:  # a slow machine may still be importing
                tell(state.line())
            pause = SECONDS_BETWEEN_LINES

    Thread(target=print_lines, daemon=True).start()
    try:
        yield state.update, tell
    finally:
        ended.set()


@contextmanager
def _bar(state: State) -> Iterator[Listener]:
    """Draw the state as a bar, which leaves the terminal as it was."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (BarColumn(20), TextColumn("{task.description}", markup=False))
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task("")

    def progress(what: str, done: int, total: int) -> None:
        state.update(what, done, total)
        text = as_encoded(printable(state.line()), sys.stderr.encoding)
        bar.update(task, description=text, completed=done, total=total or None)

    def notice(text: str) -> None:
        bar.console.print(printable(text), markup=False, highlight=False, soft_wrap=True)

    bar.start()
    try:
        yield progress, notice
    finally:
        with suppress(OSError):  # the terminal was closed
            bar.stop()
