"""What was tried against the harness, and how often it held: the saved form of `make trust`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from harness.base import output
from harness.base.errors import ResultsError
from harness.model.fields import AtLeastOne, Count

if TYPE_CHECKING:
    from pathlib import Path


class Trial(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that was done to the harness at one place, `times` over; it `held` so often.

    It held where all was kept that is promised and nothing was left behind. `seen` says what else
    there is to say: a figure with its unit, or what was lost.
    """

    what: str
    where: str
    times: AtLeastOne
    held: Count
    seen: str = ""


class Trials(msgspec.Struct, frozen=True):
    """What was tried in one go, the command that repeats it, and what it was tried on."""

    command: str
    environment: dict[str, str]
    trials: list[Trial]


def write(path: Path, trials: Trials) -> None:
    """Write them whole or not at all; raises UsageError."""
    output.write(path, msgspec.json.format(msgspec.json.encode(trials)).decode())


def read(path: Path) -> Trials:
    """Read them; raises ResultsError for a file that holds none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Trials)
    except (OSError, msgspec.MsgspecError) as error:
        raise ResultsError(f"cannot read what was tried, {path}: {error}") from error
