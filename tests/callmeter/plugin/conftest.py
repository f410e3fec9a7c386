"""What the tests of the plugin share: a pytest of its own, with functions to measure."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

FUNCTIONS = '''
import os

class OddError(Exception):
    """One that pickle cannot make again."""
    def __init__(self, one, other):
        super().__init__(one)

def blocks(count, size=1000):
    return [b"." * size for _ in range(count)]

def one_by_one(count):
    yield from blocks(count)

async def awaited(count):
    return blocks(count)

async def awaited_one_by_one(count):
    for block in blocks(count):
        yield block

def released(count):
    return len(blocks(count))

def process(*_):
    return [os.getpid()] * (1 + os.getpid())

def options(timeout, warm_up, meters):
    return [timeout, warm_up, meters]

def nothing():
    return []

def raises():
    raise LookupError("no such payroll")

def raises_oddly():
    raise OddError(1, 2)

def is_killed():
    os.kill(os.getpid(), 9)

def ends():
    os._exit(3)
'''
NO_WARNING = "-oasyncio_default_fixture_loop_scope=function"
"""pytest-asyncio warns of every session that leaves it open."""
HEAD = "import os, pytest, functions\n"


class Run(Protocol):
    """Run a test file in a pytest of its own, which has the plugin."""

    def __call__(self, source: str, *options: str) -> pytest.RunResult: ...


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """A function that runs a test file beside `functions.py`."""
    pytester.makepyfile(functions=FUNCTIONS)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")  # of the next file of the same name

    strict = ["--strict-markers", "-Werror", "-q"]
    strict += [NO_WARNING] if find_spec("pytest_asyncio") else []

    def run_file(source: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(test_it=HEAD + source)
        return pytester.runpytest_subprocess(*strict, *options)

    return run_file
