"""The `measure` command as the examples run it: a run takes the place of the last one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FOLDER = Path("results/local")
"""Where runs are saved that are not to be published."""


def measure(
    run: Path,
    targets: Iterable[str],
    options: Iterable[str],
    variables: Mapping[str, str],
    stdout: int | None = None,
) -> int:
    """Measure the functions, save them as that run, and return the exit code.

    `variables` are environment variables of the functions' processes. A run of that name that is
    there already is deleted.
    """
    run.parent.mkdir(parents=True, exist_ok=True)
    run.unlink(missing_ok=True)
    command = [sys.executable, "-m", "harness", "measure", *targets, *options, "--save", str(run)]
    return subprocess.call(command, env=os.environ | dict(variables), stdout=stdout)
