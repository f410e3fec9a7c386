"""Other users of this machine, whom root can be for a while."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from harness.postgres import server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT_USER, NOBODY, STRANGER, NAMELESS = 0, 65534, 1, 54321
"""Users by number: two ordinary ones, and one that has no name."""
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def as_user(user: int, act: Callable[[], object]) -> str:
    """Do it in a process of that user; give what it gave, or the error's text."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        _be(user)
        os.close(reading)
        with os.fdopen(writing, "w") as answer:
            answer.write(_given(act))
            answer.flush()
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        said = answer.read()
    os.wait()
    return said


@contextmanager
def served_by(user: int) -> Iterator[Path]:
    """A server that this user runs meanwhile; gives its data folder."""
    with _pipe() as (told, telling), _pipe() as (ended, ending):
        child = os.fork()
        if child == 0:
            os.close(ending)
            _serve(user, telling, ended)
        try:
            said = os.read(told, 4096).decode()
            assert said.startswith("/"), said
            yield Path(said)
        finally:
            os.write(ending, b".")
            os.waitpid(child, 0)


def _serve(user: int, telling: int, ended: int) -> NoReturn:
    _be(user)
    try:
        with server.running() as ours:
            os.write(telling, str(ours.data).encode())
            os.read(ended, 1)
    except BaseException as error:
        os.write(telling, repr(error).encode())
    os._exit(0)


def _be(user: int) -> None:
    if os.geteuid() != user:
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)


def _given(act: Callable[[], object]) -> str:
    try:
        return str(act())
    except BaseException as error:
        return f"{type(error).__name__}: {error}"


@contextmanager
def _pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    try:
        yield reading, writing
    finally:
        os.close(reading)
        os.close(writing)
