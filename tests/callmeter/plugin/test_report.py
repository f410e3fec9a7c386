"""The table of `--memory-report`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callmeter.plugin.report import table

if TYPE_CHECKING:
    from inner_pytest import Run

TESTS = """
@pytest.fixture
def measured_before(memory):
    memory(functions.blocks, 10)

@pytest.mark.peak_memory("24 MB", per_item="2.5 kB")
def test_call(measured_before, memory):
    memory(functions.blocks, 1000)
    memory.fresh(functions.blocks, 2000)

@pytest.mark.peak_memory("1 MB")
def test_body():
    functions.blocks(3000)
"""
ROW = {"test": "tests/test_it.py::test_it", "call": "read", "items": "1,000", "limit": "24.0 MB"}


@pytest.mark.parametrize("options", [(), ("-n2",)], ids=["", "xdist"])
def test_what_was_measured_is_shown_largest_first(run: Run, options: tuple[str, ...]) -> None:
    done = run(TESTS, "--memory-report", *options, passed=1, failed=1)
    done.stdout.fnmatch_lines(
        [
            "*= memory of the measured calls =*",
            "test * call * items * peak  retained * limit",
            "*test_body  (body) * 3.1? MB * 1.00 MB",
            "*test_call  blocks  2,000  2.0? MB   2.0? MB  24.0 MB, 2.50 kB/item",
            "*test_call  blocks  1,000  1.0? MB   1.0? MB  24.0 MB, 2.50 kB/item",
            "*test_call  blocks     10  1?.? kB   1?.? kB  24.0 MB, 2.50 kB/item",
        ],
        consecutive=True,
    )


def test_there_is_no_table_without_the_option_and_no_row_without_a_measurement(run: Run) -> None:
    run("def test_it(): pass", "--memory-report", shown="nothing was measured")
    run(TESTS).stdout.no_fnmatch_line("*memory of*")


@pytest.mark.parametrize("width", [20, 60, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    rows = [
        {**ROW, "peak": 10**6, "retained": 10},
        {**ROW, "peak": 10**7, "retained": 10, "call": "Reader.read_every_entry_of_it"},
        {**ROW, "peak": 10**5, "retained": 10, "test": "tests/" * 10 + "test_it.py::test_last"},
    ]
    lines = table(rows, width)
    assert len(lines) == 1 + len(rows)
    assert max(map(len, lines)) <= width
    if width == 200:
        assert " ".join(lines[1].split()) == (
            "tests/test_it.py::test_it Reader.read_every_entry_of_it 1,000 10.0 MB 10.0 B 24.0 MB"
        )
    if width == 80:
        assert lines[-1].startswith("...")
        assert "py::test_last" in lines[-1]
