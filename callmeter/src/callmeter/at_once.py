"""Many calls at once, as a service makes them: in threads, or as tasks of one event loop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from threading import Barrier, BrokenBarrierError, Thread
from time import perf_counter
from typing import Any

from callmeter.call import Call, Loop, hold_async

_NUMBER: ContextVar[int] = ContextVar("call_number", default=0)


def call_number() -> int:
    """Return which call this is of those that are measured together, from 0.

    By it each of them can have arguments of its own: `load(engine, ids[call_number()])`.
    """
    return _NUMBER.get()


@contextmanager
def numbered(number: int) -> Iterator[None]:
    """Make a call, in this thread, the one of that number."""
    token = _NUMBER.set(number)
    try:
        yield
    finally:
        _NUMBER.reset(token)


def at_once(call: Call, count: int) -> Call:
    """Return the call that makes so many of it at once, and returns the list of their results.

    Each has a thread; what they await runs as tasks of the call's one loop. All begin together, and
    every result is held until the last is there. Of the second such round, and so on, the numbers
    go on. If some fail, the first error is raised once all have ended.

    Warming up makes one call alone, which may set up what all share, and then as many at once: the
    connections of a pool are made then.
    """
    warm_up = call.warm_up or call.function
    loop = call.loop or Loop()
    durations: list[float] = [0.0] * count

    def all_at_once(function: Callable[[], Any]) -> list[Any]:
        return _results(function, count, loop, durations)

    def warm_up_all() -> None:
        warm_up()
        all_at_once(warm_up)

    def check(results: list[Any]) -> None:
        for number, result in enumerate(results):
            with numbered(number):
                call.check(result)

    return replace(
        call,
        function=lambda: all_at_once(call.function),
        warm_up=warm_up_all,
        check=check,
        count=lambda results: total(map(call.count, results)),
        durations=durations,
    )


def total(counts: Iterable[int | None]) -> int | None:
    """Return how many items there are in all; None if some have none to count."""
    found = list(counts)
    return None if None in found else sum(filter(None, found))


async def in_tasks(function: Callable[[], Any], count: int) -> list[Any]:
    """Call so many times in tasks of the loop that runs; return what `hold_async` does of each.

    If some fail, the first error is raised once all have ended.
    """
    import asyncio  # only here: a call that awaits nothing must not have it in its memory

    async def make(number: int) -> Any:
        with numbered(number):
            return await hold_async(function())

    results = await asyncio.gather(*map(make, range(count)), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


def _results(
    function: Callable[[], Any], count: int, loop: Loop, durations: list[float]
) -> list[Any]:
    first = call_number() * count
    results: list[Any] = [None] * count
    errors: list[BaseException] = []
    together = Barrier(count)

    def make(nth: int) -> None:
        try:
            together.wait()
        except BrokenBarrierError:  # not all could be started
            return
        start = perf_counter()
        try:
            with numbered(first + nth):
                results[nth] = function()
        except BaseException as error:
            errors.append(error)
        durations[nth] = perf_counter() - start

    loop.run_beside(lambda: _in_threads(make, together))
    if errors:
        raise errors[0]
    return results


def _in_threads(make: Callable[[int], None], together: Barrier) -> None:
    """Make all the calls that meet at the barrier, each in a thread; none if one cannot start."""
    started: list[Thread] = []
    try:
        for nth in range(together.parties):
            thread = Thread(target=make, args=(nth,), daemon=True)
            thread.start()
            started.append(thread)
    finally:
        if len(started) < together.parties:
            together.abort()
        for thread in started:
            thread.join()
