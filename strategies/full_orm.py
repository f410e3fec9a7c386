"""ORM entities, selectinload, mapped to dataclasses: the reference.

What the team does today. Gains: change tracking, lazy loading and the identity map while the
session lives, and the code every SQLAlchemy user knows. Gives up: memory. Rows, ORM instances
with their state, and domain objects are all held at once at the peak.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from strategies.support.schema import READ_SNAPSHOT, PremiumEntryRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Engine

    from strategies.support.contract import PremiumEntry

GIVES_UP = frozenset[str]()

ENTRIES = (
    select(PremiumEntryRow)
    .options(selectinload(PremiumEntryRow.components))
    .order_by(PremiumEntryRow.id)
)


def get_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Sequence[PremiumEntry]:
    """Load every entry as an ORM instance, then map each to its dataclass."""
    of_payroll = ENTRIES.where(PremiumEntryRow.payroll_id == payroll_id)
    with Session(engine.execution_options(**READ_SNAPSHOT)) as session:
        rows = session.scalars(of_payroll).all()
        return [row.to_domain() for row in rows]
