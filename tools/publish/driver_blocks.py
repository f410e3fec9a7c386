"""The block on drivers: what sharing equal values saves and costs with each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from examples.drivers.reads import ENGINE, PLAIN, TYPE
from harness.model.metrics import METRICS
from harness.model.summary import summaries
from harness.report.document import Note, table
from harness.report.format import median_of, times
from harness.report.stack import ran_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.model.run import Run
    from harness.model.summary import Summary
    from harness.report.document import Block

SHARING = (PLAIN, ENGINE, TYPE)
KEYS = ("retained", "peak", "cpu")


def drivers(run: Run) -> Iterator[Block]:
    """Yield what each driver's read needs and takes, beside the plain read of the same driver."""
    by_driver: dict[str, dict[str, Summary]] = {}
    for one in summaries(run):
        driver, sharing = re.findall(r"'(\w+)'", one.name)
        by_driver.setdefault(driver, {})[sharing] = one
    rows = [
        [driver, sharing, *(_cell(found[sharing], found[PLAIN], key) for key in KEYS)]
        for driver, found in by_driver.items()
        for sharing in SHARING
    ]
    titles = [METRICS[key].title for key in KEYS]
    yield from table(["driver", "sharing", *titles], rows)
    yield Note(f"in brackets: relative to the plain read; {ran_on(run)}")


def _cell(one: Summary, plain: Summary, key: str) -> str:
    value, whole = one.value(key), plain.value(key)
    beside = f" ({times(value / whole)})" if value and whole and one is not plain else ""
    return median_of(one, key) + beside
