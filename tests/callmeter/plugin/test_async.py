"""The plugin in async tests, of pytest-asyncio and of anyio."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from inner_pytest import Run

TESTS = """
import asyncio

@pytest.fixture
def anyio_backend():
    return "asyncio"

{mark}
async def test_of(memory):
    measured = await memory.of(functions.awaited, 1000)
    assert measured.where == "this process"
    assert measured.items == len(measured.result) == 1000
    assert measured.retained_per_item == pytest.approx(1045, rel=0.03)
    assert (await memory.of(functions.awaited_one_by_one, 1000)).items == 1000
    assert memory(functions.blocks, 1000).items == 1000
    with pytest.raises(LookupError, match="no such payroll"):
        await memory.of(functions.failing)

    calls = []
    async def appended():
        calls.append(asyncio.get_running_loop())
    await memory.once.of(appended)
    assert calls == [asyncio.get_running_loop()]

{mark}
async def test_another_count(memory):
    await memory.of([[1], [1, 2, 3]].pop)

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


@pytest.mark.parametrize(("plugin", "mark"), [("pytest_asyncio", "asyncio"), ("anyio", "anyio")])
def test_in_async_tests(run: Run, plugin: str, mark: str) -> None:
    pytest.importorskip(plugin, reason=f"{plugin} is not installed")
    run(
        TESTS.replace("{mark}", f"@pytest.mark.{mark}"),
        passed=1,
        failed=5,
        shown="""
*pop: the second call gave 1 item, the first 3 items: *; use memory.once(...)
awaited: peak 1.0? MB is over the limit of 1.00 MB by *
measured in this process, after a warm-up
* MB *%  functions.py:* (*
test_body*: peak 1.?? MB is over the limit of 1.00 MB by *
* MB *%  functions.py:* (*
awaited: to be awaited, in an async test; use `await memory.of(awaited, ...)`
*<lambda>: to be awaited, in an async test; use `await memory.of(*
""",
    )


def test_with_an_async_fixture_of_the_session(run: Run) -> None:
    pytest.importorskip("pytest_asyncio", reason="pytest-asyncio is not installed")
    run(
        """
import asyncio, pytest_asyncio

class Connection:
    def __init__(self):
        self.loop = asyncio.get_running_loop()

    async def read(self, number):
        assert asyncio.get_running_loop() is self.loop
        return await functions.awaited(number)

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
""",
        passed=2,
    )
