"""Limit the memory of a call in a test: the fixture `memory`, the mark `peak_memory`.

    @pytest.mark.peak_memory("24 MB", per_item="20 kB")
    def test_premiums(memory):
        measured = memory(read_premiums, connection, payroll_id)
        assert measured.retained_per_item < 7_000

Without the fixture, the mark is about all that the test itself does.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from functools import partial
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from callmeter.plugin.limits import Limits
    from callmeter.plugin.memory import Memory

MARK = "peak_memory"
DEFAULT = pytest.StashKey["Limits | None"]()
"""Of the session: the limit of its ini file."""
LIMITS = pytest.StashKey["Limits"]()
"""Of a test: the limits of its mark."""
MEMORY = pytest.StashKey["Memory"]()
"""Of a test: its fixture, if that is the one of this plugin."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of the command line and that of the ini file."""
    parser.getgroup("callmeter").addoption(
        "--memory-report",
        action="store_true",
        help="at the end, show what each call measured by the fixture `memory` needed",
    )
    parser.addini(
        MARK,
        f'The most memory that a call measured by the fixture `memory` may need at its peak, as "24'
        f' MB", in a test without a mark {MARK} of its own',
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark, read the limit of the ini file, and have a report made if it is wanted."""
    config.addinivalue_line(
        "markers",
        f"{MARK}(peak, per_item): fail if a call that the `memory` fixture measures, or else the "
        'test itself, needs more at its peak: "24 MB" in all, per_item="2.5 kB" for each item',
    )
    text = config.getini(MARK)
    config.stash[DEFAULT] = _default(text) if text else None
    if config.getoption("memory_report"):
        from callmeter.plugin.report import Report

        config.pluginmanager.register(Report(), "callmeter-report")


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Read the marks of what was collected; a wrong one is an error of its file's collection.

    Not a usage error of the whole session: in a worker of pytest-xdist nobody would see that.
    """
    report = yield
    default = collector.config.stash[DEFAULT]
    errors = [
        _read(item, mark, default)
        for item in report.result or ()
        if isinstance(item, pytest.Item) and (mark := _mark(item))
    ]
    if wrong := dict.fromkeys(filter(None, errors)):
        report.outcome, report.longrepr, report.result = "failed", "\n".join(wrong), []
    return report


@pytest.fixture
def memory(request: pytest.FixtureRequest) -> Iterator[Memory]:
    """Measure the memory of the calls that it is given."""
    from callmeter.plugin.memory import Memory

    default = request.config.stash[DEFAULT]
    made = request.node.stash[MEMORY] = Memory(request, request.node.stash.get(LIMITS, default))
    yield made
    made.close()


@pytest.hookimpl(wrapper=True, trylast=True)  # innermost: what other plugins do is not the test's
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Hold a marked test to its limits where its fixture does not."""
    limits = item.stash.get(LIMITS, None)
    if limits is None:
        return (yield)
    fixture = item.stash.get(MEMORY, None)
    if fixture is None:
        return (yield from _hold_body(item, limits))
    result = yield
    if not fixture.calls:
        pytest.fail(f"{MARK}: nothing was measured; call memory(function, ...)", pytrace=False)
    return result


def _hold_body(item: pytest.Item, limits: Limits) -> Generator[None, object, object]:
    """Measure the test's body: the function that records must be the one that calls it."""
    from callmeter.plugin.outcome import hold_body

    run = item.runtest
    item.runtest = partial(hold_body, item, limits, run)  # type: ignore[method-assign]
    try:
        return (yield)
    finally:
        item.runtest = run  # type: ignore[method-assign]


def _default(text: str) -> Limits:
    """Return the limit of the ini file; raises pytest.UsageError."""
    from callmeter.errors import UsageError
    from callmeter.plugin.limits import default_limits

    try:
        return default_limits(text)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None


def _mark(item: pytest.Item) -> pytest.Mark | None:
    """Return the mark that holds for the test: its parameter's, else its own, its class's..."""
    parameters: list[pytest.Mark] = getattr(getattr(item, "callspec", None), "marks", [])
    of_parameter = (mark for mark in parameters if mark.name == MARK)
    return next(of_parameter, None) or item.get_closest_marker(MARK)


def _read(item: pytest.Item, mark: pytest.Mark, default: Limits | None) -> str | None:
    """Read the mark into the item's stash; return what is wrong with it."""
    from callmeter.errors import UsageError
    from callmeter.plugin.limits import limits_of

    try:
        limits = item.stash[LIMITS] = limits_of(mark, default)
    except UsageError as error:
        return f"{item.nodeid}: {error}"
    if limits.per_item is not None and "memory" not in getattr(item, "fixturenames", ()):
        return (
            f"{item.nodeid}: {MARK}'s per_item needs the fixture `memory`, which counts the items "
            "that a call gives: memory(function, ...)"
        )
    return None
