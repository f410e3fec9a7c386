"""Progress and notes for the person at the terminal, on standard error."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def tell(message: str) -> None:
    """Print a line on standard error."""
    print(message, file=sys.stderr)


@contextmanager
def progress(total: int) -> Iterator[Callable[[str, int], None]]:
    """Give `step(what, advance)`, which moves a bar of `total` steps; no bar off a terminal."""
    console = Console(stderr=True)
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("starting Postgres", total=total)

        def step(what: str, advance: int) -> None:
            bar.update(task, description=what, advance=advance)

        yield step
