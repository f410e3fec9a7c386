"""The same data: a strategy's result against the generated payroll, value by value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Any

from harness.payroll.generator import entries
from strategies.support.contract import PremiumComponent, PremiumEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.payroll.generator import Payroll

ENTRY_VALUES = tuple(f.name for f in fields(PremiumEntry) if f.name != "components")
COMPONENT_VALUES = tuple(f.name for f in fields(PremiumComponent))
HELD_OF_A_STREAM = 1_000
"""Entries of a stream that are held at once: one must stay as it is when the next ones come."""
MISSING: Any = object()


class BrokenContractError(Exception):
    """A strategy returned other data than the payroll's."""


def contract_breach(payroll: Payroll, result: object) -> str | None:
    """Return how the result breaks the contract, None if it does not."""
    if not isinstance(result, Sequence):
        return f"expected a Sequence of entries, got a {type(result).__name__}"
    if len(result) != payroll.entries:
        return f"expected {payroll.entries} entries, got {len(result)}"
    return first_difference(entries(payroll), result)


def stream_breach(payroll: Payroll, stream: Iterable[Any]) -> str | None:
    """Return how a stream breaks the contract, None if it does not; in bounded memory."""
    return first_difference(entries(payroll), _in_parts(stream))


def _in_parts(stream: Iterable[Any]) -> Iterator[Any]:
    remaining = iter(stream)
    while part := list(islice(remaining, HELD_OF_A_STREAM)):
        yield from part


def first_difference(expected: Iterable[PremiumEntry], result: Iterable[Any]) -> str | None:
    """Return where the result first differs from the contract, None if it does not.

    Classes may differ, values may not: neither in type, nor in a Decimal's exponent, nor in a
    time's zone. Both are read once, side by side, and not held.
    """
    for index, (wanted, given) in enumerate(zip_longest(expected, result, fillvalue=MISSING)):
        where = f"entry {index}"
        if wanted is MISSING or given is MISSING:
            side = "more entries than the payroll" if wanted is MISSING else "too few entries"
            return f"{where}: {side}"
        if found := _in_values(ENTRY_VALUES, wanted, given, where):
            return found
        if found := _in_components(wanted, given, where):
            return found
    return None


def _in_components(wanted: PremiumEntry, given: Any, where: str) -> str | None:
    components = getattr(given, "components", MISSING)
    if components is MISSING or len(components) != len(wanted.components):
        count = "none" if components is MISSING else len(components)
        return f"{where}.components: expected {len(wanted.components)}, got {count}"
    for position, (theirs, ours) in enumerate(zip(wanted.components, components, strict=True)):
        spot = f"{where}.components[{position}]"
        if found := _in_values(COMPONENT_VALUES, theirs, ours, spot):
            return found
    return None


def _in_values(names: tuple[str, ...], wanted: Any, given: Any, where: str) -> str | None:
    for name in names:
        theirs, ours = getattr(wanted, name), getattr(given, name, MISSING)
        if ours is MISSING:
            return f"{where} has no {name}"
        if not _is_same(theirs, ours):
            return f"{where}.{name}: expected {theirs!r}, got {ours!r}"
    return None


def _is_same(wanted: object, given: object) -> bool:
    if type(wanted) is not type(given):
        return False
    if isinstance(wanted, Decimal) and isinstance(given, Decimal):
        return wanted.as_tuple() == given.as_tuple()
    if isinstance(wanted, datetime) and isinstance(given, datetime):
        return wanted == given and wanted.utcoffset() == given.utcoffset()
    return wanted == given
