"""What tests compare two results with: through a file, as two processes do."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from callmeter import equality

if TYPE_CHECKING:
    from collections.abc import Collection


def difference(wanted: Any, given: Any, ignore: Collection[str] = ()) -> str | None:
    """Write the one result and compare the other with it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "reference"
        equality.write(wanted, path)
        return equality.difference(given, path, ignore)
