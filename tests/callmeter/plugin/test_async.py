"""Async functions measured, in async tests and others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Run


@pytest.mark.parametrize("method", ["memory", "memory.once", "memory.fresh"])
@pytest.mark.parametrize("function", ["one_by_one", "awaited", "awaited_one_by_one"])
def test_async_functions_are_awaited_and_iterators_held(
    run: Run, function: str, method: str
) -> None:
    done = run(f"""
import asyncio  # no import of its is to be counted, where a plugin has not imported it

def test_it(memory):
    measured = {method}(functions.{function}, 1000)
    assert measured.items == 1000
    assert measured.retained_per_item == pytest.approx(1045, rel=0.2)
""")
    done.assert_outcomes(passed=1)


def test_the_loop_of_plain_tests_is_one(run: Run) -> None:
    done = run("""
import asyncio

def test_it(memory):
    async def loop():
        return [asyncio.get_running_loop()]
    assert memory(loop).result == memory(loop).result
""")
    done.assert_outcomes(passed=1)


TESTS = """
import asyncio

{mark}
async def test_of(memory):
    measured = await memory.of(functions.awaited, 1000)
    assert measured.where == "this process"
    assert measured.items == len(measured.result) == 1000
    assert measured.retained_per_item == pytest.approx(1045, rel=0.03)
    assert (await memory.of(functions.awaited_one_by_one, 1000)).items == 1000
    assert memory(functions.blocks, 1000).items == 1000

    calls = []
    async def appended():
        calls.append(asyncio.get_running_loop())
    await memory.once.of(appended)
    assert calls == [asyncio.get_running_loop()]

{mark}
async def test_another_count(memory):
    held = [1, 2, 3]
    async def purge():
        return [held.pop() for _ in range(len(held))]
    await memory.of(purge)

{mark}
async def test_raises(memory):
    async def raises():
        raise LookupError("no such payroll")
    with pytest.raises(LookupError, match="no such payroll"):
        await memory.of(raises)

{mark}
@pytest.mark.peak_memory("1 MB")
async def test_over(memory):
    await memory.of(functions.awaited, 1000)

{mark}
@pytest.mark.peak_memory("1 MB")
async def test_body():
    await asyncio.sleep(0)
    held = await functions.awaited(1000)
    await asyncio.sleep(0)

{mark}
async def test_no_loop_waits_for_another(memory):
    memory(functions.awaited, 1000)

{mark}
async def test_no_loop_waits_for_another_hidden(memory):
    memory(lambda: functions.awaited(1000))
"""


@pytest.mark.parametrize(
    ("plugin", "mark"),
    [("pytest_asyncio", "@pytest.mark.asyncio"), ("anyio", "@pytest.mark.anyio")],
)
def test_in_async_tests(run: Run, plugin: str, mark: str) -> None:
    pytest.importorskip(plugin, reason=f"{plugin} is not installed")
    backend = "\n@pytest.fixture\ndef anyio_backend():\n    return 'asyncio'\n"
    done = run(TESTS.format(mark=mark) + backend)
    done.assert_outcomes(passed=2, failed=5)
    done.stdout.fnmatch_lines(
        [
            "*purge: the second call gave no items, the first 3 items: *; use memory.once(...)",
            "awaited: peak 1.0? MB is over the limit of 1.00 MB by *",
            "measured in this process, after a warm-up",
            "* MB *%  functions.py:9 (*",
            "test_body*: peak 1.?? MB is over the limit of 1.00 MB by *",
            "* MB *%  functions.py:9 (*",
            "awaited: to be awaited, in an async test; use `await memory.of(awaited, ...)`",
            "*<lambda>: to be awaited, in an async test; use `await memory.of(*",
        ]
    )


def test_with_an_async_fixture_of_the_session(run: Run) -> None:
    pytest.importorskip("pytest_asyncio", reason="pytest-asyncio is not installed")
    done = run(
        """
import asyncio, pytest_asyncio

class Connection:
    def __init__(self):
        self.loop = asyncio.get_running_loop()

    async def read(self, count):
        assert asyncio.get_running_loop() is self.loop
        await asyncio.sleep(0)
        return functions.blocks(count)

@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def connection():
    yield Connection()

@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.peak_memory("1.1 MB", per_item="1.1 kB")
async def test_call(memory, connection):
    assert (await memory.of(connection.read, 1000)).name == "Connection.read"

@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.peak_memory("1.1 MB")
async def test_body(connection):
    await connection.read(1000)
"""
    )
    done.assert_outcomes(passed=2)
