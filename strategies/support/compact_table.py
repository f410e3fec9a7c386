"""The columns of a query's result, held compactly, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from strategies.support.compact_column import Column, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from strategies.support.compact_column import Raw


class Table:
    """Columns of one length; to be sealed before they are read. It pickles.

    A subclass states their kinds, by which an unpickled table finds again what makes its values.
    """

    kinds: ClassVar[Mapping[str, Kind]]

    def __init__(self) -> None:
        self.rows = 0
        self._columns = {name: Column(kind) for name, kind in self.kinds.items()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        for name, column in self._columns.items():
            column.kind = self.kinds[name]

    def add(self, rows: int, columns: Iterable[Raw]) -> None:
        """Add rows, column by column."""
        self.rows += rows
        for column, raw in zip(self._columns.values(), columns, strict=True):
            column.add(raw)

    def seal(self) -> None:
        """End the adding."""
        for column in self._columns.values():
            column.seal()

    def column(self, name: str) -> Column:
        """Return the column of that name; raises KeyError."""
        return self._columns[name]

    def values(self, start: int, stop: int) -> list[Iterable[Any]]:
        """Return the values of these rows, column by column, to be iterated over once."""
        return [column.values(start, stop) for column in self._columns.values()]

    def close(self) -> None:
        """Let go of what was decoded since the table was last closed."""
        for column in self._columns.values():
            column.close()
