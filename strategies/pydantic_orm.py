"""ORM entities, selectinload, validated into pydantic models as FastAPI's responses are.

Gains over `full_orm`: a model that validates and serializes itself, written once, and no code that
copies (`from_attributes`). Gives up: time and memory; a model has a dictionary for its fields and a
set of those that were set, and validation reads each attribute of each entity by its name.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from strategies.support.contract import Kind, Payer, Status
from strategies.support.schema import READ_SNAPSHOT, PremiumEntryRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Engine

GIVES_UP = frozenset({"contract-class", "no-extra-packages"})


class PremiumComponentModel(BaseModel):
    """A component, as a response has it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    insured_person_id: UUID
    policy_id: UUID
    tariff_id: UUID
    kind: Kind
    payer: Payer
    amount: Decimal
    tax_rate: Decimal
    tax_amount: Decimal
    valid_from: date
    valid_to: date


class PremiumEntryModel(BaseModel):
    """An entry, as a response has it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    payroll_id: UUID
    company_id: UUID
    employee_id: UUID
    contract_id: UUID
    period_start: date
    period_end: date
    status: Status
    currency: str
    computed_at: datetime
    components: list[PremiumComponentModel]


ENTRIES = (
    select(PremiumEntryRow)
    .options(selectinload(PremiumEntryRow.components))
    .order_by(PremiumEntryRow.id)
)


def get_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Sequence[PremiumEntryModel]:
    """Load every entry as an ORM instance, then make a model of each."""
    of_payroll = ENTRIES.where(PremiumEntryRow.payroll_id == payroll_id)
    with Session(engine.execution_options(**READ_SNAPSHOT)) as session:
        rows = session.scalars(of_payroll).all()
        return [PremiumEntryModel.model_validate(row) for row in rows]
