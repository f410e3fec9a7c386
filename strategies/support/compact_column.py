"""A column held compactly: raw bytes in, Python values out; standard library only.

A column that repeats few values holds each of them once, and where it stands as a code of one or
two bytes. It is cut into blocks, and what zlib makes smaller of a block is held compressed. What
neither helps, as ids, is held as it came. Nothing is decoded before it is looked at.
"""

from __future__ import annotations

import json
import zlib
from array import array
from collections import defaultdict
from itertools import chain, count, islice
from struct import calcsize, unpack
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Make = Callable[[Any], Any]
    Raw = bytes | bytearray | memoryview | Iterable[str | None]

BLOCK = 1024
"""Rows of a block: what is decompressed for a first look at it, and held while it is looked at.

Twice as many would be a few per cent smaller, and take twice as long to be looked into at random.
"""

FEW, ROWS_A_CODE = 512, 64
"""A column may have FEW codes, and one more for each ROWS_A_CODE rows.

A code costs some 150 bytes while the column grows, and 100 later if its value is made. It saves
a row the making of its value, and a byte or more."""

NEW = 1 / 8
"""The share of a block's values, at most, that may be new for it to be held as codes.

Where more are, they are learnt: the next block may repeat them."""

SMALLER = 0.9
"""What zlib must leave of a block, at most, to be worth its undoing at every first look."""

LONGEST_REST = 16
"""Blocks held as they came, at most, before codes or zlib are tried again.

A trial takes about ten times as long as holding a block as it came."""

WINDOW, MEMORY = -13, 7
"""Of zlib: it looks back 8 kB and works in 96 kB. By default it would allocate 256 kB a block."""

ONE_BYTE, TWO_BYTES = 1 << 8, 1 << 16


class Kind(NamedTuple):
    """What a column holds.

    `format` is a raw value's as of `struct`, in the machine's byte order; "" for texts, which can
    be None. `make` makes a value of it; None where it is the value. `shares` is whether one object
    may stand for all equal values.
    """

    format: str
    make: Make | None = None
    shares: bool = True

    @property
    def size(self) -> int:
        """Bytes of a raw value; 1 for a text, which is counted, not measured."""
        return calcsize(f"={self.format}") or 1

    @property
    def has_codes(self) -> bool:
        """Whether codes may stand for its values: they are shared, and longer than a code."""
        return self.shares and (not self.format or self.size > calcsize("H"))


class Column:
    """One column, in blocks of BLOCK rows; to be sealed before it is read."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self._size = kind.size
        self._blocks: list[bytes] = []
        self._formats: list[str] = []
        self._waiting: Any = bytearray() if kind.format else []
        self._codes: _Codes | None = _Codes()
        self._zipping = _Trial()
        self._distinct: list[Any] = []
        self._values: _Values | None = None
        self._open: tuple[int, str, Any] | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "kind": None, "_values": None, "_open": None}

    def add(self, raw: Raw) -> None:
        """Add raw values, as they stand in memory, or texts."""
        self._waiting += raw
        size = BLOCK * self._size
        while len(self._waiting) >= size:
            self._hold(self._waiting[:size])
            del self._waiting[:size]

    def seal(self) -> None:
        """End the adding."""
        if self._waiting:
            self._hold(self._waiting)
        if self._codes:
            self._distinct = self._codes.distinct()
        self._waiting = self._codes = None

    def make(self, raw: Any) -> Any:
        """Return the value of a raw one."""
        return self.kind.make(raw) if self.kind.make else raw

    def raw(self, start: int, stop: int) -> Iterable[Any]:
        """Return the raw values of these rows, to be iterated over once."""
        return _joined(
            [
                map(self._distinct.__getitem__, raw) if coded else raw
                for coded, raw in self._parts(start, stop)
            ]
        )

    def values(self, start: int, stop: int) -> Iterable[Any]:
        """Return the values of these rows, to be iterated over once.

        Where few are repeated, all that are equal are one object, as long as the column is open.
        """
        made = self._values
        if made is None:
            made = self._values = _Values(self.make, self._distinct)
        make = self.kind.make
        return _joined(
            [
                map(made.__getitem__, raw) if coded else map(make, raw) if make else raw
                for coded, raw in self._parts(start, stop)
            ]
        )

    def close(self) -> None:
        """Let go of what was decoded since the column was last closed."""
        self._values = self._open = None

    def _parts(self, start: int, stop: int) -> Iterator[tuple[bool, Sequence[Any]]]:
        """Return what the blocks have of these rows, and whether it is codes."""
        while start < stop:
            nth, first = divmod(start, BLOCK)
            last = min(first + stop - start, BLOCK)
            opened = self._open  # looked at once: another thread may open another block
            if opened is None or opened[0] != nth:
                format_ = self._formats[nth]
                self._open = opened = nth, format_, _decoded(self._blocks[nth], format_)
            _, format_, data = opened
            yield format_ != self.kind.format, _cut(data, format_, first, last)
            start += last - first

    def _hold(self, raw: Any) -> None:
        """Add a block as codes if that pays, else as it came; compressed if that pays."""
        rows = len(raw) // self._size
        codes, format_ = None, self.kind.format
        if self._codes and self.kind.has_codes:
            seen = rows + BLOCK * len(self._blocks)
            codes = self._codes.of(lambda: _cut(raw, format_, 0, rows), seen)
        if self._codes and codes:
            format_ = self._codes.format
            data = _zipped(bytes(codes) if format_ == "B" else array("H", codes).tobytes())
        else:
            data = bytes(raw) if format_ else json.dumps(raw, ensure_ascii=False).encode()
            data = self._zipped_if_it_pays(data)
        self._blocks.append(data)
        self._formats.append(format_)

    def _zipped_if_it_pays(self, data: bytes) -> bytes:
        if not self._zipping.is_due():
            return data
        zipped = _zipped(data)
        self._zipping.note(pays=zipped is not data)
        return zipped


class _Codes:
    """What stands for a column's values while it grows: raw value -> its place among them all."""

    def __init__(self) -> None:
        self._trial = _Trial()
        self._used = 0
        self._known: defaultdict[Any, int] = defaultdict(count().__next__)

    @property
    def format(self) -> str:
        """That of the codes in use."""
        return "B" if self._used <= ONE_BYTE else "H"

    def of(self, raws: Callable[[], Sequence[Any]], seen: int) -> list[int] | None:
        """Return the codes of a block's values; None where codes do not pay.

        `seen` is how many rows the column has by then.
        """
        if not self._trial.is_due():
            return None
        before = len(self._known)
        codes = [*map(self._known.__getitem__, raws())]
        if len(self._known) > min(FEW + seen // ROWS_A_CODE, TWO_BYTES):
            used = islice(self._known.items(), self._used)
            self._known = defaultdict(count(self._used).__next__, used)
            self._trial.note(pays=False)
            return None
        if len(self._known) - before > NEW * len(codes):
            return None
        self._used = len(self._known)
        self._trial.note(pays=True)
        return codes

    def distinct(self) -> list[Any]:
        """Return the raw values that codes stand for, in the order of those."""
        return [*islice(self._known, self._used)]


class _Trial:
    """Whether something pays: tried less and less often while it does not, but never given up."""

    def __init__(self) -> None:
        self._gap = self._rest = 0

    def is_due(self) -> bool:
        self._rest -= 1
        return self._rest < 0

    def note(self, *, pays: bool) -> None:
        self._gap = self._rest = 0 if pays else min(2 * self._gap + 1, LONGEST_REST)


class _Values(dict[int, Any]):
    """Code -> value, made when it is first asked for."""

    def __init__(self, make: Make, distinct: Sequence[Any]) -> None:
        super().__init__()
        self._make = make
        self._distinct = distinct

    def __missing__(self, code: int) -> Any:
        value = self[code] = self._make(self._distinct[code])
        return value


class _Zipped(bytes):
    """Bytes as zlib left them."""

    __slots__ = ()


def _zipped(data: bytes) -> bytes:
    """Return the bytes compressed; as they are where that does not pay."""
    zipper = zlib.compressobj(1, zlib.DEFLATED, WINDOW, MEMORY)
    zipped = zipper.compress(data) + zipper.flush()
    return _Zipped(zipped) if len(zipped) <= SMALLER * len(data) else data


def _decoded(data: bytes, format_: str) -> Any:
    """Return what `_cut` takes raw values or codes of."""
    if isinstance(data, _Zipped):
        data = zlib.decompress(data, WINDOW)
    return data if format_ else json.loads(data)


def _cut(data: Any, format_: str, start: int, stop: int) -> Sequence[Any]:
    """Return raw values or codes, some of those that stand in the bytes."""
    if not format_:
        return data[start:stop]  # type: ignore[no-any-return]
    if not format_.endswith("s"):
        return memoryview(data).cast(format_)[start:stop].tolist()  # type: ignore[call-overload, no-any-return]
    size = calcsize(format_)
    return unpack(format_ * (stop - start), memoryview(data)[start * size : stop * size])


def _joined(parts: list[Iterable[Any]]) -> Iterable[Any]:
    return parts[0] if len(parts) == 1 else chain.from_iterable(parts)
