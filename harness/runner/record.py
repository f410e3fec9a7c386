"""What any run needs: its settings, and the file that it is recorded in."""

from __future__ import annotations

import os
import re
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.model.busy import spells
from harness.model.saved import new_path, read, saved_to

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from harness.model.run import Header, Measurement, Run

FILE = re.compile(r"(?P<path>.+?\.(py|jsonl))(?P<call>:.+)?", re.DOTALL)


def _ignore(*_: object) -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Settings:
    """Where calls are measured, within what, and what becomes of the run.

    Strategies read from the Postgres at `dsn`, or from one of the run's own; through `driver`, or
    through the one that each is written for. `python` is the interpreter that measures, this one by
    default; `cluster`, the address of a Dask scheduler.
    `timeout` is how many seconds one measurement may take; `memory`, how many bytes it may hold:
    by default a strategy's share of what is free; `live_objects`, how many objects its process
    holds beside the call, as a service does. `flamegraph` is a file for memray's picture of
    the one explanation that there is.

    The run is saved at the path `save`, by default in the user's cache; `replace`, whether a file
    that is there may be. `command` is what repeats it. `progress(what, done, total)` is called with
    what is done now, and how many cells are measured, of how many; `notice(text)`, with a line that
    a person should read.
    """

    dsn: str | None = None
    driver: str | None = None
    python: str | None = None
    install_memray: bool = False
    cluster: str | None = None
    timeout: float = 600
    memory: int | None = None
    live_objects: int = 0
    flamegraph: str | None = None
    save: str | Path | None = None
    replace: bool = False
    command: str = "import harness"
    progress: Callable[[str, int, int], None] = _ignore
    notice: Callable[[str], None] = _ignore


def record(found: Generator[Measurement], header: Header, settings: Settings) -> Run:
    """Save each measurement as it arrives; return the run."""
    settings.progress("measuring", 0, header.cells)
    path = Path(settings.save) if settings.save else new_path()
    with saved_to(path, header, replace=settings.replace) as save, closing(found):
        for done, measurement in enumerate(_heeded(found, settings.notice), start=1):
            save(measurement)
            cell = measurement.cell
            settings.progress(f"{cell.name}, {cell.meter}", done, header.cells)
    return read(path)


def _heeded(found: Iterable[Measurement], notice: Callable[[str], None]) -> Generator[Measurement]:
    """Yield the measurements; give notice, once, when times are taken on a busy machine."""
    taken: list[Measurement] = []
    is_noticed = False
    for measurement in found:
        yield measurement
        taken.append(measurement)
        for spell in spells(taken):
            taken.clear()
            if spell.is_busy and not is_noticed:
                is_noticed = True
                notice(
                    f"the machine is busy: while {measurement.cell.name} was timed, others had "
                    f"{(spell.others or 0.0) + spell.stolen:.0%} of its processors; "
                    "times taken meanwhile are not reliable"
                )


def with_local_path(word: str) -> str:
    """Return the word, a file's path in it from the working folder, as a run is published.

    The path may stand alone, behind `--option=`, or before the call of a target.
    """
    option, equals, value = word.partition("=") if word.startswith("--") else ("", "", word)
    file = FILE.fullmatch(value)
    path = f"{os.path.relpath(file['path'])}{file['call'] or ''}" if file else value
    return option + equals + path
