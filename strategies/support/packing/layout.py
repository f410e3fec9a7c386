"""One SELECT of packed rows, derived from a mapped class and one of its relationships.

    INVOICES = packed(Invoice, Invoice.lines).where(Invoice.customer_id == bindparam("customer"))
    invoices = list(objects(INVOICES, engine, {"customer": 7}, domain.Invoice, domain.InvoiceLine))

A row of its result is a parent: its bytes, its texts, then how many children it has, their bytes
end to end, and an array of each of their texts. The classes are called with the values of the
columns in their order, the parent's with a list of its children at the end.

It is one GROUP BY. A subquery for each parent is the same, but the planner takes it for so much
work that it starts its JIT compiler for a few parents.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from struct import Struct
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Integer,
    Select,
    SmallInteger,
    TypeDecorator,
    func,
    inspect,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Mapper, RelationshipProperty, outerjoin
from sqlalchemy.types import NullType

from strategies.support.packing.columns import BYTES, Column, column, constant

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement

KEYS: dict[type, tuple[str, str, str]] = {
    SmallInteger: ("I", "int4send", "-2147483648"),
    Integer: ("I", "int4send", "-2147483648"),
    BigInteger: ("Q", "int8send", "-9223372036854775808"),
}
"""Format of a sort key, its function, and what flips its sign: then it sorts as its bytes do."""


@dataclass(frozen=True)
class Record:
    """The bytes and the texts of one row of a table.

    `key` is the format of a sort key in front of the bytes, "" if there is none.
    """

    columns: tuple[Column, ...]
    struct: Struct
    key: str
    sql: ColumnElement[Any]

    @property
    def texts(self) -> tuple[Column, ...]:
        """The columns that are no field of the bytes."""
        return tuple(column for column in self.columns if not column.format)


@dataclass(frozen=True)
class Packed:
    """A statement, and what its rows are; `child` is None where there are no children."""

    name: str
    statement: Select[Any]
    parent: Record
    child: Record | None = None

    def where(self, *criteria: ColumnElement[bool]) -> Packed:
        """Return the same of fewer rows."""
        return replace(self, statement=self.statement.where(*criteria))


def packed(
    parent: type,
    children: Any = None,
    *,
    columns: Iterable[str] | None = None,
    child_columns: Iterable[str] | None = None,
) -> Packed:
    """Return the packed rows of a mapped class, in the order of its primary key.

    `children` is a relationship of it to many, as `Invoice.lines`; `columns` and `child_columns`
    are names of mapped attributes, by default all that are columns. Raises TypeError, naming the
    column or the relationship, where something cannot be packed.
    """
    mapper: Mapper[Any] = inspect(parent)
    target = None if children is None else _to_many(mapper, children).mapper
    record = _record(_columns(mapper, columns))
    texts = [text.sql for text in record.texts]
    if target is None:
        rows: Select[Any] = select(record.sql, *texts).select_from(parent)
        return Packed(mapper.class_.__name__, rows.order_by(*mapper.primary_key), record)
    order = list(children.property.order_by or ())
    child_record = _record(_columns(target, child_columns), order)
    rows = (
        select(record.sql, *texts, *_aggregates(child_record, target, order))
        .select_from(outerjoin(parent, target.class_, children))
        .group_by(*mapper.primary_key)
        .order_by(*mapper.primary_key)
    )
    return Packed(mapper.class_.__name__, rows, record, child_record)


def _to_many(mapper: Mapper[Any], children: Any) -> RelationshipProperty[Any]:
    relation = children.property
    if not isinstance(relation, RelationshipProperty) or not relation.uselist:
        raise TypeError(f"{children}: it is no relationship to many")
    if relation.mapper.local_table is mapper.local_table:
        raise TypeError(f"{children}: a relationship of a table to itself cannot be packed")
    return relation


def _columns(mapper: Mapper[Any], names: Iterable[str] | None) -> list[Column]:
    """Return the columns of a class; by default without what only SQL computes."""
    attributes = mapper.column_attrs
    found = []
    for name in attributes.keys() if names is None else names:
        source = attributes[name].columns[0] if name in attributes else None
        if getattr(source, "table", None) is not None:
            found.append(column(name, source))
        elif names is not None:
            raise TypeError(f"{mapper.class_.__name__}.{name}: it is no mapped column")
    return found


def _record(columns: Sequence[Column], order: Sequence[Any] = ()) -> Record:
    fields = [column for column in columns if column.format]
    key = _key(order) if len(fields) == len(columns) else None
    parts = [field.sql for field in fields]
    format_ = "".join(field.format for field in fields)
    if key:
        format_, parts = key[0] + format_, [key[1], *parts]
    if not parts:  # the bytes of no row would be NULL
        format_, parts = "x", [constant(b"\0")]
    struct = Struct(f">{format_}")
    return Record(tuple(columns), struct, key[0] if key else "", _concatenated(parts))


def _key(order: Sequence[Any]) -> tuple[str, ColumnElement[Any]] | None:
    """Return a sort key's format and SQL; None if the server is to sort.

    By a key of a fixed width the client sorts the few children of a parent for less than the
    server does.
    """
    source: Any = order[0] if len(order) == 1 else None
    type_ = getattr(source, "type", None)
    kind = next((known for known in type(type_).__mro__ if known in KEYS), None)
    if kind is None or isinstance(type_, TypeDecorator) or getattr(source, "nullable", True):
        return None
    format_, function, sign = KEYS[kind]
    flipped = source.op("#")(literal_column(f"({sign})"))
    return format_, getattr(func, function)(flipped, type_=BYTES)


def _concatenated(parts: Sequence[Any]) -> Any:
    """Concatenate in a balanced tree: a chain copies its growing beginning with every link."""
    while len(parts) > 1:
        odd = parts[len(parts) // 2 * 2 :]
        pairs = zip(parts[::2], parts[1::2], strict=False)
        parts = [left.op("||", return_type=BYTES)(right) for left, right in pairs] + [*odd]
    return parts[0]


def _aggregates(
    record: Record, target: Mapper[Any], order: Sequence[Any]
) -> list[ColumnElement[Any]]:
    """Return how many children there are, their bytes, and an array of each of their texts.

    What sorts on the server does so by the same total order in every aggregate.
    """
    exists = target.primary_key[0]
    by = [*order, *target.primary_key] if not record.key and (order or record.texts) else []

    def sorted_(argument: ColumnElement[Any]) -> ColumnElement[Any]:
        return aggregate_order_by(argument, *by) if by else argument

    joined: Any = func.string_agg(record.sql, sorted_(constant(b"")), type_=BYTES)
    arrays: list[Any] = [
        func.array_agg(sorted_(text.sql), type_=NullType()) for text in record.texts
    ]
    if not record.key:  # it is NULL where there is no child, and so is what is joined to it
        joined, arrays = (
            joined.filter(exists.is_not(None)),
            [array.filter(exists.is_not(None)) for array in arrays],
        )
    return [func.count(exists), func.coalesce(joined, constant(b""), type_=BYTES), *arrays]
