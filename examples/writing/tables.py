"""The tables that are written to, what is written, and whether it was."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, text

from harness.payroll.generator import Payroll, entries
from harness.payroll.verify import first_difference
from strategies.slotted import get_premiums_for_payroll

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Engine

    from strategies.support.contract import PremiumEntry


def connect() -> Engine:
    """Return an engine of the database that DATABASE_URL names, once no other process has one.

    Memory is measured in processes side by side, which would meet each other's rows. The lock is
    that of a connection in the engine's pool, and so of the process.
    """
    engine = create_engine(os.environ["DATABASE_URL"])
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(hashtext('examples.writing'))"))
    return engine


def payroll(count: int) -> list[PremiumEntry]:
    """Return the entries of a generated payroll of that size, as the domain objects they are."""
    return list(entries(Payroll(count)))


def emptied(engine: Engine) -> Engine:
    """Empty the tables, in a transaction of its own; return the engine."""
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE premium_entry, premium_component"))
    return engine


def difference(engine: Engine, premiums: Sequence[PremiumEntry]) -> str | None:
    """Return where the tables first differ from the payroll, None if they do not."""
    return first_difference(premiums, get_premiums_for_payroll(engine, premiums[0].payroll_id))
