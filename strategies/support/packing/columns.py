"""How a mapped column travels in a packed row: its SQL, its bytes, and what makes the value.

The bytes are those of the server's binary protocol, as `uuid_send` and its like return them. A
numeric is an integer of its smallest units, an enum the number of its member. A nullable column
has one byte more in front, 0 for NULL: `||` with NULL would drop the whole row in silence.

A text, and a number of more digits than 8 bytes hold, is a column of the result instead. A type
that is neither is a TypeError that names the column.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal
from functools import singledispatch
from struct import Struct
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import (
    CHAR,
    REAL,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Enum,
    Float,
    Integer,
    LargeBinary,
    Numeric,
    SmallInteger,
    String,
    Text,
    TypeDecorator,
    Uuid,
    case,
    cast,
    func,
    literal_column,
)
from sqlalchemy.dialects.postgresql import DOUBLE_PRECISION
from sqlalchemy.dialects.postgresql.base import PGDialect

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement
    from sqlalchemy.types import TypeEngine

    Make = Callable[[Any], Any]

DIALECT: Any = PGDialect()  # type: ignore[no-untyped-call]
BYTES = LargeBinary()
INTEGER_OF = {"int2send": SmallInteger, "int4send": Integer, "int8send": BigInteger}
"""What sends an integer's bytes, and the type that it takes."""
DIGITS_OF_INT4 = 9
DIGITS_OF_INT8 = 18
DIGITS_OF_FLOAT4 = 24  # binary digits, as in SQL's FLOAT(24)
EXACT = Context(prec=DIGITS_OF_INT8 + 1)
DAY_0 = date(2000, 1, 1).toordinal()
TIME_0 = datetime(2000, 1, 1)
TIME_0_UTC = TIME_0.replace(tzinfo=UTC)

try:
    import psycopg
    from psycopg.pq import Format
except ImportError:

    def make_uuid(raw: bytes) -> UUID:
        """Return the UUID of 16 bytes."""
        return UUID(bytes=raw)
else:  # C, several times faster; what it makes is a subclass of UUID
    _OID = psycopg.adapters.types["uuid"].oid
    make_uuid = psycopg.adapters.get_loader(_OID, Format.BINARY)(_OID).load  # type: ignore[misc, assignment]


@dataclass(frozen=True)
class Column:
    """A column of a packed row: a field of its bytes, or a text beside them.

    `format` is the field's as of `struct`, "" for a text. `make` makes the value of what is read;
    None where that is the value. `shares` is whether one object may stand for all equal values.
    """

    sql: ColumnElement[Any]
    format: str
    make: Make | None = None
    shares: bool = True
    name: str = ""


def column(name: str, source: Any) -> Column:
    """Return how a table's column travels; raises TypeError.

    A TypeDecorator's `process_result_value` is applied to what its `impl` gives, and its values
    are not shared: they may be mutable. One that decorates the SQL is refused.
    """
    type_ = source.type.dialect_impl(DIALECT)
    if not isinstance(type_, TypeDecorator):
        made = _nullable(source, _checked(source.type, type_, source))
        is_alone = (source.primary_key and len(source.table.primary_key) == 1) or source.unique
        return replace(made, name=name, shares=made.shares and not is_alone)
    impl = type_.impl_instance
    made = _nullable(source, _checked(impl, impl, source))
    return replace(_decorated(source, made, type_), name=name)


def constant(value: bytes) -> ColumnElement[Any]:
    """Return bytes as SQL."""
    return literal_column(f"'\\x{value.hex()}'::bytea", BYTES)


def _checked(declared: object, type_: TypeEngine[Any], source: Any) -> Column:
    for known in (declared, type_):  # only the application knows what its own type makes
        if not type(known).__module__.startswith("sqlalchemy."):
            raise TypeError(f"{source}: values of {known!r} cannot be packed")
    return _of_type(type_, source)


@singledispatch
def _of_type(type_: TypeEngine[Any], source: Any) -> Column:
    """Return how a column of that type travels where it is not NULL; raises TypeError."""
    raise TypeError(f"{source}: values of {type_!r} cannot be packed")


@_of_type.register
def _uuid(type_: Uuid, source: Any) -> Column:  # type: ignore[type-arg]
    as_text: Make = lambda raw: str(make_uuid(raw))  # noqa: E731
    return Column(_sent("uuid_send", source), "16s", make_uuid if type_.as_uuid else as_text)


@_of_type.register
def _enum(type_: Enum, source: Any) -> Column:
    width, format_ = (1, "B") if len(type_.enums) <= 2**8 else (2, "H")
    numbers = [constant(nth.to_bytes(width, "big")) for nth in range(len(type_.enums))]
    whens = zip(map(_literal, type_.enums), numbers, strict=True)
    unknown = _refused("int2send", f"{source}: the class has no", source)
    member: Any = type_.result_processor(DIALECT, None)  # type: ignore[no-untyped-call]
    members = tuple(map(member, type_.enums))
    sql = case(*whens, value=source, else_=unknown)
    return Column(sql, format_, members.__getitem__, shares=False)


@_of_type.register
def _integer(type_: Integer, source: Any) -> Column:  # noqa: ARG001
    return Column(_sent("int4send", source), "i")


@_of_type.register
def _small_integer(type_: SmallInteger, source: Any) -> Column:  # noqa: ARG001
    return Column(_sent("int2send", source), "h")


@_of_type.register
def _big_integer(type_: BigInteger, source: Any) -> Column:  # noqa: ARG001
    return Column(_sent("int8send", source), "q")


@_of_type.register
def _numeric(type_: Numeric, source: Any) -> Column:  # type: ignore[type-arg]
    if not type_.asdecimal:
        raise TypeError(f"{source}: a numeric as float cannot be packed")
    scale = type_.scale or 0
    if not type_.precision or max(type_.precision, scale) > DIGITS_OF_INT8 or scale < 0:
        return Column(cast(source, Text), "", _unless_none(Decimal))
    is_short = type_.precision <= DIGITS_OF_INT4
    send, format_ = ("int4send", "i") if is_short else ("int8send", "q")
    units = cast(source * literal_column(str(10**scale)), INTEGER_OF[send])
    other = _refused(send, f"{source}: the class has another scale than", source)
    is_exact = func.scale(source) == literal_column(str(scale))
    sql = case((is_exact, _sent(send, units)), else_=other)
    return Column(sql, format_, _decimals(-scale))


@_of_type.register
def _float(type_: Float, source: Any) -> Column:  # type: ignore[type-arg]
    """Send a REAL as its text's number, which is what a text cursor reads: 0.1, not 0.10000000149.

    Floats are not shared: 0.0 equals -0.0.
    """
    if type_.asdecimal:
        raise TypeError(f"{source}: a float as Decimal cannot be packed")
    if isinstance(type_, REAL) or (type_.precision or DIGITS_OF_FLOAT4 + 1) <= DIGITS_OF_FLOAT4:
        source = cast(cast(source, Text), DOUBLE_PRECISION)
    return Column(_sent("float8send", source), "d", shares=False)


@_of_type.register
def _boolean(type_: Boolean, source: Any) -> Column:  # noqa: ARG001
    return Column(_sent("boolsend", source), "?", shares=False)


@_of_type.register
def _date(type_: Date, source: Any) -> Column:  # noqa: ARG001
    def make(days: int) -> date:
        try:
            return date.fromordinal(DAY_0 + days)
        except (ValueError, OverflowError):
            raise ValueError(f"{source}: infinity, or a year that no date has") from None

    return Column(_sent("date_send", source), "i", make)


@_of_type.register
def _datetime(type_: DateTime, source: Any) -> Column:
    """Return a time with time zone in UTC, whatever the session's time zone is."""
    start, send = (TIME_0_UTC, "timestamptz_send") if type_.timezone else (TIME_0, "timestamp_send")

    def make(microseconds: int) -> datetime:
        try:
            return start + timedelta(microseconds=microseconds)
        except OverflowError:
            raise ValueError(f"{source}: infinity, or a year that no datetime has") from None

    return Column(_sent(send, source), "q", make)


@_of_type.register
def _string(type_: String, source: Any) -> Column:
    # The cast is for types that the driver does not know (citext); of a CHAR it would cut spaces.
    return Column(source if isinstance(type_, CHAR) else cast(source, Text), "")


def _sent(function: str, source: Any) -> ColumnElement[Any]:
    return getattr(func, function)(source, type_=BYTES)  # type: ignore[no-any-return]


def _literal(value: str) -> ColumnElement[Any]:
    quoted = value.replace("'", "''")
    return literal_column(f"'{quoted}'", Text())


def _refused(function: str, why: str, source: Any) -> ColumnElement[Any]:
    """Return SQL that fails, with why and the value in its message; NULL where that is NULL.

    A client that makes values later, or never, would not notice what it was sent instead.
    """
    message = _literal(why + " ").op("||")(cast(source, Text))
    return _sent(function, cast(message, INTEGER_OF[function]))


def _decimals(exponent: int) -> Make:
    scale = Decimal(exponent)
    return lambda units: EXACT.scaleb(Decimal(units), scale)


def _unless_none(make: Make) -> Make:
    return lambda raw: None if raw is None else make(raw)


def _nullable(source: Any, made: Column) -> Column:
    if not source.nullable or not made.format:  # a text can be None as it is
        return made
    field, make = Struct(f">{made.format}"), made.make
    zeros = constant(bytes(1 + field.size))
    sql = func.coalesce(constant(b"\1").op("||")(made.sql), zeros, type_=BYTES)

    def value(raw: bytes) -> Any:
        if not raw[0]:
            return None
        (found,) = field.unpack_from(raw, 1)
        return make(found) if make else found

    return Column(sql, f"{1 + field.size}s", value)


def _decorated(source: Any, made: Column, type_: TypeDecorator[Any]) -> Column:
    if _overrides(type_, "column_expression") or _overrides(type_, "result_processor"):
        raise TypeError(f"{source}: values of {type_!r} cannot be packed")
    if not _overrides(type_, "process_result_value"):
        return made
    process, make = type_.process_result_value, made.make
    return replace(
        made, make=lambda raw: process(make(raw) if make else raw, DIALECT), shares=False
    )


def _overrides(type_: TypeDecorator[Any], method: str) -> bool:
    return getattr(type(type_), method) is not getattr(TypeDecorator, method)
