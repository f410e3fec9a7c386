"""Core columns streamed into twins with slots: the leanest classic mapping.

Gains over `core_rows`: both queries go through server-side cursors and are merged as they
come, so that no result is held whole, and an object with slots has no attribute dictionary.
Gives up: change tracking, lazy loading, and attributes added at run time. What it retains is
mostly values still: the driver makes a fresh one for every cell.
"""

from __future__ import annotations

from dataclasses import fields, make_dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from strategies.contract import PremiumComponent, PremiumEntry
from strategies.schema import READ_SNAPSHOT, SELECT_COMPONENTS, SELECT_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from sqlalchemy import CursorResult, Engine

ROWS_A_ROUND_TRIP = 200


def _slotted_twin(cls: type) -> Any:
    attributes = [(field.name, field.type) for field in fields(cls)]
    return make_dataclass(f"Slotted{cls.__name__}", attributes, slots=True)


SlottedPremiumEntry = _slotted_twin(PremiumEntry)
SlottedPremiumComponent = _slotted_twin(PremiumComponent)
for _twin in (SlottedPremiumEntry, SlottedPremiumComponent):
    _twin.__module__ = __name__  # where pickle looks for it


def get_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Sequence[PremiumEntry]:
    """Stream both queries side by side, merging them on the entry's id."""
    of_payroll = {"payroll_id": payroll_id}
    streamed = engine.execution_options(**READ_SNAPSHOT, yield_per=ROWS_A_ROUND_TRIP)
    with streamed.connect() as connection:
        entry_rows = connection.execute(SELECT_ENTRIES, of_payroll)
        component_rows = connection.execute(SELECT_COMPONENTS, of_payroll)
        return list(_merge(entry_rows, component_rows))


def _merge(entry_rows: CursorResult[Any], component_rows: CursorResult[Any]) -> Iterator[Any]:
    groups: Iterator[tuple[UUID, Iterator[Any]]] = groupby(component_rows, key=itemgetter(0))
    owner, group = next(groups, (None, ()))
    for row in entry_rows:
        components = []
        if row.id == owner:
            components = [SlottedPremiumComponent(*values) for _, *values in group]
            owner, group = next(groups, (None, ()))
        yield SlottedPremiumEntry(*row, components)
