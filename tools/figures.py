"""Figures that a tool has saved as JSON, and what they are of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def load(path: Path) -> dict[str, Any]:
    """Return the figures of a file."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def day_and_commit(environment: Mapping[str, Any]) -> str:
    """Return the day and the commit that figures, or a run, are of."""
    return f"{environment['date']}, commit {environment['commit']}"
