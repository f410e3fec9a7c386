"""What a strategy costs beside memory and time: the traits that it gives up, in words. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from harness.model.run import Header

COSTS = {
    "orm-mapping": "no ORM",
    "orm-identity": "batched ORM",
    "sqlalchemy-types": "no column types",
    "any-driver": "one driver",
    "synchronous": "async",
    "engine-connections": "extra connections",
    "contract-class": "other classes",
    "list": "no list",
    "mutable": "read-only",
    "object-identity": "new objects",
    "stream": "no stream",
    "gc-untouched": "GC pause",
    "no-extra-packages": "a package",
}
"""Trait -> what it costs to give it up. A test holds that every trait is here."""
IMPLIED = {"orm-mapping": "orm-identity"}
"""Trait -> another one that nobody can offer without it."""
ROOM = 15
"""Characters for the costs of a row, so that a table is 80 columns wide."""


def given_up(header: Header, name: str) -> list[str] | None:
    """Return the traits of the reference that a strategy gives up; None where that is unknown."""
    offers, reference = header.offers.get(name), header.offers.get(header.reference)
    if offers is None or reference is None:
        return None
    lost = [trait for trait in COSTS if trait in reference and trait not in offers]
    implied = {IMPLIED[trait] for trait in lost if trait in IMPLIED}
    return [trait for trait in lost if trait not in implied]


def costs(traits: Collection[str]) -> list[str]:
    """Return what giving up each of these traits costs."""
    return [COSTS.get(trait, trait) for trait in traits]


def costs_in_full(header: Header, name: str, beside: str | None = None) -> str:
    """Return all costs of a strategy; `beside` another one, what it costs more than that."""
    lost = given_up(header, name)
    if lost is None:
        return "unknown"
    known = (given_up(header, beside) if beside else None) or []
    return ", ".join(costs([trait for trait in lost if trait not in known])) or "nothing"


def costs_in_short(header: Header, name: str) -> str:
    """Return the first costs of a strategy, as many as there is room for, and how many more."""
    if name == header.reference:
        return "as today"
    lost = given_up(header, name)
    if not lost:
        return "unknown" if lost is None else "nothing"
    words = costs(lost)
    shown = 2 if len(", ".join(words[:2])) <= ROOM - 3 * (len(words) > 2) else 1
    more = len(words) - shown
    return ", ".join(words[:shown]) + (f" +{more}" if more > 0 else "")
