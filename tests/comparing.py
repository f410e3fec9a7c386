"""Comparing two results through a file, as two processes do."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from callmeter import equality

if TYPE_CHECKING:
    from collections.abc import Collection


def difference(wanted: Any, given: Any, ignore: Collection[str] = ()) -> str | None:
    """Write the first result and compare the second with it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "reference"
        equality.write(wanted, path)
        return equality.difference(given, path, ignore)


def shortly(found: str | None) -> str | None:
    """Return a difference in short: `item 0.id: 3 != 2`, `item 0: +x` or `item 0: -x`."""
    for sentence, short in (
        (r" where the reference has ", " != "),
        (r"it lacks the field '(.*)', which the reference has$", r"-\1"),
        (r"it has the field '(.*)', which the reference lacks$", r"+\1"),
    ):
        found = found and re.sub(sentence, short, found)
    return found
