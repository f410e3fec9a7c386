"""The fixture `memory`: calls measured, and held to the limits of the test."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import import_module
from types import TracebackType
from typing import Any, NoReturn

import pytest

from callmeter import measurement
from callmeter.call import AwaitedError, CountError, Loop, name_of
from callmeter.errors import NotAvailableError, NotMeasuredError, TargetError
from callmeter.measurement import Measurement
from callmeter.places import OURS
from callmeter.plugin.limits import Limits
from callmeter.plugin.outcome import give_up, hold

OPTIONS = {"meters", "warm_up", "at_once", "calls", "loop", "timeout", "python"}
"""Names of arguments that are the function's here, and options of `callmeter.measurement`'s."""
WARM, COLD = "after a warm-up", "without a warm-up"
SETTINGS = "DJANGO_SETTINGS_MODULE"
NO_DATABASE = ("", "django.db.backends.dummy")
REAL_DATABASE = (
    "Django's connections are configured, and a fresh process would use them: the real database, "
    "not the test's; measure in the test's process, by memory(...), or memory.once(...) for a "
    "call that changes its data"
)


class Calls:
    """Measures calls, all of them after a warm-up or all without, `at_once` so many.

    All methods take `function, *args, **kwargs`, await an async function, hold an iterator's items
    in a list, raise what the function raises, and fail the test if a limit is exceeded.
    """

    def __init__(self, test: _Test, *, warm_up: bool, at_once: int = 1) -> None:
        self._test = test
        self._warm_up = warm_up
        self._at_once = at_once

    def __call__(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Measurement:
        """Measure the call in the test's process; `measured.result` is what it returned.

        An async function is awaited in a loop for the fixture alone: in an async test, that fails.
        """
        __tracebackhide__ = True
        measure = partial(measurement.measure, loop=self._test.loop)
        return self._measured(measure, function, args, kwargs)

    async def of(
        self, function: Callable[..., Awaitable[Any] | Any], /, *args: Any, **kwargs: Any
    ) -> Measurement:
        """Measure the call in the event loop that runs: `await memory.of(function, ...)`.

        What other tasks of the loop allocate meanwhile counts too.
        """
        __tracebackhide__ = True
        call, rest = _bound(function, kwargs)
        try:
            measured = await measurement.measure_async(call, *args, **self._how, **rest)
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
        if _is_django_connected():
            give_up(name_of(function), REAL_DATABASE)
        return self._measured(measurement.fresh, function, args, kwargs)

    def _measured(
        self,
        measure: Callable[..., Measurement],
        function: Callable[..., Any],
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
    ) -> Measurement:
        __tracebackhide__ = True
        call, rest = _bound(function, kwargs)
        try:
            measured = measure(call, *args, **self._how, **rest)
        except Exception as error:
            self._raise(function, error)
        return self._held(function, measured)

    @property
    def _how(self) -> dict[str, Any]:
        return {"warm_up": self._warm_up, "at_once": self._at_once}

    def _held(self, function: Callable[..., Any], measured: Measurement) -> Measurement:
        __tracebackhide__ = True
        self._test.calls += 1
        named = replace(measured, name=name_of(function))
        how = WARM if self._warm_up else COLD
        hold(self._test.item, named, self._test.limits, how, call=named.name)
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

    def at_once(self, count: int) -> Calls:
        """Return what measures so many calls at once: `memory.at_once(4)(function, ...)`.

        Each is made in a thread, an async function's in a task; the result is the list of theirs.
        Each can have arguments of its own by `callmeter.call_number()`. Limits hold for all
        together. Raises UsageError, when it is called, for a count below 1.
        """
        return Calls(self._test, warm_up=True, at_once=count)

    @property
    def calls(self) -> int:
        """How many calls were measured."""
        return self._test.calls

    def close(self) -> None:
        """End the loop that async functions were awaited in."""
        self._test.loop.close()


@dataclass
class _Test:
    """The test that calls, its limits, and how many calls it has made."""

    item: pytest.Item
    limits: Limits | None
    loop: Loop = field(default_factory=Loop)
    calls: int = 0


def _bound(
    function: Callable[..., Any], kwargs: Mapping[str, Any]
) -> tuple[Callable[..., Any], dict[str, Any]]:
    """Return the function, holding those of its arguments that would be taken for options."""
    held = {name: value for name, value in kwargs.items() if name in OPTIONS}
    rest = {name: value for name, value in kwargs.items() if name not in OPTIONS}
    return (partial(function, **held) if held else function), rest


def _is_django_connected() -> bool:
    """Whether Django has a database in this process, or will as soon as it reads its settings.

    That is so wherever a fixture or the mark of pytest-django gives a test a database: the test's
    own, and its transaction, exist in the test's process alone.
    """
    is_named = SETTINGS in os.environ
    if "django.conf" not in sys.modules and not is_named:
        return False
    try:
        settings = import_module("django.conf").settings
    except ImportError:
        return False
    if not settings.configured and not is_named:
        return False
    databases = settings.DATABASES.values()
    return any(database.get("ENGINE", "") not in NO_DATABASE for database in databases)


def _of_function(trace: TracebackType | None) -> TracebackType | None:
    """Return what is left of the traceback after the frames of this package."""
    while trace and trace.tb_frame.f_code.co_filename.startswith(OURS):
        trace = trace.tb_next
    return trace
