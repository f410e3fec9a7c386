"""The team's two tests: what they published in April 2026, measured again.

    pytest tests/test_repository_memory.py -v -s

They published what `tracemalloc` counts; the fixture `memory` counts all allocations. For these
two ways that is the same within 0.1% (both meters in `results/reference.jsonl`), as libpq's buffers
are freed before the peak, so the published figures are expected unchanged. What is measured is
appended to `memory_usage.log` in the repository root.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine

from harness.payroll.generator import Payroll
from harness.payroll.yardstick_reads import floor
from harness.postgres.writer import provide
from strategies.full_orm import get_premiums_for_payroll

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import URL, Engine

    from callmeter import Measurement
    from callmeter.plugin.memory import Memory
    from harness.postgres.connection import Database
    from strategies.support.contract import PremiumEntry

LOG = Path(__file__).parents[1] / "memory_usage.log"


@cache
def engine_at(url: URL) -> Engine:
    """One engine, made by the warm-up."""
    return create_engine(url)


def premiums(url: URL, payroll_id: UUID) -> Sequence[PremiumEntry]:
    return get_premiums_for_payroll(engine_at(url), payroll_id)


def log(what: str, measured: Measurement, published: str) -> None:
    line = (
        f"{what}: {measured.items:,} entries x 6 components: "
        f"delta {measured.retained / 1e6:.1f} MB ({measured.retained_per_item:,.0f} B/entry), "
        f"peak {measured.peak / 1e6:.1f} MB ({measured.peak_per_item:,.0f} B/entry), "
        f"all allocations, in {measured.where}; published in April 2026, by tracemalloc: "
        f"{published}"
    )
    print(f"\n{line}")  # noqa: T201 (seen with -s)
    with LOG.open("a", encoding="utf-8") as file:
        file.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC  {line}\n")


def test_domain_only_footprint(memory: Memory) -> None:
    measured = memory(floor, None, Payroll(2_000))
    log("domain only", measured, "~2,300 B/entry, delta and peak")
    assert measured.where == "this process"
    assert measured.retained_per_item == pytest.approx(2_300, rel=0.10)
    assert measured.peak == pytest.approx(measured.retained, rel=0.01)


@pytest.mark.peak_memory("24 MB", per_item="24 kB")
def test_end_to_end_read(memory: Memory, database: Database) -> None:
    payroll = Payroll(1_000)
    measured = memory(premiums, provide(database, payroll), payroll.id)
    log("end to end", measured, "delta ~6,600, peak ~19,500 B/entry")
    assert measured.where == "this process"
    assert measured.retained_per_item == pytest.approx(6_600, rel=0.10)
    assert measured.peak_per_item == pytest.approx(19_500, rel=0.15)
