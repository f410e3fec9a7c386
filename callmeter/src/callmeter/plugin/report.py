"""The table of `--memory-report`: what each measured call needed, largest peak first.

The rows are plain data on the tests' reports, which pytest-xdist sends from its workers.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from callmeter.plugin.limits import Limits
from callmeter.units import format_bytes

if TYPE_CHECKING:
    from callmeter.measurement import Measurement

Row = dict[str, Any]

ROWS = pytest.StashKey[list[Row]]()
ATTRIBUTE = "callmeter_rows"
HEADINGS = ("test", "call", "items", "peak", "retained", "limit")
ALIGNMENT = "<<>>>>"
GAP = "  "
SHORTEST = 8
BODY = "(body)"


def add(item: pytest.Item, measured: Measurement, limits: Limits | None, call: str | None) -> None:
    """Note what was measured of a call, or of the test's own body if that is None."""
    row = {
        "test": item.nodeid,
        "call": call or BODY,
        "items": f"{measured.items:,}" if call and measured.items is not None else "",
        "peak": measured.peak,
        "retained": measured.retained,
        "limit": str(limits or ""),
    }
    item.stash.setdefault(ROWS, []).append(row)


class Report:
    """The plugin that is registered if the table is wanted."""

    def __init__(self) -> None:
        self._rows: list[Row] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Attach the rows of this phase of the test to its report."""
        report = yield
        setattr(report, ATTRIBUTE, item.stash.get(ROWS, []))
        item.stash[ROWS] = []
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the rows, also those of a worker's tests."""
        self._rows += getattr(report, ATTRIBUTE, [])

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table."""
        terminalreporter.section("memory of the measured calls")
        width = terminalreporter.config.get_terminal_writer().fullwidth
        for line in table(self._rows, width):
            terminalreporter.line(line)


def table(rows: Sequence[Row], width: int) -> list[str]:
    """Return the lines of the table, none longer than the width; names lose their start."""
    if not rows:
        return ["nothing was measured"]
    largest_first = sorted(rows, key=lambda row: -row["peak"])
    cells = [HEADINGS, *(_cells(row) for row in largest_first)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    rest = width - sum(widths[2:]) - len(GAP) * (len(widths) - 1)
    widths[1] = min(widths[1], max(rest // 3, SHORTEST))
    widths[0] = min(widths[0], max(rest - widths[1], SHORTEST))
    return [_line(line, widths)[:width] for line in cells]


def _cells(row: Row) -> tuple[str, ...]:
    return (
        *(row["test"], row["call"], row["items"]),
        *(format_bytes(row["peak"]), format_bytes(row["retained"]), row["limit"]),
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    shown = (
        f"{_shortened(cell, width):{alignment}{width}}"
        for cell, width, alignment in zip(cells, widths, ALIGNMENT, strict=True)
    )
    return GAP.join(shown).rstrip()


def _shortened(text: str, width: int) -> str:
    return text if len(text) <= width else f"...{text[3 - width :]}"
