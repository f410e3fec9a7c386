"""A column type whose values are shared, whatever the driver: one line for each type.

    class Base(DeclarativeBase):
        type_annotation_map = {UUID: shared(Uuid()), Decimal: shared(Numeric(12, 2))}

Sharing begins after the driver has made a value, so that it saves memory and no time. A type's
processor is used by all threads: each has pools of its own, which stay for as long as it lives.
"""

from __future__ import annotations

from threading import local
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import TypeDecorator
from sqlalchemy.types import TypeEngine

from strategies.support.interning import KEYS, Interned

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Dialect

BOUND = 4096
"""Values a generation of a thread's pool, of which there are two: some 1 MB for each type."""

_Type = TypeVar("_Type", bound=TypeEngine[Any])
_CLASSES: dict[type, type] = {}
"""A type's class -> the one that shares: one class, as SQLAlchemy's caches are keyed by it."""


def shared(type_: _Type, bound: int = BOUND) -> _Type:
    """Return a type that differs from the given one in nothing but that it shares values.

    It is of a subclass of the same name: SQL, parameters, comparisons and what a migration writes
    of it stay as they are. Raises ValueError for a type whose values are of no class that is
    shared, and for a TypeDecorator: what it returns may be mutable.
    """
    kind = None if isinstance(type_, TypeDecorator) else type_.python_type
    if kind not in KEYS:
        raise ValueError(f"values of {type_!r} are not shared: they may be mutable, or are few")
    sharing: Any = type_.adapt(_sharing_class(type(type_)))
    sharing.bound = bound
    return sharing  # type: ignore[no-any-return]


def _sharing_class(base: type) -> type[Any]:
    if issubclass(base, _Sharing):
        return base
    if base not in _CLASSES:
        body = {"__module__": base.__module__, "__qualname__": base.__qualname__}
        _CLASSES.setdefault(base, type(base.__name__, (_Sharing, base), body))
    return _CLASSES[base]


class _OfThread(local):
    """The pool of the thread that asks for it."""

    def __init__(self, bound: int) -> None:
        self.pool = Interned(bound)


class _Sharing:
    """What stands before a type's class: of what the type does with a result, the last step."""

    bound: int

    def adapt(self, cls: type, **options: Any) -> Any:
        """Return this type as a dialect has it, which shares too."""
        adapted = super().adapt(_sharing_class(cls), **options)  # type: ignore[misc]
        adapted.bound = self.bound
        return adapted

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Return what makes a value of what the driver returns, and shares it."""
        process = super().result_processor(dialect, coltype)  # type: ignore[misc]
        of_thread = _OfThread(self.bound)
        if process is None:
            return lambda value: of_thread.pool.value(value)
        return lambda value: of_thread.pool.value(process(value))

    def __reduce__(self) -> tuple[Any, ...]:
        plain = type(self).__mro__[2]
        return shared, (super().adapt(plain), self.bound)  # type: ignore[misc]
