"""What tests call: no fixtures, those are in conftest.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import URL


def as_dsn(url: URL) -> str:
    """The URL as a user writes a --dsn."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
