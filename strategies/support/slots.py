"""The contract's classes with slots: the same fields, 120 bytes an object, not 168.

A plain dataclass keeps its attributes in a block beside the object. On CPython 3.11 this is all
that can be saved in the objects themselves; the ids take most of what is left.
"""

from __future__ import annotations

from dataclasses import fields, make_dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from strategies.support.contract import PremiumComponent, PremiumEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID


def with_slots(cls: type, module: str) -> Any:
    """Return a dataclass of the same fields that has slots; it pickles if it is in that module."""
    attributes = [(field.name, field.type) for field in fields(cls)]
    slotted = make_dataclass(f"Slotted{cls.__name__}", attributes, slots=True)
    slotted.__module__ = module  # where pickle looks for it
    return slotted


SlottedPremiumEntry = with_slots(PremiumEntry, __name__)
SlottedPremiumComponent = with_slots(PremiumComponent, __name__)


def merged(entry_rows: Iterable[Any], component_rows: Iterable[Any]) -> Iterator[Any]:
    """Return slotted objects from the rows of both queries, read side by side."""
    groups: Iterator[tuple[UUID, Iterator[Any]]] = groupby(component_rows, key=itemgetter(0))
    owner, group = next(groups, (None, ()))
    for row in entry_rows:
        components = []
        if row[0] == owner:
            components = [SlottedPremiumComponent(*values[1:]) for values in group]
            owner, group = next(groups, (None, ()))
        yield SlottedPremiumEntry(*row, components)
