"""What the trials of every part are made of: a place each, and what was wrong in words."""

from __future__ import annotations

import os
import signal
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tools.publish.trials import Trial
from trust._stages import make_place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Fault = tuple[str, str, Callable[[], str]]
    """What is done, at which stage, and a function that tries it once and says what was wrong."""

    from trust._stages import Place


@contextmanager
def a_place(name: str = "place") -> Iterator[Place]:
    """Give a place for one trial, removed after it."""
    with tempfile.TemporaryDirectory(prefix="trust-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield make_place(Path(folder) / name)


def tally(faults: Iterable[Fault], times: int) -> Iterator[Trial]:
    """Try each so often, side by side; give what came of it, in their order."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it
    side_by_side = os.cpu_count() or 1
    with ThreadPoolExecutor(side_by_side) as pool:
        begun = [
            (what, where, [pool.submit(_once, once) for _ in range(times)])
            for what, where, once in faults
        ]
        try:
            for what, where, futures in begun:
                wrong = [future.result() for future in futures]
                seen = dict.fromkeys(filter(None, wrong))
                yield Trial(what, where, times, wrong.count(""), "; ".join(seen))
        finally:
            pool.shutdown(cancel_futures=True)  # interrupted: what was begun comes to its end


def _once(once: Callable[[], str]) -> str:
    """Return what it says; what it raises has not held either, and the others go on."""
    try:
        return once()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
