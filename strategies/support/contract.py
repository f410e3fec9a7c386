"""The contract: the domain objects of a repository, and the function that returns them.

Standard library only, so that a domain model built on it knows no database. "The same data"
means: ordered by entry id, equal values, the same types down to the enum member, the Decimal
exponent and the time zone (UTC). Of an unknown payroll the sequence is empty; an entry without
components is there, with none. A strategy may return another class with the same fields.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Sequence
    from datetime import date, datetime
    from decimal import Decimal
    from uuid import UUID

    from sqlalchemy import Engine
    from sqlalchemy.ext.asyncio import AsyncEngine


class Status(enum.Enum):
    """How far a premium has come."""

    DRAFT = "draft"
    FINAL = "final"


class Kind(enum.Enum):
    """What a component of a premium pays for."""

    HOSPITALISATION = "hospitalisation"
    AMBULATORY = "ambulatory"
    DENTAL = "dental"
    INSURER_TAX = "insurer_tax"
    LEVY = "levy"
    DISCOUNT = "discount"


class Payer(enum.Enum):
    """Who pays a component."""

    EMPLOYER = "employer"
    EMPLOYEE = "employee"


@dataclass
class PremiumComponent:
    """One part of a premium; amounts in the entry's currency, with two decimals."""

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


@dataclass
class PremiumEntry:
    """One employee's premium in a payroll, its components in position order."""

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
    components: list[PremiumComponent]


class GetPremiumsForPayroll(Protocol):
    """The repository function that every strategy implements."""

    def __call__(self, engine: Engine, payroll_id: UUID) -> Sequence[PremiumEntry]:
        """Return the payroll's entries, ordered by id."""


class IterPremiumsForPayroll(Protocol):
    """The stream that a strategy may offer beside it: the same entries, one by one."""

    def __call__(self, engine: Engine, payroll_id: UUID) -> Iterator[PremiumEntry]:
        """Return the payroll's entries, ordered by id; closing it ends cursor and transaction."""


class AsyncGetPremiumsForPayroll(Protocol):
    """The repository function of an async application."""

    async def __call__(self, engine: AsyncEngine, payroll_id: UUID) -> Sequence[PremiumEntry]:
        """Return the payroll's entries, ordered by id."""


class AsyncIterPremiumsForPayroll(Protocol):
    """The stream of an async application: an async generator of the same entries."""

    def __call__(self, engine: AsyncEngine, payroll_id: UUID) -> AsyncGenerator[PremiumEntry]:
        """Yield the payroll's entries, ordered by id; `aclose` ends cursor and transaction."""
