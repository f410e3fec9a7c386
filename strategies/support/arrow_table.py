"""Columns of a query's result held compactly: Arrow batches in, Python values out.

A column that repeats values holds each once and its places in as few bits as they need; ids are
their 16 bytes. Nothing is decoded before it is asked for. Made of bytes, so it pickles.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from struct import calcsize
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from strategies.support.adbc import (
    FORMATS,
    UUID_BYTES,
    fixed_width,
    maker,
    raw_values,
    storage,
    uuids,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

BOUND = 1024
"""Values of a column's own dictionary; one with more has a dictionary a batch instead."""

ROWS_A_LOOK = 256


class Table:
    """The columns of a query's result; to be sealed before it is read."""

    def __init__(self, columns: Iterable[Any]) -> None:
        self._columns = {column.name: Column(column.type) for column in columns}
        self.rows = 0

    def add(self, arrays: Iterable[pa.Array], rows: int) -> None:
        """Add a batch."""
        for column, values in zip(self._columns.values(), arrays, strict=True):
            column.add(values)
        self.rows += rows

    def seal(self) -> None:
        """End the adding."""
        for column in self._columns.values():
            column.seal()

    def column(self, name: str) -> Column:
        """Return the column of that name."""
        return self._columns[name]

    def values(self, start: int, stop: int) -> list[list[Any]]:
        """Return the values of these rows, column by column."""
        return [column.values(start, stop) for column in self._columns.values()]


class Column:
    """One column, a chunk a batch, each as compact as its values allow.

    While at least half of a batch's values repeat they are encoded with a dictionary: with the
    column's own, for as long as that is small; else with the batch's (two insured persons an
    entry repeat, but not for long). Values of the column's dictionary are made when they are
    first looked at, and kept: equal values are one object.
    """

    def __init__(self, type_: Any) -> None:
        self._type = type_
        self._make = maker(type_)
        self._chunks: list[_Chunk] = []
        self._starts = array("I", [0])
        self._pays = True
        self._shares = True
        self._known: Any = ()
        self._dictionary = _Chunk(0, (), TEXT)
        self._values: dict[int, Any] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_make": None, "_values": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _make=maker(state["_type"]))

    def add(self, values: pa.Array) -> None:
        """Add a batch's values."""
        self._chunks.append(self._encoded(storage(values)))
        self._starts.append(self._starts[-1] + len(values))

    def seal(self) -> None:
        """End the adding: forget what only that needs."""
        if self._known:
            self._dictionary = _plain(self._known)
        self._known = ()

    def values(self, start: int, stop: int) -> list[Any]:
        """Return the values of these rows, made now or, where they repeat, shared."""
        found: list[Any] = []
        for chunk, first, last in self._parts(start, stop):
            raw = chunk.raw(first, last)
            if chunk.encoded:
                values = {} if chunk.dictionary else self._values
                dictionary = chunk.dictionary or self._dictionary
                for new in {*raw} - values.keys():
                    values[new] = self._make(dictionary.raw(new, new + 1)[0])
                found += map(values.__getitem__, raw)
            else:
                found += map(self._make, raw)
        return found

    def raw(self) -> Iterator[Any]:
        """Return all values of a column without a dictionary as they are stored, one by one."""
        for chunk in self._chunks:
            for start in range(0, chunk.rows, ROWS_A_LOOK):
                yield from chunk.raw(start, min(start + ROWS_A_LOOK, chunk.rows))

    def _parts(self, start: int, stop: int) -> Iterator[tuple[_Chunk, int, int]]:
        nth = bisect_right(self._starts, start) - 1
        while start < stop:
            first, end = self._starts[nth], min(self._starts[nth + 1], stop)
            yield self._chunks[nth], start - first, end - first
            start, nth = end, nth + 1

    def _encoded(self, values: pa.Array) -> _Chunk:
        if self._shares and (places := self._shared_places(values)) is not None:
            return _packed(places, len(self._known))
        if self._pays:
            encoded = values.dictionary_encode()
            dictionary = encoded.dictionary
            self._pays = len(dictionary) <= len(values) // 2  # never for ids, whose raw() is read
            if self._pays:
                return _packed(encoded.indices, len(dictionary), _plain(dictionary))
        return _plain(values)

    def _shared_places(self, values: pa.Array) -> pa.Array | None:
        """Return the places in the column's dictionary, which grows; none once it is too big.

        All in native code: a loop over the values in Python would take longer than the rest.
        """
        known = self._known or values[:0]
        places = pc.index_in(values, value_set=known)
        if places.null_count:
            grown = pa.chunked_array([known, values]).unique()  # what was known keeps its place
            new = len(grown) - len(known)
            self._shares = len(grown) <= BOUND and new <= len(values) // 2
            if not self._shares:
                return None
            known, places = grown, pc.index_in(values, value_set=grown)
        self._known = known
        return places


class _Chunk(NamedTuple):
    """A stretch of a column: raw values, or their places in a dictionary."""

    rows: int
    data: bytes | tuple[Any, ...]
    format: str
    """As `memoryview.cast` knows it; or TEXT, A_UUID, or SHIFTS of places smaller than a byte."""
    encoded: bool = False
    dictionary: _Chunk | None = None

    def raw(self, start: int, stop: int) -> Sequence[Any]:
        if isinstance(self.data, tuple):
            return self.data[start:stop]
        if self.format == A_UUID:
            return uuids(self.data[start * UUID_BYTES : stop * UUID_BYTES])
        if self.format in SHIFTS:
            return _unpacked(self.data, self.format, start, stop)
        return memoryview(self.data).cast(self.format)[start:stop].tolist()  # type: ignore[call-overload, no-any-return]


TEXT, A_UUID, CONSTANT = "text", "uuid", "constant"
SHIFTS = {CONSTANT: (), "1 bit": (4, 2, 1), "2 bits": (4, 2), "4 bits": (4,)}
"""How places smaller than a byte are packed: two bytes into one, the second one shifted, and so
on. No step for a constant, which has no bytes at all."""

KEPT = {
    shift: bytes(byte & mask for byte in range(256)) for shift, mask in ((4, 15), (2, 51), (1, 85))
}
SHIFTED = {shift: bytes(kept[byte >> shift] for byte in range(256)) for shift, kept in KEPT.items()}
"""What `bytes.translate` needs to take two places out of one byte."""


def _packed(places: pa.Array, count: int, dictionary: _Chunk | None = None) -> _Chunk:
    """Return the places (int32, little-endian as all of Arrow's here) in the fewest bits."""
    wide, rows = bytes(fixed_width(places)), len(places)
    format_ = "B" if count <= 1 << 8 else "H" if count <= 1 << 16 else "I"
    width = calcsize(format_)
    narrow = bytearray(width * rows)
    for nth in range(width):
        narrow[nth::width] = wide[nth::4]
    data = bytes(narrow)
    if count <= 1 << 4:
        format_ = "4 bits" if count > 1 << 2 else "2 bits" if count > 1 << 1 else "1 bit"
        for shift in SHIFTS[format_]:
            data = _halved(data, shift)
        if count == 1:
            data, format_ = b"", CONSTANT
    return _Chunk(rows, data, format_, encoded=True, dictionary=dictionary)


def _halved(data: bytes, shift: int) -> bytes:
    data += bytes(len(data) % 2)
    even, odd = (int.from_bytes(data[nth::2], "little") for nth in (0, 1))
    return (even | odd << shift).to_bytes(len(data) // 2, "little")


def _unpacked(data: bytes, format_: str, start: int, stop: int) -> Sequence[int]:
    shifts = SHIFTS[format_]
    if not shifts:
        return bytes(stop - start)
    a_byte = 1 << len(shifts)
    first = start // a_byte
    data = data[first : -(-stop // a_byte)]
    for shift in reversed(shifts):
        twice = bytearray(2 * len(data))
        twice[::2], twice[1::2] = data.translate(KEPT[shift]), data.translate(SHIFTED[shift])
        data = bytes(twice)
    return data[start - first * a_byte : stop - first * a_byte]


def _plain(values: pa.Array) -> _Chunk:
    if values.type == pa.binary(UUID_BYTES):
        return _Chunk(len(values), bytes(fixed_width(values)), A_UUID)
    if values.type in FORMATS:
        return _Chunk(len(values), bytes(fixed_width(values)), FORMATS[values.type])
    return _Chunk(len(values), tuple(raw_values(values)), TEXT)
