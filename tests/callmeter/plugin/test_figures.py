"""The figures of a call: not changed by what ran before it, nor by what traces the test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Run

FIGURES = """
def pytest_runtest_logreport(report):
    for row in getattr(report, "callmeter_rows", []):
        with open("figures", "a") as file:
            file.write(f"{row['peak']} {row['retained']}\\n")
"""
RECORDS = """
def records(count, depth=300):
    if depth:
        return records(count, depth - 1)
    return [{"key": (float(i), [i], str(i))} for i in range(count)]
"""
"""What makes them is deep, as a frame that is traced needs memory."""
EARLIER = """
def test_earlier():
    for _ in range(3):
        records(200_000)
"""
CALL = """
def test_it(memory):
    memory(records, 3000)
"""
BODY = """
@pytest.mark.peak_memory("1 GB")
def test_it():
    assert len(records(3000)) == 3000
"""
ASYNC = """
async def awaited():
    return records(3000)

@pytest.mark.asyncio
async def test_it(memory):
    await memory.of(awaited)
"""


def figures(pytester: pytest.Pytester, run: Run, source: str, *options: str) -> list[int]:
    """Return the peak and the retained bytes of the one call that the tests measure."""
    pytester.makeconftest(FIGURES)
    pytester.path.joinpath("figures").unlink(missing_ok=True)
    run(source, "--memory-report", *options).assert_outcomes(passed=source.count("def test_"))
    return [int(figure) for figure in pytester.path.joinpath("figures").read_text().split()]


@pytest.mark.parametrize("test", [CALL, BODY], ids=["call", "body"])
def test_what_earlier_tests_released_hides_nothing(
    pytester: pytest.Pytester, run: Run, test: str
) -> None:
    alone = figures(pytester, run, RECORDS + test)
    after_another = figures(pytester, run, RECORDS + EARLIER + test)
    assert after_another[0] == pytest.approx(alone[0], rel=0.005)
    assert after_another[1] == pytest.approx(alone[1], rel=0.005, abs=1_000)
    assert alone[0] > 1_000_000


@pytest.mark.parametrize("core", ["ctrace", "pytrace"])
@pytest.mark.parametrize("test", [CALL, ASYNC], ids=["call", "async"])
def test_coverage_loses_nothing_and_adds_nothing(
    pytester: pytest.Pytester,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    test: str,
    core: str,
) -> None:
    pytest.importorskip("pytest_cov", reason="pytest-cov is not installed")
    pytest.importorskip("pytest_asyncio", reason="pytest-asyncio is not installed")
    monkeypatch.setenv("COVERAGE_CORE", core)
    after = "    assert records(1)\n    if os.environ:\n        assert records(2)\n"
    source = RECORDS + test + after + "\n\ndef test_after():\n    assert records(3)\n"
    untraced = figures(pytester, run, source)
    traced = figures(
        pytester, run, source, "--cov=test_it", "--cov-report=term-missing", "--cov-fail-under=100"
    )
    assert traced == pytest.approx(untraced, rel=0.005)


def test_a_tracer_sees_what_warms_up_and_all_that_is_called_once(run: Run) -> None:
    done = run("""
import sys, threading

def function():
    thread = threading.Thread(target=in_thread)
    thread.start()
    thread.join()

def in_thread():
    pass

@pytest.fixture
def traced():
    traced = []
    def trace(frame, event, argument):
        traced.append(frame.f_code)
    before = sys.gettrace()
    sys.settrace(trace)
    threading.settrace(trace)
    yield traced
    assert sys.gettrace() is trace is threading.gettrace()
    sys.settrace(before)
    threading.settrace(None)

def test_call(memory, traced):
    memory(function)
    assert traced.count(function.__code__) == traced.count(in_thread.__code__) == 1
    memory.once(function)
    assert traced.count(function.__code__) == traced.count(in_thread.__code__) == 2
    with pytest.raises(TypeError):
        memory(function, 1)

@pytest.mark.peak_memory("1 GB")
def test_body(traced):
    function()
    assert traced.count(function.__code__) == traced.count(in_thread.__code__) == 1
""")
    done.assert_outcomes(passed=2)


def test_a_call_within_another_recording_fails_in_one_line(run: Run) -> None:
    done = run("""
import memray, tracemalloc

def test_memray(memory, tmp_path):
    with memray.Tracker(tmp_path / "another"):
        memory(lambda: 1)

@pytest.mark.peak_memory("1 MB")
def test_body(tmp_path):
    with memray.Tracker(tmp_path / "another"):
        pass

def test_tracemalloc(memory):
    tracemalloc.start()
    memory(lambda: 1)
""")
    done.assert_outcomes(failed=3)
    done.stdout.fnmatch_lines("*<lambda>: memray records this process already*")
    done.stdout.fnmatch_lines("test_body: memray records this process already*")
    done.stdout.fnmatch_lines("*<lambda>: tracemalloc is tracing this process*")


def test_with_pytest_memray(run: Run) -> None:
    pytest.importorskip("pytest_memray", reason="pytest-memray is not installed")
    source = """
def test_call(memory):
    memory(functions.blocks, 1000)

@pytest.mark.peak_memory("2 MB")
def test_body():
    functions.blocks(1000)

@pytest.mark.limit_memory("24 MB")
def test_another():
    functions.blocks(1000)
"""
    run(source).assert_outcomes(passed=3)
    recorded = run(source, "--memray")
    recorded.assert_outcomes(failed=2, passed=1)
    recorded.stdout.fnmatch_lines("blocks: memray records this process already (pytest --memray*")
    recorded.stdout.fnmatch_lines("test_body: memray records this process already (pytest --mem*")
    recorded.stdout.no_fnmatch_line("*Traceback*")
