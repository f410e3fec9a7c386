"""libpq's environment variables, left out where they would lead elsewhere or show other values."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from psycopg.pq import Conninfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

STYLES = {"PGTZ", "PGDATESTYLE"}
"""What a session looks like: libpq sends these so that they win over a connection's options."""


def of_connections() -> set[str]:
    """Give the variables that say where a connection leads, and how."""
    return {os.fsdecode(each.envvar) for each in Conninfo.get_defaults() if each.envvar}


@contextmanager
def left_out(names: Iterable[str]) -> Iterator[None]:
    """Have no such variables, here and in the processes started from here."""
    kept = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)
