"""The two tables, their ORM classes and the Core queries of them, as the team has them.

Each ORM class knows how to become its plain domain object (`to_domain`), so that a strategy
file shows only what is its own: how the rows are fetched and how long they are held.
"""

from __future__ import annotations

import enum
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Enum,
    ForeignKey,
    Numeric,
    Select,
    String,
    bindparam,
    select,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from strategies.support.contract import Kind, Payer, PremiumComponent, PremiumEntry, Status

READ_SNAPSHOT: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""Execution options of an engine whose transactions see one state of the database.

A read made of two statements needs them: between two READ COMMITTED statements another
session may add components to an entry already read.
"""


def _values_of(members: type[enum.Enum]) -> list[str]:
    return [member.value for member in members]


class Base(DeclarativeBase):
    """The registry of the ORM classes; `Base.metadata` creates the two tables."""

    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads it once, as a declaration)
        datetime: DateTime(timezone=True),
        Status: Enum(Status, name="premium_status", values_callable=_values_of),
        Kind: Enum(Kind, name="component_kind", values_callable=_values_of),
        Payer: Enum(Payer, name="component_payer", values_callable=_values_of),
    }


class PremiumEntryRow(Base):
    """A row of `premium_entry`."""

    __tablename__ = "premium_entry"
    __table_args__ = (CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_is_iso_4217"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    payroll_id: Mapped[UUID] = mapped_column(index=True)
    company_id: Mapped[UUID]
    employee_id: Mapped[UUID]
    contract_id: Mapped[UUID]
    period_start: Mapped[date]
    period_end: Mapped[date]
    status: Mapped[Status]
    currency: Mapped[str] = mapped_column(String(3))
    computed_at: Mapped[datetime]
    components: Mapped[list[PremiumComponentRow]] = relationship(
        back_populates="entry", order_by="PremiumComponentRow.position"
    )

    def to_domain(self) -> PremiumEntry:
        """Return the plain domain object, its components with it."""
        return PremiumEntry(
            id=self.id,
            payroll_id=self.payroll_id,
            company_id=self.company_id,
            employee_id=self.employee_id,
            contract_id=self.contract_id,
            period_start=self.period_start,
            period_end=self.period_end,
            status=self.status,
            currency=self.currency,
            computed_at=self.computed_at,
            components=[component.to_domain() for component in self.components],
        )


class PremiumComponentRow(Base):
    """A row of `premium_component`; `position` orders the components of one entry."""

    __tablename__ = "premium_component"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey(PremiumEntryRow.id), index=True)
    position: Mapped[int]
    insured_person_id: Mapped[UUID]
    policy_id: Mapped[UUID]
    tariff_id: Mapped[UUID]
    kind: Mapped[Kind]
    payer: Mapped[Payer]
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    tax_rate: Mapped[Decimal] = mapped_column(Numeric(6, 4))
    tax_amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    entry: Mapped[PremiumEntryRow] = relationship(back_populates="components")

    def to_domain(self) -> PremiumComponent:
        """Return the plain domain object."""
        return PremiumComponent(
            id=self.id,
            insured_person_id=self.insured_person_id,
            policy_id=self.policy_id,
            tariff_id=self.tariff_id,
            kind=self.kind,
            payer=self.payer,
            amount=self.amount,
            tax_rate=self.tax_rate,
            tax_amount=self.tax_amount,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
        )


_entry, _component = PremiumEntryRow.__table__.c, PremiumComponentRow.__table__.c

SELECT_ENTRIES: Select[Any] = (
    select(*(_entry[field.name] for field in fields(PremiumEntry) if field.name in _entry))
    .where(_entry.payroll_id == bindparam("payroll_id"))
    .order_by(_entry.id)
)
"""A payroll's entries; a row's values are `PremiumEntry`'s arguments, but for `components`."""

SELECT_COMPONENTS: Select[Any] = (
    select(_component.entry_id, *(_component[field.name] for field in fields(PremiumComponent)))
    .join(PremiumEntryRow, _component.entry_id == _entry.id)
    .where(_entry.payroll_id == bindparam("payroll_id"))
    .order_by(_component.entry_id, _component.position)
)
"""A payroll's components in the order of their entries; a row is the entry's id, then
`PremiumComponent`'s arguments."""
