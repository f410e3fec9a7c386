"""Twins of the contract's classes with slots: the same fields, 120 bytes an object, not 168.

A plain dataclass keeps its attributes in a block beside the object. On CPython 3.11 this is all
that can be saved in the objects themselves; the ids take most of what is left.
"""

from __future__ import annotations

from dataclasses import fields, make_dataclass
from typing import Any

from strategies.contract import PremiumComponent, PremiumEntry


def _slotted_twin(cls: type) -> Any:
    attributes = [(field.name, field.type) for field in fields(cls)]
    return make_dataclass(f"Slotted{cls.__name__}", attributes, slots=True)


SlottedPremiumEntry = _slotted_twin(PremiumEntry)
SlottedPremiumComponent = _slotted_twin(PremiumComponent)
for _twin in (SlottedPremiumEntry, SlottedPremiumComponent):
    _twin.__module__ = __name__  # where pickle looks for it
