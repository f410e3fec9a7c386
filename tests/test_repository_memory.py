"""The team's two tests: what they published in April 2026, measured again.

    pytest tests/test_repository_memory.py -v -s

Both figures are appended to `memory_usage.log` in the repository root.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.measure import reading, run
from harness.payroll import Payroll
from harness.plan import FLOOR, REFERENCE, Cell
from harness.postgres.dataset import provide

if TYPE_CHECKING:
    from harness.postgres.database import Database

LOG = Path(__file__).parents[1] / "memory_usage.log"


def measured(what: str, strategy: str, payroll: Payroll, database: Database) -> tuple[float, float]:
    """Give delta and peak in bytes an entry, by tracemalloc in a fresh process; log them."""
    cell = Cell(strategy, "tracemalloc", payroll.entries, payroll.components, payroll.profile)
    url = database.url if strategy == FLOOR else provide(database, payroll)
    (measurement,) = run([cell], reading(lambda _: url), timeout=600)
    assert measurement.error is None
    delta, peak = (measurement.figures[f"{figure}_bytes"] for figure in ("delta", "peak"))
    line = (
        f"{what}: {payroll.entries:,} entries x {payroll.components} components: "
        f"delta {delta / 1e6:.1f} MB ({delta / payroll.entries:,.0f} B/entry), "
        f"peak {peak / 1e6:.1f} MB ({peak / payroll.entries:,.0f} B/entry)"
    )
    print(f"\n{line}")  # noqa: T201 (seen with -s)
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC  {line}\n")
    return delta / payroll.entries, peak / payroll.entries


def test_domain_only_footprint(database: Database) -> None:
    delta, peak = measured("domain only", FLOOR, Payroll(10_000), database)
    assert delta == pytest.approx(2_300, rel=0.10)
    assert peak == pytest.approx(delta, rel=0.01)


def test_end_to_end_read(database: Database) -> None:
    delta, peak = measured("end to end", REFERENCE, Payroll(1_000), database)
    assert delta == pytest.approx(6_600, rel=0.10)
    assert peak == pytest.approx(19_500, rel=0.15)
