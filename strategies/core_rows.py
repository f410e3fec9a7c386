"""Core columns in two ordered queries, fetched whole, mapped to dataclasses.

Gains over `full_orm`: no ORM instance, no identity map, a lower peak. Gives up: change
tracking and lazy loading; every row of both queries is in memory at once, and so is libpq's copy
of the result, which tracemalloc does not see. Two queries rather than a join: a join repeats the
entry's columns for every component.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from strategies.support.contract import PremiumComponent, PremiumEntry
from strategies.support.schema import READ_SNAPSHOT, SELECT_COMPONENTS, SELECT_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Engine

GIVES_UP = frozenset({"orm-mapping", "orm-identity"})


def get_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Sequence[PremiumEntry]:
    """Fetch all rows of both queries, then build the dataclasses from them."""
    of_payroll = {"payroll_id": payroll_id}
    with engine.execution_options(**READ_SNAPSHOT).connect() as connection:
        entry_rows = connection.execute(SELECT_ENTRIES, of_payroll).all()
        component_rows = connection.execute(SELECT_COMPONENTS, of_payroll).all()
    components: defaultdict[UUID, list[PremiumComponent]] = defaultdict(list)
    for entry_id, *values in component_rows:
        components[entry_id].append(PremiumComponent(*values))
    return [PremiumEntry(*row, components[row.id]) for row in entry_rows]  # type: ignore[call-arg]
