"""Temporary folders of ours, named so that who finds one knows whose it is."""

from __future__ import annotations

from tempfile import TemporaryDirectory


def folder() -> TemporaryDirectory[str]:
    """Make a folder that only we can read; it is removed with what is in it, whatever that is."""
    return TemporaryDirectory(prefix="mapping-strategies-", ignore_cleanup_errors=True)
