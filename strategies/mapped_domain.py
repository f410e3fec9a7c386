"""The domain classes themselves mapped: an entry is the ORM's instance, nothing is copied.

Gains over `full_orm`: no second object for each row, and no code that copies. Gives up: a domain
that is free of the ORM. What is retained is more, not less: every entry keeps its instance's
state, and the relationship's instrumented list, for as long as the caller keeps the entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session, registry, relationship

from strategies.support.contract import PremiumComponent, PremiumEntry
from strategies.support.schema import READ_SNAPSHOT, PremiumComponentRow, PremiumEntryRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Engine

GIVES_UP = frozenset({"contract-class"})


@dataclass
class MappedPremiumComponent(PremiumComponent):
    """A component that the ORM makes; a team would map the domain's own class in its place."""


@dataclass
class MappedPremiumEntry(PremiumEntry):
    """An entry that the ORM makes, its components with it."""


_entries, _components = PremiumEntryRow.__table__, PremiumComponentRow.__table__
_mappers = registry()
_mappers.map_imperatively(MappedPremiumComponent, _components)
_of_an_entry = relationship(
    MappedPremiumComponent,
    order_by=_components.c.position,
    lazy="selectin",
    overlaps="components,entry",  # the other strategies' classes are mapped to the tables too
)
_mappers.map_imperatively(MappedPremiumEntry, _entries, properties={"components": _of_an_entry})

ENTRIES = select(MappedPremiumEntry).order_by(_entries.c.id)


def get_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Sequence[PremiumEntry]:
    """Load every entry as what it is for the domain."""
    of_payroll = ENTRIES.where(_entries.c.payroll_id == payroll_id)
    reading = engine.execution_options(**READ_SNAPSHOT)
    with Session(reading, expire_on_commit=False) as session:
        return session.scalars(of_payroll).all()
