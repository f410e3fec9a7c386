"""What every command that measures does before and after its run."""

from __future__ import annotations

import os
import shlex
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callmeter.errors import Error, UsageError, message
from harness.base import output
from harness.base.errors import INTERRUPTED
from harness.base.secret import masked
from harness.cli._help import PROGRAM
from harness.cli._output import answer, tell, with_size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.cli._options import Measuring, View
    from harness.model.run import Run

ANOTHER_PYTHON = "PYTHON"
"""In the command of a run, in place of the path of the Python that it measured with."""
PRIVATE = ("--dsn", "--cluster", "--output", "--save", "--flamegraph", "--python")
"""Options that concern one machine only."""


@contextmanager
def saving(how: Measuring, output_path: Path | None) -> Iterator[dict[str, Any]]:
    """Yield the settings of a run; what ends it early tells where it is, if there is anything.

    Raises UsageError where it, or the output, cannot be saved.
    """
    from harness.model.saved import new_path

    output.check(output_path, "--output", replace=how.force)
    output.check(how.save, "--save", replace=how.force)
    if output_path and how.save and output_path.absolute() == how.save.absolute():
        raise UsageError(f"--output and --save are one file, {output_path}; name two")
    path = how.save or new_path()
    try:
        yield {
            "save": path,
            "replace": how.force,
            "command": command(),
            "timeout": how.timeout,
            "memory": how.memory_limit,
            "python": how.python,
            "install_memray": how.install_memray,
        }
    except KeyboardInterrupt as interrupt:
        tell("; ".join(["interrupted", _measured(path), *getattr(interrupt, "__notes__", ())]))
        sys.exit(INTERRUPTED)
    except Error as error:
        if path.exists() and str(path) not in str(error):
            raise type(error)(f"{message(error)}; {_measured(path)}") from error
        raise


def _measured(path: Path) -> str:
    return f"what was measured is saved: {path}" if path.exists() else "nothing was measured yet"


def show_run(run: Run, view: View, *, full: bool = False) -> None:
    """Print the comparison that the run is, or write it to a file."""
    from harness.report import comparison

    document = comparison.document(
        run, sort=view.sort, wide=view.wide, metrics=view.metric or (), full=full
    )
    answer(document, view.form, view.output)


def ending(run: Run, path: Path, *, traceback: bool = False) -> int:
    """Print where the run is, and what Python says of each error; return the exit code."""
    tell(f"Saved: {with_size(path)}")
    failed = [measurement for measurement in run.measurements if measurement.error]
    found = dict.fromkeys(
        (measurement.cell.name, tuple(measurement.traceback)) for measurement in failed
    )
    for name, lines in found if traceback else ():
        for line in (f"{name}:", *lines) if lines else ():
            tell(line)
    return int(bool(failed))


def name_of(path: Path) -> str:
    """Return the run's path below the repository, or its name alone: no folders of this machine."""
    from harness.model.saved import PUBLISHED

    root = PUBLISHED.parent
    below = Path(os.path.realpath(path))  # unlike resolve(), no error for links in a circle
    return below.relative_to(root).as_posix() if below.is_relative_to(root) else path.name


def command() -> str:
    """Return the command line that repeats this run, without what concerns one machine only."""
    from harness.runner.record import with_local_path
    from harness.stacks.interpreters import MINOR

    words, rest = [], iter(sys.argv[1:])
    for word in rest:
        name, has_value, value = word.partition("=")
        if name not in PRIVATE:
            words.append(with_local_path(word))
            continue
        value = value if has_value else next(rest, "")
        if name == "--python":  # a version as it is, for a path its place
            words += [name, value if MINOR.fullmatch(value) else ANOTHER_PYTHON]
    text = f"{PROGRAM} {shlex.join(map(masked, words))}"
    return text.encode(errors="backslashreplace").decode()  # a path may be no UTF-8
