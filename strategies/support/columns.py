"""A payroll as columns: a read-only sequence that makes its entries when they are looked at.

Two tables hold the columns, whoever filled them: one of entries and one of their components, in
the entries' order. What takes a column alone, as a filter or a sum, makes no entry.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Context, Decimal, localcontext
from itertools import compress, islice, pairwise
from typing import TYPE_CHECKING, Any, NoReturn, overload

from strategies.support.contract import Kind, PremiumComponent, PremiumEntry

if TYPE_CHECKING:
    from strategies.support.compact_table import Table

BLOCK = 64
"""Entries whose columns are cut at a time. Each is made when it is asked for, and can die young."""

BLOCK_OF_VALUES = 1024
"""Entries whose values are looked at together where no entry is made."""

EXACT = Context(prec=100)


class PremiumColumns(Sequence[PremiumEntry]):
    """A payroll as columns. A slice or a filter of it is a view, which copies no column.

    `first_rows` has the row of each entry's first component and, after all, where the last end;
    `positions` the entries that are seen, by default all.
    """

    def __init__(
        self,
        entries: Table,
        components: Table,
        first_rows: array[int],
        positions: Sequence[int] | None = None,
    ) -> None:
        self._entries = entries
        self._components = components
        self._first_rows = first_rows
        self._positions = range(entries.rows) if positions is None else positions

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
        return next(self._made(position, position + 1))

    def __iter__(self) -> Iterator[PremiumEntry]:
        try:
            for start, stop in _runs(self._positions, BLOCK):
                yield from self._made(start, stop)
        finally:
            self._entries.close()
            self._components.close()

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
        """Return the entries whose own values are these, as in `where(status=Status.FINAL)`.

        Raises KeyError for a name that is none of theirs.
        """
        positions = self._positions
        for name, value in values.items():
            column = self._entries.column(name)
            found = array("I")
            for start, stop in _runs(positions, BLOCK_OF_VALUES):
                raws = [*column.raw(start, stop)]
                wanted = {raw for raw in {*raws} if column.make(raw) == value}
                found.extend(compress(range(start, stop), map(wanted.__contains__, raws)))
            positions = found
        return self._view(positions)

    def sum_by_kind(self) -> dict[Kind, Decimal]:
        """Add up the amounts of all components by their kind, exactly, without making one.

        What is equal is counted first, so that few values have to be made.
        """
        kinds, amounts = self._components.column("kind"), self._components.column("amount")
        counts: Counter[tuple[Any, Any]] = Counter()
        for start, stop in _runs(self._positions, BLOCK_OF_VALUES):
            rows = self._first_rows[start], self._first_rows[stop]
            counts.update(zip(kinds.raw(*rows), amounts.raw(*rows), strict=True))
        sums: defaultdict[Kind, Decimal] = defaultdict(Decimal)
        with localcontext(EXACT):
            for (kind, amount), count in counts.items():
                sums[kinds.make(kind)] += amounts.make(amount) * count
        return dict(sums)

    def _view(self, positions: Sequence[int]) -> PremiumColumns:
        return PremiumColumns(self._entries, self._components, self._first_rows, positions)

    def _made(self, start: int, stop: int) -> Iterator[PremiumEntry]:
        first_rows = self._first_rows[start : stop + 1]
        columns = self._components.values(first_rows[0], first_rows[-1])
        components = map(PremiumComponent, *columns)
        groups = ([*islice(components, last - first)] for first, last in pairwise(first_rows))
        return map(PremiumEntry, *self._entries.values(start, stop), groups)


def _runs(positions: Sequence[int], most: int) -> Iterator[tuple[int, int]]:
    """Return the ranges of entries that the positions consist of, none longer than `most`."""
    if isinstance(positions, range) and positions.step == 1:
        for start in positions[::most]:
            yield start, min(start + most, positions.stop)
        return
    start = stop = -1
    for position in positions:
        if position != stop or stop - start == most:
            if start >= 0:
                yield start, stop
            start = position
        stop = position + 1
    if start >= 0:
        yield start, stop
