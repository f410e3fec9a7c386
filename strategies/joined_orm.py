"""ORM entities, joinedload in one query, mapped to dataclasses.

Gains over `full_orm`: one statement instead of one for every 500 entries, so one snapshot
without asking for it. Gives up: the join repeats the entry's columns for every component, so
the driver builds them again and again, and the peak is the highest of all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from strategies.support.schema import PremiumEntryRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Engine

    from strategies.support.contract import PremiumEntry

GIVES_UP = frozenset[str]()

ENTRIES = (
    select(PremiumEntryRow)
    .options(joinedload(PremiumEntryRow.components))
    .order_by(PremiumEntryRow.id)
)


def get_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Sequence[PremiumEntry]:
    """Load entries and components in one join, then map each entry to its dataclass."""
    of_payroll = ENTRIES.where(PremiumEntryRow.payroll_id == payroll_id)
    with Session(engine) as session:
        rows = session.scalars(of_payroll).unique().all()
        return [row.to_domain() for row in rows]
