"""The fixture `memory`: each call measured where it can be, and held to the test's limits."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from harness.errors import NotAvailableError, NotMeasuredError, SharedProcessError
from harness.plugin.limits import breach

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from harness.errors import HarnessError
    from harness.plugin.limits import Limits
    from harness.plugin.measured import Measured

HARNESS = Path(__file__).parents[1]
NOT_MEASURED = (NotAvailableError, NotMeasuredError, SharedProcessError)


class Memory:
    """Measures calls: `measured = memory(function, *args, **kwargs)`.

    Each function is called once to warm up, and once measured; awaited, if it is async, and an
    iterator's items held in a list. That is done in a fresh process, if the function is found by
    its name in a module and the arguments can be pickled, as strategies are measured; in this
    process otherwise: a lambda, a live engine or session. `measured.where` says which.
    """

    def __init__(self, limits: Limits | None) -> None:
        from harness.own.calling import Loop

        self._limits = limits
        self._loop = Loop()
        self.calls = 0

    def __call__(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Measured:
        """Measure the call; fails the test if it exceeds a limit.

        Raises what the function raises.
        """
        __tracebackhide__ = True
        name = getattr(function, "__qualname__", None) or repr(function)
        self.calls += 1
        try:
            measured = self._measured(name, function, args, kwargs)
        except NOT_MEASURED as error:
            give_up(name, error)
        except Exception as error:
            error.__traceback__ = _theirs(error.__traceback__)
            raise
        hold(self._limits, measured)
        return measured

    def close(self) -> None:
        """End the loop that async functions were awaited in."""
        self._loop.close()

    def _measured(
        self, name: str, function: Callable[..., Any], args: Any, kwargs: Any
    ) -> Measured:
        from harness.own.calling import TargetError
        from harness.own.sent import send
        from harness.plugin import fresh, here

        try:
            return fresh.measure(name, send(function, args, kwargs))
        except TargetError as error:
            reason = str(error)
        return here.measure(name, partial(function, *args, **kwargs), self._loop, reason)


def hold(limits: Limits | None, measured: Measured) -> None:
    """Fail the test if a limit is exceeded, saying what the peak is made of."""
    __tracebackhide__ = True
    if limits and (said := breach(limits, measured)):
        pytest.fail(said, pytrace=False)


def give_up(name: str, error: HarnessError) -> NoReturn:
    """Fail the test that could not be measured; skip it where memray does not run."""
    __tracebackhide__ = True
    said = f"{name}: {error}"
    if isinstance(error, NotAvailableError):
        raise pytest.skip.Exception(said) from None
    raise pytest.fail.Exception(said, pytrace=False) from None


def _theirs(trace: TracebackType | None) -> TracebackType | None:
    """Give what is left of the traceback after the harness's own frames."""
    while trace and Path(trace.tb_frame.f_code.co_filename).is_relative_to(HARNESS):
        trace = trace.tb_next
    return trace
