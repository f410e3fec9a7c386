"""A table of packed rows: their bytes cut into columns, in the machine's byte order."""

from __future__ import annotations

import sys
from struct import calcsize
from typing import TYPE_CHECKING, ClassVar

from strategies.support.compact_column import Kind
from strategies.support.compact_table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from strategies.support.compact_column import Raw
    from strategies.support.packing.columns import Column
    from strategies.support.packing.layout import Record


class PackedTable(Table):
    """A table of packed rows, whose record a subclass states.

    class Entries(PackedTable, record=PREMIUMS.parent): ...
    """

    record: ClassVar[Record]
    _fields: ClassVar[list[range]]

    def __init_subclass__(cls, *, record: Record | None) -> None:
        if record is None:
            raise TypeError(f"{cls.__name__}: these packed rows have no children")
        cls.record = record
        cls._fields = list(_fields(record))
        cls.kinds = {one.name: Kind(one.format, one.make, one.shares) for one in record.columns}

    def add_packed(self, data: bytes, texts: Iterable[Iterable[str | None]]) -> None:
        """Add rows whose bytes stand end to end, and their texts, column by column."""
        self.add(len(data) // self.record.struct.size, self._columns_of(data, iter(texts)))

    def _columns_of(self, data: bytes, texts: Iterator[Iterable[str | None]]) -> Iterator[Raw]:
        width = self.record.struct.size
        for field in self._fields:
            size = len(field)
            values = bytearray(len(data) // width * size)
            for nth, place in enumerate(field):  # a slice for each byte of a row is all in C
                values[nth::size] = data[place::width]
            yield values if field else next(texts)


def _fields(record: Record) -> Iterator[range]:
    """Return where the bytes of each column are in a row, in the order wanted; a text has none."""
    start = calcsize(f">{record.key}")
    for column in record.columns:
        stop = start + calcsize(f">{column.format}")
        field = range(start, stop)
        yield field[::-1] if _is_reversed(column) else field
        start = stop


def _is_reversed(column: Column) -> bool:
    """Whether the machine has the bytes of a number in the other order than the server sends."""
    return sys.byteorder == "little" and not column.format.endswith("s")
