"""Hold the line on memory in a test: the fixture `memory`, the mark `peak_memory`.

    @pytest.mark.peak_memory("24 MB", per_item="20 kB")
    def test_premiums(memory):
        measured = memory(read_premiums, dsn, payroll_id)
        assert measured.delta_per_item < 7_000

Without the fixture, the mark is about all that the test itself does.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from harness.plugin.limits import Limits
    from harness.plugin.memory import Memory

MARK = "peak_memory"
LIMITS = pytest.StashKey["Limits"]()
MEMORY = pytest.StashKey["Memory"]()
"""Of a test: what its mark allows, and its fixture, if it has the one of this plugin."""


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark."""
    config.addinivalue_line(
        "markers",
        f"{MARK}(peak, per_item): fail if a call that the `memory` fixture measures, or else the "
        'test itself, needs more at its peak: "24 MB" in all, per_item="2.5 kB" for each item',
    )


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,  # noqa: ARG001 - pytest passes by name
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Read the marks of what was collected; a wrong one is an error of its file's collection.

    Not a usage error of the whole session: in a worker of pytest-xdist nobody would see that.
    """
    report = yield
    marked = [
        (item, mark)
        for item in report.result or ()
        if isinstance(item, pytest.Item) and (mark := item.get_closest_marker(MARK))
    ]
    wrong = list(dict.fromkeys(said for item, mark in marked if (said := _wrong(item, mark))))
    if wrong:
        report.outcome, report.longrepr, report.result = "failed", "\n".join(wrong), []
    return report


@pytest.fixture
def memory(request: pytest.FixtureRequest) -> Iterator[Memory]:
    """Measure the memory of the calls that it is given."""
    from harness.plugin.memory import Memory

    made = Memory(request.node.stash.get(LIMITS, None))
    request.node.stash[MEMORY] = made
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
        return (yield from _held_body(item, limits))
    given = yield
    if not fixture.calls:
        pytest.fail(f"{MARK}: nothing was measured; call memory(function, ...)", pytrace=False)
    return given


def _held_body(item: pytest.Item, limits: Limits) -> Generator[None, object, object]:
    from harness.plugin import here
    from harness.plugin.memory import NOT_MEASURED, give_up, hold

    try:
        with here.body(item.name, partial(hold, limits)):
            return (yield)
    except NOT_MEASURED as error:
        give_up(item.name, error)


def _wrong(item: pytest.Item, mark: pytest.Mark) -> str | None:
    """Read the mark into the item's stash; say what is wrong with it."""
    from harness.errors import UsageError
    from harness.plugin.limits import limits_of

    try:
        limits = item.stash[LIMITS] = limits_of(mark)
    except UsageError as error:
        return f"{item.nodeid}: {error}"
    if limits.per_item is not None and "memory" not in getattr(item, "fixturenames", ()):
        return (
            f"{item.nodeid}: {MARK}'s per_item needs the fixture `memory`, which counts the items "
            "that a call gives: memory(function, ...)"
        )
    return None
