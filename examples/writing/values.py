"""What the functions hand over of an entry and its components: an instance, dicts, rows, columns.

A component's row has two columns that its domain object lacks: the entry's id and its position.
"""

from __future__ import annotations

from dataclasses import fields
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from strategies.support.contract import PremiumComponent, PremiumEntry
from strategies.support.schema import PremiumComponentRow, PremiumEntryRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    Values = dict[str, Any]
    Row = tuple[Any, ...]

ENTRY_COLUMNS = [field.name for field in fields(PremiumEntry) if field.name != "components"]
OF_COMPONENT = [field.name for field in fields(PremiumComponent)]
COMPONENT_COLUMNS = ["entry_id", "position", *OF_COMPONENT]
"""The columns in the order of their rows."""
ENUMS = ("status", "kind", "payer")


def instance(entry: PremiumEntry) -> PremiumEntryRow:
    """Return the ORM's instance of the entry, its components' in its relationship."""
    components = [
        PremiumComponentRow(position=position, **vars(component))
        for position, component in enumerate(entry.components)
    ]
    return PremiumEntryRow(components=components, **entry_values(entry))


def entry_values(entry: PremiumEntry) -> Values:
    """Return the values of the entry's row, by column."""
    return {name: getattr(entry, name) for name in ENTRY_COLUMNS}


def component_values(premiums: Iterable[PremiumEntry]) -> list[Values]:
    """Return the values of the rows of all components, by column."""
    return [
        {"entry_id": entry.id, "position": position, **vars(component)}
        for entry in premiums
        for position, component in enumerate(entry.components)
    ]


def _row_of(names: list[str]) -> attrgetter[Row]:
    """Return what reads the values: of an enum its label, as psycopg would send the name."""
    return attrgetter(*(f"{name}.value" if name in ENUMS else name for name in names))


entry_row = _row_of(ENTRY_COLUMNS)
_component_row = _row_of(OF_COMPONENT)


def component_rows(premiums: Iterable[PremiumEntry]) -> Iterator[Row]:
    """Yield the rows of all components."""
    for entry in premiums:
        for position, component in enumerate(entry.components):
            yield (entry.id, position, *_component_row(component))


def entry_columns(premiums: Sequence[PremiumEntry]) -> Values:
    """Return the values of all entries' rows, as a list a column."""
    return {name: [getattr(entry, name) for entry in premiums] for name in ENTRY_COLUMNS}


def component_columns(premiums: Sequence[PremiumEntry]) -> Values:
    """Return the values of all components' rows, as a list a column."""
    components = list(chain.from_iterable(entry.components for entry in premiums))
    return {
        "entry_id": [entry.id for entry in premiums for _ in entry.components],
        "position": [nth for entry in premiums for nth in range(len(entry.components))],
        **{name: [getattr(one, name) for one in components] for name in OF_COMPONENT},
    }
