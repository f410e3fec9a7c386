"""One row an entry, packed by Postgres, made into slotted classes with equal values shared.

Gains over `slotted`: one statement without a row for each component, no SQLAlchemy row, no
result on the client longer than a chunk, and values made in columns, each different one once.
Gives up: the ORM, SQLAlchemy's types and change tracking; equal values are the same object; the
collector is paused while the list grows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from strategies.support.gc_pause import paused_gc
from strategies.support.packing.premiums import PREMIUMS
from strategies.support.packing.reading import objects
from strategies.support.slots import SlottedPremiumComponent, SlottedPremiumEntry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from sqlalchemy import Engine

    from strategies.support.contract import PremiumEntry

GIVES_UP = frozenset(
    {"orm-mapping", "orm-identity", "sqlalchemy-types", "contract-class", "gc-untouched"}
)

BOUND = 1000
"""Values a generation of a stream's pool, of which there are two: some 200 KB a column at most."""
CLASSES = SlottedPremiumEntry, SlottedPremiumComponent


def get_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Sequence[PremiumEntry]:
    """Load the whole payroll, the collector paused while the list grows."""
    with paused_gc():
        return list(objects(PREMIUMS, engine, {"payroll_id": payroll_id}, *CLASSES))


def iter_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Iterator[PremiumEntry]:
    """Stream the payroll; closing the iterator cancels the query and ends the transaction."""
    of_payroll = {"payroll_id": payroll_id}
    return objects(PREMIUMS, engine, of_payroll, *CLASSES, bound=BOUND)
