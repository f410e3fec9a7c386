"""A strategy's read over a link, as a function for the harness.

`examples.slow_link.reads:read('full_orm', 20)` is measured in a process of its own, which connects
with DATABASE_URL_20, over a link of 20 ms a round trip, and reads the payroll PAYROLL_ID.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import make_url

from harness.payroll import loading
from harness.payroll.reading import Reader
from harness.payroll.use import read_entries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from strategies.support.contract import PremiumEntry


def variable(milliseconds: int) -> str:
    """Return the name of the variable that has the URL of that link."""
    return f"DATABASE_URL_{milliseconds}"


def read(strategy: str, milliseconds: int) -> Sequence[PremiumEntry]:
    """Load the payroll and read every field of every entry once, as `compare` does."""
    reader = _reader(strategy, os.environ[variable(milliseconds)])
    result = reader.read(UUID(os.environ["PAYROLL_ID"]))
    read_entries(result)
    return result


@cache
def _reader(strategy: str, url: str) -> Reader:
    return Reader(loading.load(strategy), make_url(url))
