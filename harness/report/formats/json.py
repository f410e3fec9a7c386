"""For scripts: one JSON object, whose `rows` have a value for each metric, null where none is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.report.document import Document


def write(document: Document, width: int) -> str:  # noqa: ARG001 (data has no width)
    """Return the object."""
    return json.dumps(document.data, indent=2)
