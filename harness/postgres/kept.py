"""The payrolls that the embedded server keeps: how much they take, and which of them go.

The cache folder has a bound. When a run needs a payroll, those that it takes the place of are
dropped: first those of other versions of the data, then the least recently used. None that a
living run uses is dropped: each run holds a shared lock on every payroll it was given, for as long
as it lives, and only who can take that lock alone drops it. So one run can go past the bound, by
what it needs itself.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from callmeter import units
from harness.postgres import files, run_lock
from harness.postgres.database import KEPT, drop, schemas
from harness.postgres.folders import cache_folder

if TYPE_CHECKING:
    from harness.payroll import Payroll

SIZE_VARIABLE = "MAPPING_STRATEGIES_CACHE_SIZE"
"""The environment variable that says how large the cache may grow."""
USUAL_SIZE = "4GB"
"""Two payrolls of 1,000,000 entries x 6 components."""
NAME = re.compile(
    rf"{KEPT}_(?P<version>[0-9a-f]+)_(?P<entries>\d+)x(?P<components>\d+)_(?P<profile>\w+)_\d+"
)
USED = "last used "
BYTES_OF_A_SCHEMA, BYTES_OF_AN_ENTRY, BYTES_OF_A_COMPONENT = 300_000, 250, 280
"""With their indexes; measured, and rounded up: it must not be more in the end."""
SECONDS_TO_DROP = 5
"""After which a payroll that somebody reads without a lock stays."""


@dataclass(frozen=True)
class Kept:
    """A payroll in the cache."""

    schema: str
    entries: int
    components: int
    profile: str
    bytes: int
    last_used: datetime | None
    """None: not since uses are noted."""
    is_of_this_version: bool
    """Whether runs of this version of the data would use it."""
    is_in_use: bool


def bound() -> float:
    """Give the bytes that the cache may take; raises UsageError where they are none."""
    return units.parse_bytes(os.environ.get(SIZE_VARIABLE) or USUAL_SIZE, SIZE_VARIABLE)


def hold(run: Connection, schema: str) -> None:
    """Keep the schema from being dropped until that connection is closed."""
    key = {"key": run_lock.key_of(_use_of(schema))}
    run.execute(text("SELECT pg_advisory_lock_shared(:key)"), key)


def expected_bytes(payroll: Payroll) -> int:
    """Give what the payroll will take in the database, or somewhat more."""
    entry = BYTES_OF_AN_ENTRY + payroll.components * BYTES_OF_A_COMPONENT
    return BYTES_OF_A_SCHEMA + payroll.entries * entry


def note_use(connection: Connection, schema: str) -> None:
    """Note that the payroll is used now."""
    told = f"{USED}{datetime.now(UTC).isoformat(timespec='microseconds')}"
    connection.execute(text(f"COMMENT ON TABLE \"{schema}\".premium_entry IS '{told}'"))


def make_room(connection: Connection, coming: int, version: str) -> None:
    """Drop payrolls that nobody uses until that many bytes more are within the bound.

    One that cannot be dropped stays. Raises UsageError where the bound is none.
    """
    excess = sum(map(files.disk_bytes, files.ours(cache_folder()))) + coming - bound()
    if excess <= 0:
        return
    connection.execute(text(f"SET lock_timeout = '{SECONDS_TO_DROP}s'"))
    for each in listed(connection, version):
        if excess > 0 and _dropped(connection, each.schema):
            excess -= each.bytes
    connection.execute(text("RESET lock_timeout"))


def listed(connection: Connection, version: str) -> list[Kept]:
    """Give what is kept in the order in which it goes; `version` is this one's of the data."""
    found = connection.execute(
        text(
            "SELECT nspname, coalesce(sum(pg_total_relation_size(c.oid)), 0), "
            "max(obj_description(c.oid, 'pg_class')) FILTER (WHERE relname = 'premium_entry') "
            "FROM pg_namespace n LEFT JOIN pg_class c ON relnamespace = n.oid AND relkind = 'r' "
            "WHERE nspname = ANY(:names) GROUP BY 1 ORDER BY 1"
        ),
        {"names": schemas(connection, KEPT)},
    )
    all_kept = [
        Kept(
            schema,
            int(name["entries"]),
            int(name["components"]),
            name["profile"],
            int(size),
            datetime.fromisoformat(told.removeprefix(USED)) if told else None,
            name["version"] == version,
            not _is_free(connection, schema),
        )
        for schema, size, told in found
        if (name := NAME.fullmatch(schema))
    ]
    return sorted(all_kept, key=_goes_after)


def _goes_after(kept: Kept) -> tuple[bool, datetime]:
    return kept.is_of_this_version, kept.last_used or datetime.min.replace(tzinfo=UTC)


def _is_free(connection: Connection, schema: str) -> bool:
    with run_lock.tried(connection, _use_of(schema)) as is_free:
        return is_free


def _dropped(connection: Connection, schema: str) -> bool:
    """Drop the schema unless a run uses it; tell whether it is gone."""
    try:
        with run_lock.tried(connection, _use_of(schema)) as is_free:
            if is_free:
                drop(connection, [schema])
            return is_free
    except SQLAlchemyError:
        return False


def _use_of(schema: str) -> str:
    return f"use of {schema}"
