"""asyncpg: codecs of one connection that look the bytes of a value up, in the binary format.

A codec has two directions, and asyncpg's are in C, where another cannot call them: what is sent is
encoded here as asyncpg encodes it, so that an application sees no difference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from strategies.support.shared_values import _binary as binary

if TYPE_CHECKING:
    from collections.abc import Callable

    from strategies.support.shared_values._pools import Pools

CODECS: dict[str, tuple[Callable[[Any], bytes], Callable[[bytes], Any]]] = {
    "uuid": (binary.from_uuid, binary.to_uuid),
    "numeric": (binary.from_decimal, binary.to_decimal),
    "date": (binary.from_date, binary.to_date),
    "timestamp": (binary.from_timestamp, binary.to_timestamp),
    "timestamptz": (binary.from_timestamptz, binary.to_timestamptz),
    "text": (binary.from_text, binary.to_text),
    "varchar": (binary.from_text, binary.to_text),
    "bpchar": (binary.from_text, binary.to_text),
}
"""The types that are shared: what encodes a value, and what decodes one."""
TRIAL = {
    "uuid": "56b0df0f-71bc-4f25-8123-c42348036864",
    "numeric": "-1.10",
    "date": "2026-04-24",
    "timestamp": "2026-04-24 06:30:15.000001",
    "timestamptz": "2026-04-24 06:30:15.000001+00",
    "text": "\N{LATIN SMALL LETTER E WITH ACUTE} 1",
    "varchar": "\N{LATIN SMALL LETTER E WITH ACUTE} 1",
    "bpchar": "\N{LATIN SMALL LETTER E WITH ACUTE} 1",
}
"""A value of each: what a connection returns of another class has a codec of the application's."""
SELECT = "SELECT " + ", ".join(f"'{text}'::{name} AS {name}" for name, text in TRIAL.items())


def share(connection: Any, pools: Pools) -> Callable[[], object]:
    """Set codecs that share in the place of asyncpg's; return what resets them.

    It awaits the server, as SQLAlchemy does where it connects.
    """
    names = connection.run_async(lambda driver: _set(driver, pools))
    _forget_prepared(connection)

    def undo() -> None:
        connection.run_async(lambda driver: _reset(driver, names))
        _forget_prepared(connection)

    return undo


def _forget_prepared(connection: Any) -> None:
    """Clear SQLAlchemy's cache of prepared statements, which have the codecs of their time."""
    prepared = getattr(connection, "_prepared_statement_cache", None)
    if prepared is not None:
        prepared.clear()


async def _set(driver: Any, pools: Pools) -> list[str]:
    if driver.get_settings().client_encoding.upper() not in {"UTF8", "UTF-8", "UNICODE"}:
        return []  # which asyncpg sees to, unless a setting turns that off
    row = await driver.fetchrow(SELECT)
    names = [name for name in CODECS if _is_known(name, row[name])]
    for name in names:
        encode, decode = CODECS[name]
        await driver.set_type_codec(
            name,
            schema="pg_catalog",
            encoder=encode,
            decoder=_looked_up(decode, pools),
            format="binary",
        )
    return names


async def _reset(driver: Any, names: list[str]) -> None:
    for name in names:
        await driver.reset_type_codec(name, schema="pg_catalog")


def _is_known(name: str, value: Any) -> bool:
    encode, decode = CODECS[name]
    try:
        known = decode(encode(value))
    except (TypeError, ValueError, AttributeError):
        return False
    return type(known) is type(value) and str(known) == str(value)


def _looked_up(decode: Callable[[bytes], Any], pools: Pools) -> Callable[[bytes], Any]:
    return lambda raw: pools[decode][raw]
