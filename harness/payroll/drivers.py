"""SQLAlchemy's Postgres drivers, and an engine of each from the URL that psycopg connects with."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from callmeter.errors import NotAvailableError

if TYPE_CHECKING:
    from sqlalchemy import URL

SYNC = ("psycopg", "psycopg2")
"""The drivers of an `Engine`, the one that is used by default first."""
ASYNC = ("asyncpg", "psycopg")
"""The drivers of an `AsyncEngine`, the one that is used by default first."""
NAMES = tuple(dict.fromkeys([*SYNC, *ASYNC]))

OF_ASYNCPG = {
    *("host", "port", "user", "password", "passfile", "dbname", "service", "krbsrvname", "gsslib"),
    *("sslmode", "sslcert", "sslkey", "sslrootcert", "sslnegotiation", "sslcrl", "sslpassword"),
    *("ssl_min_protocol_version", "ssl_max_protocol_version", "target_session_attrs"),
    *("application_name", "options", "connect_timeout"),
}
"""Parameters of libpq that asyncpg knows too, or sends to the server as they are."""
LIBPQ_ONLY = {
    *("keepalives", "keepalives_count", "keepalives_idle", "keepalives_interval"),
    *("client_encoding", "fallback_application_name", "load_balance_hosts"),
    *("sslcompression", "sslsni", "tcp_user_timeout"),
}
"""Parameters of libpq that a connection does as well without. Any other may be a promise of
security, which must not be dropped in silence."""


def of_kind(*, is_async: bool) -> tuple[str, ...]:
    """Return the drivers that make such an engine, the one that is used by default first."""
    return ASYNC if is_async else SYNC


def make_engine(url: URL, driver: str, *, is_async: bool, **options: Any) -> Any:
    """Return the `Engine`, or the `AsyncEngine`, that connects as psycopg does with the URL.

    `options` are those of `sqlalchemy.create_engine`. Raises ModuleNotFoundError where the driver
    is not installed, NotAvailableError for a parameter of the URL that the driver lacks.
    """
    from sqlalchemy import create_engine

    url_of_driver = url.set(drivername=f"postgresql+{driver}")
    if not is_async:
        return create_engine(url_of_driver, **options)
    import_module("greenlet")  # without it, SQLAlchemy's error does not name the module
    from sqlalchemy.ext.asyncio import create_async_engine

    if driver == "asyncpg":
        options["connect_args"] = as_asyncpg(url) | options.get("connect_args", {})
        url_of_driver = url_of_driver.set(query={})
    return create_async_engine(url_of_driver, **options)


def as_asyncpg(url: URL) -> dict[str, Any]:
    """Return the arguments of `asyncpg.connect` that stand for the URL.

    asyncpg reads libpq's parameters in a `dsn` alone; what it does not know in there goes to the
    server, which takes `options` in the form that libpq sends them in.
    """
    from psycopg.pq import Conninfo

    of_libpq = {option.keyword.decode() for option in Conninfo.get_defaults()}
    if lacking := sorted(url.query.keys() & of_libpq - OF_ASYNCPG - LIBPQ_ONLY):
        raise NotAvailableError(
            f"asyncpg cannot connect with {lacking[0]}, which the --dsn asks for"
        )
    parameters = {name: value for name, value in url.query.items() if name not in LIBPQ_ONLY}
    seconds = parameters.pop("connect_timeout", None)
    dsn = url.set(drivername="postgresql", query=parameters).render_as_string(hide_password=False)
    return {"dsn": dsn, **({"timeout": float(str(seconds))} if seconds else {})}
