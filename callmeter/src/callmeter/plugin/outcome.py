"""What becomes of a test when a call was measured, or could not be."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

import pytest

from callmeter.errors import NotAvailableError, NotMeasuredError
from callmeter.measurement import Measurement, measure_body
from callmeter.plugin.limits import Limits, breach
from callmeter.plugin.report import add

BODY = "the test's own body, without a warm-up"


def hold_body(item: pytest.Item, limits: Limits, body: Callable[[], object]) -> None:
    """Call the test's body, and hold it to the limits; raises what it raises."""
    __tracebackhide__ = True
    try:
        measured = measure_body(item.name, body)
    except (NotAvailableError, NotMeasuredError) as error:
        give_up(item.name, error)
    hold(item, measured, limits, BODY, call=None)


def hold(
    item: pytest.Item, measured: Measurement, limits: Limits | None, how: str, call: str | None
) -> None:
    """Note what was measured for the report; fail the test if a limit is exceeded."""
    __tracebackhide__ = True
    add(item, measured, limits, call)
    if limits and (text := breach(limits, measured, how, item.config.invocation_params.dir)):
        pytest.fail(text, pytrace=False)


def give_up(name: str, error: Exception | str) -> NoReturn:
    """Fail the test whose call could not be measured; skip it where memray does not run."""
    __tracebackhide__ = True
    text = str(error) if str(error).startswith(name) else f"{name}: {error}"
    if isinstance(error, NotAvailableError):
        raise pytest.skip.Exception(text) from None
    raise pytest.fail.Exception(text, pytrace=False) from None
