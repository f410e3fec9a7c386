"""Core columns streamed into slotted classes: the leanest classic mapping.

Gains over `core_rows`: both queries go through server-side cursors and are merged as they
come, so that no result is held whole, and an object with slots has no attribute dictionary.
Gives up: change tracking, lazy loading, and attributes added at run time. What it retains is
mostly values still: the driver makes a fresh one for every cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from strategies.support.schema import READ_SNAPSHOT, SELECT_COMPONENTS, SELECT_ENTRIES
from strategies.support.slots import merged

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from sqlalchemy import Engine

    from strategies.support.contract import PremiumEntry

GIVES_UP = frozenset({"orm-mapping", "orm-identity", "contract-class"})

ROWS_A_ROUND_TRIP = 200


def get_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Sequence[PremiumEntry]:
    """Load the whole payroll from both streams."""
    return list(iter_premiums_for_payroll(engine, payroll_id))


def iter_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Iterator[PremiumEntry]:
    """Stream both queries side by side, merging them on the entry's id."""
    of_payroll = {"payroll_id": payroll_id}
    streamed = engine.execution_options(**READ_SNAPSHOT, yield_per=ROWS_A_ROUND_TRIP)
    with (
        streamed.connect() as connection,
        connection.execute(SELECT_ENTRIES, of_payroll) as entry_rows,
        connection.execute(SELECT_COMPONENTS, of_payroll) as component_rows,
    ):
        yield from merged(entry_rows, component_rows)
