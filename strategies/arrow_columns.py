"""Compact columns, made from Arrow batches; entries are made on access.

Gains over everything else: the payroll is held as its information, a tenth of the objects'
memory, and loaded without making one object per row. An entry costs its making each time it is
looked at: right for a payroll that is summed, filtered, or gone through once or twice. Gives up:
mutability (it is read-only, and a change to an entry that it gave is not seen by it), identity
(`premiums[0] is premiums[0]` is false), speed where entries are used again and again, and what
`packed_objects` does.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal, localcontext
from itertools import pairwise
from typing import TYPE_CHECKING, NoReturn, overload

import pyarrow.compute as pc

from strategies.support.adbc import EXACT, premium_batches, raw_values, storage
from strategies.support.arrow_table import Table
from strategies.support.contract import Kind, PremiumComponent, PremiumEntry
from strategies.support.schema import SELECT_COMPONENTS, SELECT_ENTRIES

if TYPE_CHECKING:
    from uuid import UUID

    import pyarrow as pa
    from sqlalchemy import Engine

GIVES_UP = frozenset(
    {
        "orm-mapping",
        "orm-identity",
        "sqlalchemy-types",
        "engine-connections",
        "list",
        "mutable",
        "object-identity",
        "no-extra-packages",
    }
)

BLOCK = 32
"""Entries made at a time: few enough to die young, before the collector has walked them often."""

BLOCK_OF_VALUES = 1024
"""Entries whose values are looked at together where no entry is made."""


def get_premiums_for_payroll(engine: Engine, payroll_id: UUID) -> Sequence[PremiumEntry]:
    """Load the payroll's columns; no entry is made of them yet."""
    entries = Table(SELECT_ENTRIES.selected_columns)
    components = Table(list(SELECT_COMPONENTS.selected_columns)[1:])
    with premium_batches(engine, payroll_id) as (entry_batches, component_batches):
        for batch in entry_batches:
            entries.add(batch.columns, batch.num_rows)
            del batch  # or it would be held while the next one is made
        entries.seal()
        first_rows = array("I", bytes(4 * (entries.rows + 1)))
        runs = _runs(components, component_batches)
        for nth, row in enumerate(_first_rows(entries.column("id").raw(), runs)):
            first_rows[nth] = row
        components.seal()
    return PremiumColumns(entries, components, first_rows, range(entries.rows))


def _runs(
    components: Table, batches: Iterable[pa.RecordBatch]
) -> Iterator[tuple[bytes | None, int]]:
    """Add the components; give each entry's raw id with the row where its components end."""
    for batch in batches:
        before = components.rows
        components.add(batch.columns[1:], batch.num_rows)
        runs = pc.run_end_encode(storage(batch.column(0)))
        del batch  # or it would be held while the next one is made
        for raw_id, end in zip(raw_values(runs.values), raw_values(runs.run_ends), strict=True):
            yield raw_id, before + end


def _first_rows(
    entry_ids: Iterable[bytes], runs: Iterator[tuple[bytes | None, int]]
) -> Iterator[int]:
    """Return the row of each entry's first component, and after all that where the last ends."""
    owner, end = next(runs, (None, 0))
    row = 0
    for entry_id in entry_ids:
        yield row
        while owner == entry_id:  # twice, where a batch ended amidst an entry
            row = end
            owner, end = next(runs, (None, 0))
    yield row


class PremiumColumns(Sequence[PremiumEntry]):
    """A payroll as columns. A slice or a filter of it is a view, which copies no column."""

    def __init__(
        self, entries: Table, components: Table, first_rows: array[int], positions: Sequence[int]
    ) -> None:
        self._entries = entries
        self._components = components
        self._first_rows = first_rows
        self._positions = positions

    def __len__(self) -> int:
        return len(self._positions)

    @overload
    def __getitem__(self, index: int) -> PremiumEntry: ...

    @overload
    def __getitem__(self, index: slice) -> PremiumColumns: ...

    def __getitem__(self, index: int | slice) -> PremiumEntry | PremiumColumns:
        if isinstance(index, slice):
            return self._view(self._positions[index])
        position = self._positions[index]
        return self._made(position, position + 1)[0]

    def __iter__(self) -> Iterator[PremiumEntry]:
        for start, stop in _blocks(self._positions, BLOCK):
            yield from self._made(start, stop)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (list, PremiumColumns)):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def __setitem__(self, index: object, value: object) -> NoReturn:
        raise TypeError("a payroll's columns are read-only; change a list(...) of them")

    def __delitem__(self, index: object) -> NoReturn:
        self[index] = None

    def __repr__(self) -> str:
        some = ", ".join(map(repr, self[:1])) + (", ..." if len(self) > 1 else "")
        return f"<PremiumColumns, read-only, {len(self)} entries: [{some}]>"

    def where(self, **values: object) -> PremiumColumns:
        """Return the entries whose own values are these, as in `where(status=Status.FINAL)`."""
        positions = self._positions
        for name, value in values.items():
            column = self._entries.column(name)
            found = array("I")
            for start, stop in _blocks(positions, BLOCK_OF_VALUES):
                held = column.values(start, stop)
                found.extend(start + i for i, each in enumerate(held) if each == value)
            positions = found
        return self._view(positions)

    def sum_by_kind(self) -> dict[Kind, Decimal]:
        """Add up the amounts of all components by their kind, exactly, without making one."""
        kinds, amounts = self._components.column("kind"), self._components.column("amount")
        counts: Counter[tuple[Kind, Decimal]] = Counter()
        for start, stop in _blocks(self._positions, BLOCK_OF_VALUES):
            rows = self._first_rows[start], self._first_rows[stop]
            counts.update(zip(kinds.values(*rows), amounts.values(*rows), strict=True))
        sums: defaultdict[Kind, Decimal] = defaultdict(Decimal)
        with localcontext(EXACT):
            for (kind, amount), count in counts.items():
                sums[kind] += amount * count
        return dict(sums)

    def _view(self, positions: Sequence[int]) -> PremiumColumns:
        return PremiumColumns(self._entries, self._components, self._first_rows, positions)

    def _made(self, start: int, stop: int) -> list[PremiumEntry]:
        first_rows = self._first_rows[start : stop + 1]
        offset = first_rows[0]
        made = list(map(PremiumComponent, *self._components.values(offset, first_rows[-1])))
        groups = [made[first - offset : last - offset] for first, last in pairwise(first_rows)]
        return list(map(PremiumEntry, *self._entries.values(start, stop), groups))


def _blocks(positions: Sequence[int], size: int) -> Iterator[tuple[int, int]]:
    """Return the ranges of entries, none longer than size, that the positions consist of."""
    if isinstance(positions, range) and positions.step == 1:
        for start in positions[::size]:
            yield start, min(start + size, positions.stop)
    else:
        for position in positions:
            yield position, position + 1
