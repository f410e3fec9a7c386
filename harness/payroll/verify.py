"""The same data: a strategy's result against the generated payroll, value by value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Any
from uuid import UUID

from harness.payroll.generator import entries
from harness.payroll.use import COMPONENT_VALUES, ENTRY_VALUES, add_up, sum_by_kind
from harness.payroll.yardsticks import is_checked
from strategies.support.contract import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.payroll.generator import Payroll
    from harness.payroll.use import Sums
    from strategies.support.contract import PremiumEntry

HELD_OF_A_STREAM = 1_000
"""Entries of a stream that are held at once: one must stay as it is when the next ones come."""
MISSING: Any = object()


class BrokenContractError(Exception):
    """A strategy returned other data than the payroll's."""


def breach_of(name: str, payroll: Payroll, result: Any, *, stream: bool) -> str | None:
    """Return how the result of a strategy, or of a yardstick that is checked, is not right."""
    if is_checked(name):
        return sums_breach(sums_of(payroll), result)
    return (stream_breach if stream else contract_breach)(payroll, result)


def contract_breach(payroll: Payroll, result: object) -> str | None:
    """Return how the result breaks the contract, None if it does not."""
    if not isinstance(result, Sequence):
        return f"expected a Sequence of entries, got a {type(result).__name__}"
    if len(result) != payroll.entries:
        return f"expected {payroll.entries} entries, got {len(result)}"
    sums: Sums = defaultdict(Decimal)
    found = first_difference(_summed(entries(payroll), sums), result)
    return found or sums_breach(sums, sum_by_kind(result))


def sums_of(payroll: Payroll) -> Sums:
    """Return the sum of the payroll's amounts by kind."""
    sums: Sums = defaultdict(Decimal)
    for entry in entries(payroll):
        add_up(entry, sums)
    return sums


def sums_breach(wanted: Sums, given: object) -> str | None:
    """Return how sums by kind differ, None if they do not; a kind that is missing has the sum 0."""
    if not isinstance(given, dict):
        return f"sum by kind: expected a dict, got a {type(given).__name__}"
    for kind, total in given.items():
        if type(kind) is not Kind or type(total) is not Decimal:
            return f"sum by kind: expected Kind: Decimal, got {kind!r}: {total!r}"
    for kind in Kind:
        theirs, ours = (sums.get(kind, Decimal()) for sums in (wanted, given))
        if theirs != ours:
            return f"sum by kind: {kind.value}: expected {theirs}, got {ours}"
    return None


def _summed(made: Iterable[PremiumEntry], sums: Sums) -> Iterator[PremiumEntry]:
    for entry in made:
        add_up(entry, sums)
        yield entry


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
    if type(wanted) is not type(given):  # asyncpg has a UUID of its own
        return isinstance(wanted, UUID) and isinstance(given, UUID) and wanted == given
    if isinstance(wanted, Decimal) and isinstance(given, Decimal):
        return wanted.as_tuple() == given.as_tuple()
    if isinstance(wanted, datetime) and isinstance(given, datetime):
        return wanted == given and wanted.utcoffset() == given.utcoffset()
    return wanted == given
