"""The fixture `memory`: calls measured, and held to the limits of the test."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from callmeter import measurement
from callmeter.call import CountError, Loop
from callmeter.errors import NotAvailableError, NotMeasuredError, TargetError
from callmeter.measurement import name_of
from callmeter.plugin.databases import is_django_connected
from callmeter.plugin.outcome import give_up, hold

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from types import TracebackType

    import pytest

    from callmeter.measurement import Measurement
    from callmeter.plugin.limits import Limits

PACKAGE = Path(__file__).parents[1]
OPTIONS = {"meters", "warm_up", "loop", "timeout", "python"}
"""Names of arguments that are the function's here, and options of `callmeter.measurement`'s."""
WARM, COLD = "after a warm-up", "without a warm-up"
REAL_DATABASE = (
    "Django's connections are configured, and a fresh process would use them: the real database, "
    "not the test's; measure in the test's process, by memory(...), or memory.once(...) for a "
    "call that changes its data"
)


class AwaitedError(Exception):
    """A call to be awaited in a loop that runs already."""


class Calls:
    """Measures calls, all of them after a warm-up or all without.

    All methods take `function, *args, **kwargs`, await an async function, hold an iterator's items
    in a list, raise what the function raises, and fail the test if a limit is exceeded.
    """

    def __init__(self, test: _Test, *, warm_up: bool) -> None:
        self._test = test
        self._warm_up = warm_up

    def __call__(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Measurement:
        """Measure the call in the test's process; `measured.result` is what it returned.

        An async function is awaited in a loop for the fixture alone: in an async test, that fails.
        """
        __tracebackhide__ = True
        call, rest = _bound(function, kwargs)
        measure = partial(measurement.measure, warm_up=self._warm_up, loop=self._test.loop)
        try:
            measured = measure(call, *args, **rest)
        except Exception as error:
            self._raise(function, error)
        return self._held(function, measured)

    async def of(
        self, function: Callable[..., Awaitable[Any] | Any], /, *args: Any, **kwargs: Any
    ) -> Measurement:
        """Measure the call in the event loop that runs: `await memory.of(function, ...)`.

        What other tasks of the loop allocate meanwhile counts too.
        """
        __tracebackhide__ = True
        call, rest = _bound(function, kwargs)
        try:
            measured = await measurement.measure_async(call, *args, warm_up=self._warm_up, **rest)
        except Exception as error:
            self._raise(function, error)
        return self._held(function, measured)

    def fresh(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Measurement:
        """Measure the call in a fresh process, which finds the function by its name in its module.

        Nothing that the test has set up is there: fixtures, patches, transactions. Arguments go as
        copies, and the result does not come back. Refused where Django's connections are
        configured, as those of a fresh process are to the real database.
        """
        __tracebackhide__ = True
        if is_django_connected():
            give_up(name_of(function), REAL_DATABASE)
        call, rest = _bound(function, kwargs)
        try:
            measured = measurement.fresh(call, *args, warm_up=self._warm_up, **rest)
        except Exception as error:
            self._raise(function, error)
        return self._held(function, measured)

    def _held(self, function: Callable[..., Any], measured: Measurement) -> Measurement:
        __tracebackhide__ = True
        self._test.calls += 1
        named = replace(measured, name=name_of(function))
        how = WARM if self._warm_up else COLD
        hold(self._test.item, named, self._test.limits, how)
        return named

    def _raise(self, function: Callable[..., Any], error: Exception) -> NoReturn:
        """Fail or skip the test in one line, or raise the function's own error as it was."""
        __tracebackhide__ = True
        self._test.calls += 1
        name = name_of(function)
        if isinstance(error, NotAvailableError | NotMeasuredError):
            give_up(name, error)
        if isinstance(error, CountError):
            give_up(name, f"{error}; use memory.once(...)")
        if isinstance(error, TargetError):
            give_up(name, f"{error}; use memory(...), which calls it in the test's process")
        if isinstance(error, AwaitedError):
            give_up(name, f"to be awaited, in an async test; use `await memory.of({name}, ...)`")
        error.__traceback__ = _of_function(error.__traceback__)
        raise error


class Memory(Calls):
    """The fixture: `measured = memory(function, *args, **kwargs)`.

    Each function is called once to warm up and once to be measured; by `memory.once(function,
    ...)`, `await memory.once.of(...)` and `memory.once.fresh(...)` only to be measured: for what
    changes its data.
    """

    def __init__(self, request: pytest.FixtureRequest, limits: Limits | None) -> None:
        test = _Test(request.node, limits)
        super().__init__(test, warm_up=True)
        self.once = Calls(test, warm_up=False)

    @property
    def calls(self) -> int:
        """How many calls were measured."""
        return self._test.calls

    def close(self) -> None:
        """End the loop that async functions were awaited in."""
        self._test.loop.close()


class _Loop(Loop):
    """The loop for async functions of a test that is not async itself."""

    def finish(self, result: Awaitable[Any] | Any) -> Any:
        """Return what an awaitable gives; raises AwaitedError in an async function."""
        if inspect.isawaitable(result) and _is_in_coroutine():
            if inspect.iscoroutine(result):
                result.close()
            raise AwaitedError
        return super().finish(result)


@dataclass
class _Test:
    """The test that calls, its limits, and how many calls it has made."""

    item: pytest.Item
    limits: Limits | None
    loop: Loop = field(default_factory=_Loop)
    calls: int = 0


def _bound(
    function: Callable[..., Any], kwargs: Mapping[str, Any]
) -> tuple[Callable[..., Any], dict[str, Any]]:
    """Return the function, holding those of its arguments that would be taken for options."""
    held = {name: value for name, value in kwargs.items() if name in OPTIONS}
    rest = {name: value for name, value in kwargs.items() if name not in OPTIONS}
    return (partial(function, **held) if held else function), rest


def _is_in_coroutine() -> bool:
    """Whether a function that calls this is async, of whichever event loop."""
    frame = inspect.currentframe()
    while frame and not frame.f_code.co_flags & (inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR):
        frame = frame.f_back
    return frame is not None


def _of_function(trace: TracebackType | None) -> TracebackType | None:
    """Return what is left of the traceback after the frames of this package."""
    while trace and Path(trace.tb_frame.f_code.co_filename).is_relative_to(PACKAGE):
        trace = trace.tb_next
    return trace
