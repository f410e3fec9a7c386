"""Other users of this machine, whom root can be for a while."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.postgres import server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT_USER, NOBODY, STRANGER, NAMELESS = 0, 65534, 1, 54321
"""Users by number: two ordinary ones, and one that has no name."""
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount, or be another user")


def as_user(user: int, act: Callable[[], object]) -> str:
    """Do it in a process of that user; return its result, or the error, as text."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        with os.fdopen(writing, "w") as answer:
            answer.write(_result(user, act))
            answer.flush()
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.wait()
    return text


@contextmanager
def served_by(user: int) -> Iterator[Path]:
    """Start a server that this user runs; yield its data folder."""
    (ready, telling), (over, ending) = os.pipe(), os.pipe()

    def serve() -> None:
        with server.running() as ours:
            os.write(telling, bytes(ours.data))
            os.read(over, 1)

    child = os.fork()
    if child == 0:
        os.close(ending)  # so that the end of the parent is seen
        os.write(telling, _result(user, serve).encode())
        os._exit(0)
    try:
        data = os.read(ready, 4096).decode()
        assert data.startswith("/"), data
        yield Path(data)
    finally:
        os.write(ending, b".")
        os.waitpid(child, 0)
        for descriptor in (ready, telling, over, ending):
            os.close(descriptor)


def _result(user: int, act: Callable[[], object]) -> str:
    """Become the user, for good, and do it."""
    try:
        if os.geteuid() != user:
            os.setgroups([])
            os.setgid(user)
            os.setuid(user)
        return str(act())
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
