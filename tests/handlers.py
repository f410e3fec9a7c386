"""The signals that the command line handles, for tests that run it in their own process."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def handlers_restored() -> Iterator[None]:
    """Restore the handlers of these signals in the end."""
    handlers = {which: signal.getsignal(which) for which in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for which, handler in handlers.items():
            signal.signal(which, handler)
