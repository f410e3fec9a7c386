"""The stress suite: faults in their hundreds, repeated TIMES times, and a table of what held.

STRESS_FIGURES names a file to write the table's figures to, as in results/stress.json. A number
that a test records as a property is one of its part's figures.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stress.chromium import browser, opened, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypothesis.strategies import SearchStrategy

    from stress.runs import Place

__all__ = ["browser", "opened", "shown"]

pytest.register_assert_rewrite("stress.runs")

TIMES = int(os.environ.get("TIMES", "1"))
FIGURES = os.environ.get("STRESS_FIGURES", "")
COLUMNS = TRIED, HELD, SECONDS = "tried", "held", "seconds"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if TIMES > 1:
        metafunc.fixturenames.append("nth_time")
        metafunc.parametrize("nth_time", range(TIMES))


@pytest.fixture
def place() -> Iterator[Place]:
    from stress.runs import temporary_place

    with temporary_place() as made:
        yield made


@pytest.fixture
def hold_for(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """A function that tries a check on that many examples, which count as tried."""

    def hold(check: Callable[..., object], *strategies: SearchStrategy[Any], examples: int) -> None:
        tried = 0

        @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
        @given(st.tuples(*strategies))
        def try_one(inputs: tuple[Any, ...]) -> None:
            nonlocal tried
            tried += 1
            check(*inputs)

        try_one()
        record_property(TRIED, tried)

    return hold


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    parts = _parts(terminalreporter)
    if not parts:
        return
    terminalreporter.section("faults tried, and held")
    terminalreporter.line(" " * 16 + "".join(f"{column:>9}" for column in COLUMNS))
    for name, part in parts.items():
        figures = "".join(f"{part[column]:9,.0f}" for column in COLUMNS)
        terminalreporter.line(f"{name:16}{figures}")
        for figure in sorted(part.keys() - set(COLUMNS)):
            terminalreporter.line(f"{'':16} {figure}: {part[figure]:,.0f}")
    if FIGURES:
        commit = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
        )
        rounded = {name: {key: round(part[key]) for key in part} for name, part in parts.items()}
        when = f"{datetime.now(UTC):%Y-%m-%d}"
        content = {"date": when, "commit": commit.stdout.strip() or "unknown", "parts": rounded}
        Path(FIGURES).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _parts(terminalreporter: pytest.TerminalReporter) -> dict[str, dict[str, float]]:
    """Return what was tried by the name of the file: test_signals.py is `signals`."""
    found: dict[str, dict[str, float]] = defaultdict(
        lambda: dict.fromkeys(("tried", "held", "seconds"), 0.0)
    )
    for outcome, reports in terminalreporter.stats.items():
        for report in reports:
            if not isinstance(report, pytest.TestReport) or "tests/stress/" not in report.nodeid:
                continue
            part = found[Path(report.nodeid.partition("::")[0]).stem.removeprefix("test_")]
            part[SECONDS] += report.duration
            if outcome in {"passed", "failed", "error"}:
                figures = dict(report.user_properties)
                tried = float(figures.pop(TRIED, 1))
                part.update({name: float(figure) for name, figure in figures.items()})
                part[TRIED] += tried
                part[HELD] += tried if outcome == "passed" else 0
    return {name: found[name] for name in sorted(found) if found[name][TRIED]}
