"""Single values as the standard library's types, whatever library they come from."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from types import BuiltinFunctionType, FunctionType, ModuleType, NoneType
from typing import Any, NamedTuple
from uuid import UUID


class Opaque(NamedTuple):
    """A value of a type that is not known, as its `repr`."""

    text: str

    def __repr__(self) -> str:
        """Return the value's own `repr`."""
        return self.text


class Secret(NamedTuple):
    """A value that is compared and never shown, as pydantic's SecretStr holds."""

    value: Any

    def __repr__(self) -> str:
        """Return stars."""
        return "***"


EXACT = {
    *(NoneType, bool, str, bytes, int, float, complex),
    *(Decimal, date, timedelta, UUID, Opaque, Secret),
}
"""Types whose values are compared as they are."""
NOT_SCALAR: Any = object()


def scalar(value: Any) -> Any:
    """Return a single value as one of the types that are compared; NOT_SCALAR for anything else.

    An enumeration's member is no single value: it is what its `value` is.
    """
    if type(value) in EXACT:
        return value
    if isinstance(value, Enum):
        return NOT_SCALAR
    for kind, convert in CONVERTERS:
        if isinstance(value, kind):
            return convert(value)
    return Opaque(repr(value)) if _is_opaque(value) else NOT_SCALAR


def unboxed(value: Any) -> Any:
    """Return what the value is a box of, as an enumeration's member is; else the value itself."""
    kind = type(value)
    if isinstance(value, Enum):
        return value.value
    if getattr(kind, "__pydantic_root_model__", False):
        return value.root
    if callable(getattr(kind, "get_secret_value", None)):  # pydantic's
        return Secret(value.get_secret_value())
    if callable(getattr(kind, "as_py", None)):  # a scalar of pyarrow
        return value.as_py()
    if hasattr(kind, "dtype") and getattr(value, "ndim", None) == 0:
        return _of_numpy(value)
    if hasattr(kind, "_require_file"):
        return value.name  # a file of a Django model: to iterate it would open it
    return value


def _of_numpy(value: Any) -> Any:
    """Return a scalar of numpy, or an array without dimensions, as Python has it."""
    if getattr(value.dtype, "names", None):
        return {name: value[name] for name in value.dtype.names}
    found = value.item()
    is_time = getattr(value.dtype, "kind", "O") in "mM"
    if is_time and str(value) == "NaT":
        return Opaque("NaT")
    if is_time and isinstance(found, int):  # nanoseconds
        exact = value.astype(f"{value.dtype.kind}8[us]")
        found = exact.item() if exact == value else value
    return Opaque(repr(value)) if type(found) is type(value) else found


def is_standard(kind: type) -> bool:
    """Whether a class is the standard library's."""
    return kind.__module__.partition(".")[0] in sys.stdlib_module_names


def _is_opaque(value: Any) -> bool:
    """Whether it is a value of the standard library's, as a path: its `repr` is what it is."""
    kind = type(value)
    if not is_standard(kind) or kind.__hash__ is None:  # a SimpleNamespace has no hash
        return False
    return not isinstance(value, Collection | Iterator) and not hasattr(kind, "keys")


def _named(value: Any) -> Opaque:
    """Return a class or function by its name: its `repr` differs in every process."""
    return Opaque(f"{value.__module__}.{value.__qualname__}")


def _datetime(value: datetime) -> Any:
    """Return it with its offset from UTC as its zone; pandas' NaT is one, too."""
    if value != value:
        return Opaque("NaT")
    if getattr(value, "nanosecond", 0):
        return Opaque(value.isoformat())
    if type(value) is datetime and value.tzinfo is None:
        return value
    zone, fold = _zone(value.utcoffset(), value.fold)
    whole = (value.year, value.month, value.day, value.hour, value.minute, value.second)
    return datetime(*whole, value.microsecond, zone, fold=fold)


def _time(value: time) -> Any:
    offset = value.utcoffset()
    if value.tzinfo is not None and offset is None:
        return Opaque(repr(value))  # its offset depends on the day
    zone, fold = _zone(offset, value.fold)
    return time(value.hour, value.minute, value.second, value.microsecond, zone, fold=fold)


def _zone(offset: timedelta | None, fold: int) -> tuple[timezone | None, int]:
    """Return the zone of an offset; a fold only tells which of two offsets is meant."""
    return (None, fold) if offset is None else (timezone(offset), 0)


def _timedelta(value: timedelta) -> Any:
    if getattr(value, "nanoseconds", 0):
        return Opaque(str(value))
    return timedelta(value.days, value.seconds, value.microseconds)


CONVERTERS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (datetime, _datetime),
    (str, str.__str__),
    (bytes | bytearray | memoryview, bytes),
    (int, int.__int__),
    (float, float.__float__),
    (complex, complex.__complex__),
    (Decimal, Decimal),
    (date, lambda value: date(value.year, value.month, value.day)),
    (time, _time),
    (timedelta, _timedelta),
    (UUID, lambda value: UUID(int=value.int)),
    (type | FunctionType | BuiltinFunctionType, _named),
    (BaseException, lambda value: Opaque(repr(value))),  # its arguments are no attributes
    (ModuleType, lambda value: Opaque(value.__name__)),
)
"""How a subclass becomes its base: drivers and numpy have such subclasses."""
