"""A call: what is measured, however it is made.

A factory makes it in the process that measures: a function that is found by its name, as
`package.module:function`, and called with keyword arguments that JSON can hold. Factories here are
`callmeter.loader:make_call` (a user's target) and `callmeter.remote_call:make_call` (a function
that another process sent); anyone may write another.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import finalize

from callmeter.errors import Error
from callmeter.normalize import has_fields

if TYPE_CHECKING:
    import asyncio


class CountError(Error):
    """The measured call gave another number of items than the warm-up."""


class AwaitedError(RuntimeError):
    """A call that is to be awaited in the loop that runs already: no loop can wait for another."""


def count(result: object) -> int | None:
    """Return how many items a result has: of a list, a table, a dict; None if it has no length."""
    try:
        return None if isinstance(result, str | bytes) else len(result)  # type: ignore[arg-type]
    except TypeError:  # also of a class, or an array without dimensions
        return None


def name_of(function: Callable[..., Any]) -> str:
    """Return the function's name, as in its class."""
    return getattr(function, "__qualname__", None) or repr(function)


def own_code(module: str | None) -> tuple[str, ...]:
    """Return where the code of a module's top-level package is, if it is a user's."""
    top = sys.modules.get((module or "").partition(".")[0])
    file = getattr(top, "__file__", None)
    if file is None or top is None or top.__name__ in sys.stdlib_module_names:
        return ()
    return (str(Path(file).parent) + os.sep if hasattr(top, "__path__") else file,)


@dataclass(frozen=True)
class Call:
    """A function that is called without arguments, and what belongs to measuring it.

    `warm_up` is called before; without one, the function itself is, and must then give as many
    items as when it is measured. `check` raises an error that names what is wrong with a result.
    `count` returns how many items a result has, None if it has none to count. `own` are folders or
    files of the user's code, which may be installed like a library: what it allocates is not the
    library's. `loop` is where the function awaits. `durations` are the seconds that each of the
    calls at once took last, where it makes several (`callmeter.at_once`).
    """

    function: Callable[[], Any]
    warm_up: Callable[[], object] | None = None
    check: Callable[[Any], None] = lambda _: None
    count: Callable[[Any], int | None] = count
    own: Sequence[str] = ()
    loop: Loop | None = None
    durations: Sequence[float] = ()


class Counted:
    """A call's function that remembers how many items its last result had."""

    items: int | None = None
    _is_called = False

    def __init__(self, call: Call) -> None:
        self._call = call

    @property
    def durations(self) -> Sequence[float]:
        """The seconds that each of the calls at once took last, where there are several."""
        return self._call.durations

    def warm_up(self) -> None:
        """Call what warms up; the function itself is counted as it will be when measured."""
        if self._call.warm_up:
            self._call.warm_up()
        else:
            self()

    def __call__(self) -> Any:
        """Call and count; raises CountError if the count is another than the last one."""
        result = self._call.function()
        self.note(self._call.count(result))
        return result

    def note(self, items: int | None) -> None:
        """Note how many items a call gave; raises CountError if the last one gave others."""
        before, self.items = self.items, items
        if self._is_called and before != items:
            raise CountError(
                f"the second call gave {_items(items)}, the first {_items(before)}: "
                "the warm-up changed something"
            )
        self._is_called = True


def _items(number: int | None) -> str:
    return "no items" if not number else f"{number:,} {'item' if number == 1 else 'items'}"


def make(factory: str, arguments: Mapping[str, Any]) -> Call:
    """Import the factory and have it make its call."""
    module, _, name = factory.partition(":")
    made: Call = getattr(import_module(module), name)(**arguments)
    return made


class Loop:
    """One event loop for the whole process: a pool of connections belongs to its loop."""

    _runner: asyncio.Runner | None = None
    _is_beside = False

    def finish(self, result: Awaitable[Any] | Any) -> Any:
        """Return what an awaitable gives; anything else as it is.

        Raises AwaitedError within an async function, of whichever event loop.
        """
        if not inspect.isawaitable(result):
            return result
        import asyncio  # only here: a call that awaits nothing must not have it in its memory

        if asyncio._get_running_loop() or _is_in_coroutine():
            if inspect.iscoroutine(result):
                result.close()
            raise AwaitedError("cannot await it here, in an async function; call from a plain one")
        if self._runner is None and self._is_beside:
            if inspect.iscoroutine(result):
                result.close()
            raise AwaitedError("calls at once are to be awaited, and the one before was not")
        if self._runner is None:
            self._runner = asyncio.Runner()
            finalize(self, self._runner.close)
        if self._is_beside:
            return asyncio.run_coroutine_threadsafe(
                _awaited(result), self._runner.get_loop()
            ).result()
        return self._runner.run(_awaited(result))

    def run_beside(self, work: Callable[[], None]) -> None:
        """Call it; where the loop was used before, run it meanwhile for what its threads await."""
        self._is_beside = True
        try:
            if self._runner is None:
                work()
            else:
                import asyncio

                self._runner.run(asyncio.to_thread(work))
        finally:
            self._is_beside = False

    def close(self) -> None:
        """End the loop, and what still runs in it."""
        if self._runner:
            self._runner.close()


def _is_in_coroutine() -> bool:
    frame = inspect.currentframe()
    while frame and not frame.f_code.co_flags & (inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR):
        frame = frame.f_back
    return frame is not None


async def _awaited(result: Awaitable[Any]) -> Any:
    return await result


def reading(function: Callable[[], Any], loop: Loop, *, fold: bool = False) -> Callable[[], Any]:
    """Return the function that awaits a result and reads it to its end.

    Its items are held: a generator's as a list, anything else as it is. Or, to `fold`, each item is
    released as soon as it is read, and their number returned.
    """
    finish = _fold if fold else _hold
    return lambda: finish(loop.finish(function()), loop)


async def hold_async(result: Awaitable[Any] | Any) -> Any:
    """Return the same as `reading` does, in an async function: what is given, awaited and held."""
    if inspect.isawaitable(result):
        result = await result
    return await _listed(result) if _is_async(result) else _hold(result)


def _hold(result: Any, loop: Loop | None = None) -> Any:
    """Read the result to its end: into a list, or a collection that reads when its length is."""
    if loop and _is_async(result):
        return loop.finish(_listed(result))
    if hasattr(result, "__next__") or _is_unread(result):
        return list(result)
    count(result)  # Django's QuerySet reads now
    return result


def _is_async(result: Any) -> bool:
    return isinstance(result, AsyncIterator) or (
        isinstance(result, AsyncIterable) and not isinstance(result, Iterable)
    )


def _is_unread(result: Any) -> bool:
    """Whether only iterating reads it, as SQLAlchemy's Query; not what has fields."""
    is_sized = hasattr(result, "__len__")
    return isinstance(result, Iterable) and not is_sized and not has_fields(result)


def _fold(result: Any, loop: Loop) -> int | None:
    if _is_async(result):
        return int(loop.finish(_counted(result)))
    if isinstance(result, Iterable) and not isinstance(result, str | bytes | Mapping):
        return sum(1 for _ in result)
    return count(result)


async def _listed(result: AsyncIterable[Any]) -> list[Any]:
    return [item async for item in result]


async def _counted(result: AsyncIterable[Any]) -> int:
    total = 0
    async for _ in result:
        total += 1
    return total
