"""psycopg2: typecasters of one connection that look the text of a value up."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg2
from psycopg2 import extensions

if TYPE_CHECKING:
    from collections.abc import Callable

    from strategies.support.shared_values._pools import Pools

TEXTS = (25, 1042, 1043)
"""The object identifiers of text, bpchar and varchar."""
SHARED: dict[int, tuple[str, Any]] = {
    1082: ("2026-04-24", date(2026, 4, 24)),
    1114: ("2026-04-24 06:30:15.000001", datetime(2026, 4, 24, 6, 30, 15, 1)),
    1184: ("2026-04-24 06:30:15.000001+00", datetime(2026, 4, 24, 6, 30, 15, 1, tzinfo=UTC)),
    1700: ("-1.10", Decimal("-1.10")),
    2950: ("56b0df0f-71bc-4f25-8123-c42348036864", UUID("56b0df0f-71bc-4f25-8123-c42348036864")),
}
"""The object identifiers of date, timestamp, timestamptz, numeric and uuid; a text, and its value.
A typecaster that returns another value, or of another class, is the application's."""


def share(connection: Any, pools: Pools) -> Callable[[], object]:
    """Put typecasters that share in the place of psycopg2's; return what puts those back."""
    of_connection: dict[int, Any] = connection.string_types
    before = dict(of_connection)
    cursor = connection.cursor()
    for oid in (*SHARED, *TEXTS):
        base = of_connection.get(oid) or extensions.string_types.get(oid)
        if base is not None and _is_known(oid, base, cursor):
            cast = _text(pools) if oid in TEXTS else _cast(base, cursor, pools)
            sharing = extensions.new_type((oid,), f"SHARED_{base.name}", cast)
            extensions.register_type(sharing, connection)

    def undo() -> None:
        of_connection.clear()
        of_connection.update(before)

    return undo


def _is_known(oid: int, base: Any, cursor: Any) -> bool:
    if oid in TEXTS:
        return base is psycopg2.STRING
    text, value = SHARED[oid]
    cast = base(text, cursor)
    return type(cast) is type(value) and str(cast) == str(value)


def _cast(base: Any, of_connection: Any, pools: Pools) -> Callable[[str | None, Any], Any]:
    """Return the typecaster whose values `base` makes, with a cursor as the connection has them."""
    factory = of_connection.tzinfo_factory

    def make(raw: str) -> Any:
        return base(raw, of_connection)

    def cast(raw: str | None, cursor: Any) -> Any:
        if raw is None:
            return None
        return pools[make][raw] if cursor.tzinfo_factory is factory else base(raw, cursor)

    return cast


def _text(pools: Pools) -> Callable[[str | None, Any], Any]:
    """Return the typecaster of text, which psycopg2 has decoded by then: `str` returns it."""

    def cast(raw: str | None, _: Any) -> Any:
        return None if raw is None else pools[str][raw]

    return cast
