"""The figures of a call: not changed by what ran before it, nor by what traces the test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from inner_pytest import Run

FIGURES = """
def pytest_runtest_logreport(report):
    for row in getattr(report, "callmeter_rows", []):
        with open("figures", "a") as file:
            file.write(f"{row['peak']} {row['retained']}\\n")
"""
RECORDS = """
def records(number, depth=300):
    if depth:
        return records(number, depth - 1)
    return [{"key": (float(i), [i], str(i))} for i in range(number)]
"""
"""What makes them is deep, as a frame that is traced needs memory."""
EARLIER = """
def test_earlier():
    records(200_000)
"""
TESTS = """
async def awaited():
    return records(3000)

def test_call(memory):
    memory(records, 3000)

@pytest.mark.asyncio
async def test_async(memory):
    await memory.of(awaited)
    assert records(1)
"""
BODY = """
@pytest.mark.peak_memory("1 GB")
def test_body():
    assert len(records(3000)) == 3000
"""


@pytest.fixture(autouse=True)
def _plugins() -> None:
    for name in ("pytest_asyncio", "pytest_cov"):
        pytest.importorskip(name)


def figures(pytester: pytest.Pytester, run: Run, source: str, *options: str) -> list[int]:
    """Return the peak and the retained bytes of the calls that the tests measure."""
    pytester.makeconftest(FIGURES)
    pytester.path.joinpath("figures").unlink(missing_ok=True)
    run(RECORDS + source, "--memory-report", *options, passed=source.count("def test_"))
    return [int(figure) for figure in pytester.path.joinpath("figures").read_text().split()]


def test_what_earlier_tests_released_hides_nothing(pytester: pytest.Pytester, run: Run) -> None:
    alone = figures(pytester, run, TESTS + BODY)
    after_another = figures(pytester, run, EARLIER + TESTS + BODY)
    assert after_another == pytest.approx(alone, rel=0.005, abs=1_000)
    assert alone[0] > 1_000_000


def test_coverage_loses_nothing_and_adds_nothing(pytester: pytest.Pytester, run: Run) -> None:
    untraced = figures(pytester, run, TESTS)
    traced = figures(
        pytester, run, TESTS, "--cov=test_it", "--cov-report=term-missing", "--cov-fail-under=100"
    )
    assert traced == pytest.approx(untraced, rel=0.005)
