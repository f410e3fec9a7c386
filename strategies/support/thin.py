"""Classes whose objects hold the packed bytes of their row; a field is made when it is read.

    ROWS = packed(PremiumEntryRow, PremiumEntryRow.components)

    @thin(ROWS.child)
    class Component:
        ...

    @thin(ROWS.parent, components=Component)
    class Entry:
        ...

    entries = load(Entry, chunks(ROWS.where(...), engine, parameters))

They are ordinary objects: they can be changed, compared, copied and pickled, and the class may
have methods. A field that is set stays as it was set. Children become objects, in a list of their
own, when they are first looked at.
"""

from __future__ import annotations

from itertools import count, repeat
from operator import attrgetter, concat
from struct import Struct, calcsize
from types import FunctionType
from typing import TYPE_CHECKING, Any, ClassVar

from strategies.support.sharing import Pool, identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from strategies.support.packing.columns import Column
    from strategies.support.packing.layout import Record
    from strategies.support.packing.reading import Chunk

    Make = Callable[[Any], Any]

ROWS_A_VALUE = 32
"""Rows of a result for each value of a pool's generation, of which it has two at most.

A pool spares the making of values that are read again, which the result does not hold. One takes
some 200 bytes with its place in the pool: a pool adds 13 bytes to a row, which has about 100.
"""

OF_A_DICT = "__dict__", "__weakref__"
"""What only a class without slots has."""


class Thin:
    """An object of a packed row. Its class is made by `thin`.

    `_make` has what makes each field's value. It is one list for all objects of a result, so that
    pools of values live as long as any of these; its last item is what else they have in common.
    """

    __slots__ = ("_data", "_make")

    _record: ClassVar[Record]
    _child: ClassVar[type[Thin] | None]
    _names: ClassVar[tuple[str, ...]]
    _text_count: ClassVar[int]
    _data: bytes
    _make: list[Any]

    def __eq__(self, other: object) -> bool:
        """Whether the other object, of whatever class, has equal fields of the same names."""
        values = attrgetter(*self._names)
        try:
            return bool(values(self) == values(other))
        except AttributeError:
            return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._names)
        return f"{type(self).__qualname__}({fields})"

    def __copy__(self) -> Thin:
        getattr(self, self._names[-1])  # a list of children is made first: a copy shares it
        return _restored(type(self), self._make, {}, dict(self._held()))

    def __reduce__(self) -> tuple[Any, ...]:
        """Take the bytes and what was set into a pickle; pools begin empty, one set for all."""
        changed = {nth: one.value for nth, one in enumerate(self._make) if type(one) is _Always}
        return _restored, (type(self), self._make[-1], changed, dict(self._held()))

    def _held(self) -> Iterator[tuple[str, Any]]:
        """Return what this object holds beside what makes its fields."""
        for cls in type(self).__mro__:
            for name in getattr(cls, "__slots__", ()):
                if name != "_make" and hasattr(self, name):
                    yield name, getattr(self, name)


class ThinParent(Thin):
    """One with children, whose rows stand behind its own in the bytes."""

    __slots__ = ("_children",)

    def __init__(self, data: bytes, make: list[Any]) -> None:
        self._data = data
        self._make = make
        self._children: Any = ...  # until they are looked at, or set


class ThinRow(Thin):
    """One without children, which may be one of several in the same bytes: it begins at `_at`."""

    __slots__ = ("_at",)

    def __init__(self, data: bytes, make: list[Any], at: int = 0) -> None:
        self._data = data
        self._make = make
        self._at = at


class _Always:
    """Makes the value that a field was set to, whatever its row has."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __call__(self, _: object) -> Any:
        return self.value


class _Common:
    """What objects of a result have in common beside what makes their fields."""

    def __init__(self, cls: type[Thin], rows: Sequence[int]) -> None:
        self._cls = cls
        self._rows = rows
        self.of_children = _makers(cls._child, rows[1:]) if cls._child else []
        self._places: dict[int, tuple[Sequence[int], Any]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as the list that this is in, which then is one for all objects of the pickle."""
        return _makers, (self._cls, self._rows)

    def starts(self, data: bytes) -> Iterable[int]:
        """Return where the children in these bytes begin, in their order.

        The numbers are the same objects for all parents: every child holds one.
        """
        found = self._places.get(len(data))
        if found is None:
            found = self._places[len(data)] = _places(self._cls, len(data))
        starts, unpack_keys = found
        keys = unpack_keys(data) if unpack_keys else ()
        if [*keys] == sorted(keys):  # most often they come so
            return starts
        return [at for _, at in sorted(zip(keys, starts, strict=True))]


def _places(cls: Any, size: int) -> tuple[Sequence[int], Any]:
    """Return where children begin in that many bytes, and what returns the sort keys of all."""
    first, child = cls._record.struct.size, cls._child._record
    starts = range(first, size, child.struct.size)
    if not child.key:
        return (*starts,), None
    rest = child.struct.size - calcsize(f">{child.key}")
    return (*starts,), Struct(f">{first}x" + f"{child.key}{rest}x" * len(starts)).unpack


def thin(record: Record | None, **children: Any) -> Callable[[type], Any]:
    """Return a decorator that makes a class of thin objects, of rows with that record.

    `children` is the attribute that is a list of their children, and the class of these. Raises
    TypeError where there is no record: the rows have no children.
    """
    if record is None:
        raise TypeError("these packed rows have no children")
    child = next(iter(children.values()), None)
    fields = dict(_fields(record, at_start=child is not None))
    slots = ["_texts"] if record.texts or (child and child._text_count) else []
    fields |= dict.fromkeys(children, property(_children, _set_children))

    def decorate(cls: type) -> Any:
        namespace = {name: value for name, value in vars(cls).items() if name not in OF_A_DICT}
        namespace |= {**fields, "__slots__": slots, "__qualname__": cls.__qualname__}
        namespace |= {"_record": record, "_names": (*fields,), "_child": child}
        namespace["_text_count"] = len(record.texts)
        bases = (base for base in cls.__bases__ if base is not object)
        return type(cls)(cls.__name__, (*bases, ThinParent if child else ThinRow), namespace)

    return decorate


def load(cls: Any, chunks: Iterable[Chunk]) -> list[Any]:
    """Return a thin object of each parent. `cls` is of the record that the chunks are of."""
    make: list[Any] = []
    found: list[Any] = []
    shared, children = Pool(identity), 0
    for rows, texts, counts, parts, part_texts in chunks:
        data = map(concat, rows, parts) if cls._child else rows
        new = [*map(cls, data, repeat(make))]
        if texts or part_texts:
            held: Iterable[Any] = zip(*texts, *part_texts, strict=True)
            if not part_texts:  # most often few different ones, as a currency
                held = shared.values([*held])
            _set_texts(new, held)
        found += new
        children += sum(counts)
        del rows, parts, data  # or they would be held while the next ones are read
    make += _makers(cls, (len(found), children))
    return found


def _makers(cls: type[Thin], rows: Sequence[int]) -> list[Any]:
    """Return what makes each field, for a result of so many rows (and children), and their rest."""
    bound = 1 + rows[0] // ROWS_A_VALUE
    return [*(_maker(column, bound) for column in cls._record.columns), _Common(cls, rows)]


def _maker(column: Column, bound: int) -> Make:
    """Return what makes a column's values: by a pool, where to look there is less than to make.

    Who makes a value in C, as psycopg does a UUID, is as fast as a pool that has it already.
    """
    make = column.make or identity
    is_python = isinstance(getattr(make, "__func__", make), FunctionType)
    return Pool(make, bound).__getitem__ if column.shares and column.make and is_python else make


def _restored(cls: type[Thin], make: list[Any], changed: dict[int, Any], held: Any) -> Thin:
    restored: Thin = object.__new__(cls)
    restored._make = (
        [_Always(changed[n]) if n in changed else m for n, m in enumerate(make)]
        if changed
        else make
    )
    for name, value in held.items():
        setattr(restored, name, value)
    return restored


def _fields(record: Record, *, at_start: bool) -> Iterator[tuple[str, property]]:
    """Return a property for each column; with the rows at the start of the bytes, or anywhere."""
    at, texts = calcsize(f">{record.key}"), count()
    for nth, column in enumerate(record.columns):
        one = Struct(f">{at}x{column.format}").unpack_from
        if not column.format:
            read = _text(nth, next(texts))
        else:
            read = _first_field(nth, one) if at_start else _field(nth, one)
        yield column.name, property(read, _setter(nth))
        at += calcsize(f">{column.format}")


def _first_field(nth: int, unpack_from: Any) -> Make:
    return lambda self: self._make[nth](unpack_from(self._data)[0])


def _field(nth: int, unpack_from: Any) -> Make:
    return lambda self: self._make[nth](unpack_from(self._data, self._at)[0])


def _text(nth: int, place: int) -> Make:
    return lambda self: self._make[nth](self._texts[place])


def _setter(nth: int) -> Callable[[Any, Any], None]:
    def put(self: Any, value: Any) -> None:
        self._make = [*self._make[:nth], _Always(value), *self._make[nth + 1 :]]

    return put


def _children(parent: Any) -> Any:
    """Return the list of a parent's children, which become objects when it is first read."""
    if parent._children is ...:
        child, data, common = parent._child, parent._data, parent._make[-1]
        made = [child(data, common.of_children, at) for at in common.starts(data)]
        if child._text_count:
            lists = parent._texts[parent._text_count :]
            _set_texts(made, zip(*lists, strict=True))
        if parent._children is ...:  # another thread may have made them meanwhile
            parent._children = made
    return parent._children


def _set_children(parent: Any, value: Any) -> None:
    parent._children = value


def _set_texts(objects: Iterable[Any], texts: Iterable[Any]) -> None:
    for one, held in zip(objects, texts, strict=True):
        one._texts = held
