"""How far a run is: a bar on a terminal, elsewhere a line every 30 seconds."""

from __future__ import annotations

import sys
from contextlib import contextmanager, suppress
from shutil import get_terminal_size
from threading import Event, Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any

from harness.base.escape import printable
from harness.cli._output import SECONDS_UNSAID, as_encoded, tell

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS_BETWEEN_LINES = 30.0
SECONDS_BETWEEN_FRAMES = 0.5
BAR = 20
"""Columns of the bar."""
CLEAR = "\r\x1b[K"


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

    def bar(self) -> str:
        """Return the state with a bar."""
        filled = BAR * self.done // self.total if self.total else 0
        return (
            f"[{'#' * filled}{'-' * (BAR - filled)}] "
            f"{self.done:,} of {self.total:,}{self.left}: {self.what}"
        )


def _in_words(seconds: float) -> str:
    if seconds < 20:
        return f"{max(1, round(seconds))} s"
    if seconds < 90:
        return f"{round(seconds, -1):.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"


class Display:
    """Shows the state until it is ended, from a thread of its own."""

    def __init__(self) -> None:
        self.state = State()
        self._is_terminal = sys.stderr.isatty()
        self._ended, self._lock = Event(), Lock()
        Thread(target=self._frames if self._is_terminal else self._lines, daemon=True).start()

    def notice(self, text: str) -> None:
        """Print a line, above the bar."""
        with self._lock:
            self._clear()
            tell(text)

    def end(self) -> None:
        """Leave the terminal as it was."""
        self._ended.set()
        with self._lock:
            self._clear()

    def _frames(self) -> None:
        while not self._ended.wait(SECONDS_BETWEEN_FRAMES):
            with self._lock:
                if not self._ended.is_set():
                    text = printable(self.state.bar())[: get_terminal_size().columns - 1]
                    _draw(CLEAR + as_encoded(text, sys.stderr.encoding))

    def _lines(self) -> None:
        pause = SECONDS_UNSAID
        while not self._ended.wait(pause):
            tell(self.state.line())
            pause = SECONDS_BETWEEN_LINES

    def _clear(self) -> None:
        if self._is_terminal:
            _draw(CLEAR)


def _draw(text: str) -> None:
    with suppress(OSError):  # the terminal was closed
        print(text, end="", file=sys.stderr, flush=True)


@contextmanager
def listening() -> Iterator[dict[str, Any]]:
    """Show how far a run is; yield its `progress` and `notice`."""
    display = Display()
    try:
        yield {"progress": display.state.update, "notice": display.notice}
    finally:
        display.end()
