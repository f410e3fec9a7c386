"""PostgreSQL's binary format of some types, of the values that asyncpg has for them.

Sources: `numeric_send`, `date_send` and `timestamp_send` in PostgreSQL's `src/backend/utils/adt`;
asyncpg has infinity as the first and the last day, or moment, of Python's calendar.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from struct import Struct, unpack_from
from typing import Any

from asyncpg.pgproto.pgproto import UUID

DAYS = Struct("!i")
MICROSECONDS = Struct("!q")
EPOCH = date(2000, 1, 1).toordinal()
STARTS = datetime(2000, 1, 1)
STARTS_IN_UTC = STARTS.replace(tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
FIRST_DAY, LAST_DAY = date.min.toordinal(), date.max.toordinal()

NUMERIC = Struct("!HhHH")
"""How many digits of base 10,000 follow, the power of the first, the sign, and the decimals."""
NEGATIVE = 0x4000
SPECIAL = {"NaN": 0xC000, "Infinity": 0xD000, "-Infinity": 0xF000}
OF_SPECIAL = {sign: name for name, sign in SPECIAL.items()}
MOST_DECIMALS = 0x3FFF


def to_uuid(raw: bytes) -> Any:
    """Return a UUID of asyncpg's class, which is a `uuid.UUID`."""
    return UUID(raw)


def from_uuid(value: Any) -> bytes:
    """Return the bytes of a UUID, or of the text of one."""
    raw: bytes = (UUID(value) if isinstance(value, str) else value).bytes
    return raw


def to_text(raw: bytes) -> str:
    """Return the text of UTF-8."""
    return raw.decode()


def from_text(value: str) -> bytes:
    """Return UTF-8. Raises TypeError for another type, as asyncpg does."""
    if not isinstance(value, str):
        raise TypeError(f"expected str, got {type(value).__name__}")
    return value.encode()


def to_date(raw: bytes) -> date:
    """Return the date; infinity as the last one there is."""
    days: int = DAYS.unpack(raw)[0]
    if days in (-(2**31), 2**31 - 1):
        return date.min if days < 0 else date.max
    return date.fromordinal(days + EPOCH)


def from_date(value: date) -> bytes:
    """Return the days since the year 2000."""
    day = value.toordinal()
    if day in (FIRST_DAY, LAST_DAY):
        return DAYS.pack(-(2**31) if day == FIRST_DAY else 2**31 - 1)
    return DAYS.pack(day - EPOCH)


def to_timestamp(raw: bytes) -> datetime:
    """Return the naive datetime."""
    return _to_datetime(raw, STARTS)


def to_timestamptz(raw: bytes) -> datetime:
    """Return the datetime in UTC; infinity has no time zone."""
    return _to_datetime(raw, STARTS_IN_UTC)


def _to_datetime(raw: bytes, starts: datetime) -> datetime:
    count: int = MICROSECONDS.unpack(raw)[0]
    if count in (-(2**63), 2**63 - 1):
        return datetime.min if count < 0 else datetime.max
    return starts + count * MICROSECOND


def from_timestamp(value: date) -> bytes:
    """Return the microseconds since the year 2000; a date is its midnight."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    return _from_datetime(value, STARTS)


def from_timestamptz(value: date) -> bytes:
    """Return the microseconds since the year 2000 in UTC; a date is its midnight here."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day).astimezone()
    if value in (datetime.min, datetime.max):
        return _from_datetime(value, STARTS)
    return _from_datetime(value.astimezone(UTC), STARTS_IN_UTC)


def _from_datetime(value: datetime, starts: datetime) -> bytes:
    if value.replace(tzinfo=None) in (datetime.min, datetime.max):
        return MICROSECONDS.pack(-(2**63) if value.year == 1 else 2**63 - 1)
    return MICROSECONDS.pack((value - starts) // MICROSECOND)


def to_decimal(raw: bytes) -> Decimal:
    """Return the number with as many decimals as the server has of it."""
    count, power, sign, decimals = NUMERIC.unpack_from(raw)
    if sign in OF_SPECIAL:
        return Decimal(OF_SPECIAL[sign])
    number = 0
    for digit in unpack_from(f"!{count}H", raw, NUMERIC.size):
        number = number * 10_000 + digit
    exponent = (power + 1 - count) * 4
    if number == 0 or decimals:  # else the zeros before the point stay an exponent, as in asyncpg
        surplus = -exponent - decimals  # zeros that are sent behind the decimals, or are not sent
        number = number // 10**surplus if surplus > 0 else number * 10**-surplus
        exponent = -decimals
    return Decimal(f"{'-' * (sign == NEGATIVE)}{number}E{exponent}")


def from_decimal(value: Any) -> bytes:
    """Return the number with its decimals.

    Raises ValueError for more than 16,383 of them.
    """
    value = value if isinstance(value, Decimal) else Decimal(value)
    negative, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        return NUMERIC.pack(0, 0, SPECIAL["NaN" if value.is_nan() else str(value)], 0)
    if -exponent > MOST_DECIMALS:
        raise ValueError(f"numeric has {MOST_DECIMALS} decimals, not {-exponent}")
    after = -(min(exponent, 0) // 4)  # digits of base 10,000 behind the point
    text = "".join(map(str, digits)) + "0" * (exponent + 4 * after)
    text = text.zfill(-(-len(text) // 4) * 4)
    grouped = [int(text[start : start + 4]) for start in range(0, len(text), 4)]
    sign, decimals = NEGATIVE * negative, max(0, -exponent)
    head = NUMERIC.pack(len(grouped), len(grouped) - after - 1, sign, decimals)
    return head + b"".join(group.to_bytes(2) for group in grouped)
