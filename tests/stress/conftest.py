"""The stress suite: faults in their hundreds, repeated TIMES times, and a table of what held.

With TIMES=2 or more it is thorough: each fault at every stage of a run, and ten times as much odd
input; a test marked `once` is not repeated. STRESS_FIGURES names a file to write the table's
figures to, as in results/stress.json: a part that is there is replaced, the others stay.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stress.chromium import browser, opened, shown
from stress.figures import FAULT, STAGE, TRIED, fault_of, lines, parts_of, save

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypothesis.strategies import SearchStrategy

    from stress.runs import Place

__all__ = ["browser", "opened", "shown"]

pytest.register_assert_rewrite("stress.runs")

TIMES = int(os.environ.get("TIMES", "1"))
FIGURES = os.environ.get("STRESS_FIGURES", "")
MORE_INPUT = 10 if TIMES > 1 else 1
"""How many times as many examples are tried of what takes milliseconds."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "once: is not repeated TIMES times")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if TIMES > 1 and not metafunc.definition.get_closest_marker("once"):
        metafunc.fixturenames.append("nth_time")
        metafunc.parametrize("nth_time", range(TIMES))


@pytest.fixture(autouse=True)
def _fault_at_a_stage(
    request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    """What has a stage among its parameters is a fault at that stage."""
    parameters = getattr(request.node, "callspec", None)
    if parameters and STAGE in parameters.params:
        record_property(FAULT, fault_of(request.node))
        record_property(STAGE, parameters.params[STAGE])


@pytest.fixture
def place() -> Iterator[Place]:
    from stress.runs import temporary_place

    with temporary_place() as made:
        yield made


@pytest.fixture
def hold_for(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """A function that tries a check on that many examples, which count as tried.

    With `takes_seconds` an example starts processes: there are as many when it is thorough.
    """

    def hold(
        check: Callable[..., object],
        *strategies: SearchStrategy[Any],
        examples: int,
        takes_seconds: bool = False,
    ) -> None:
        tried = 0
        most = examples * (1 if takes_seconds else MORE_INPUT)

        @settings(max_examples=most, suppress_health_check=list(HealthCheck))
        @given(st.tuples(*strategies))
        def try_one(inputs: tuple[Any, ...]) -> None:
            nonlocal tried
            tried += 1
            check(*inputs)

        try_one()
        record_property(TRIED, tried)

    return hold


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if parts := parts_of(terminalreporter.stats):
        terminalreporter.section("faults tried, and held")
        for line in lines(parts):
            terminalreporter.line(line)
        if FIGURES:
            save(parts, Path(FIGURES))
