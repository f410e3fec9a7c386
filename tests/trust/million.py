"""A payroll of a million entries leaves the harness itself small, whatever its children hold."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

from harness.report.words import megabytes
from harness.runner.plan import Consume
from support import ROOT
from tools.publish.trials import Trial

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_OF_PARENT = 150_000_000
MILLION = ["--entries", "1000000", "--repeat", "1", "--timeout", "3600", "--memory-limit", "4GB"]
MILLIONS = {
    "1,000,000 entries streamed and folded": [
        *("arrow_objects", "driver_rows", "--consume", Consume.FOLD.value, "--meter", "allocator")
    ],
    "1,000,000 entries held": ["arrow_columns", "arrow_objects", "--meter", "rss"],
}
"""The runs that are published as results/million-streams.jsonl and results/million.jsonl."""
TELLING = """
import runpy, sys
from callmeter.meters.rss import resident
try:
    runpy.run_module("harness", run_name="__main__", alter_sys=True)
finally:
    print(f"\\nhighest: {resident('VmHWM')}", file=sys.stderr)
"""
"""As `-m harness`, which at its end says the most that the process itself ever held, in bytes."""


def tried(times: int | None) -> Iterator[Trial]:
    """Compare a million entries, streamed and held, once: it takes an hour."""
    for _ in range(times or 1):
        for what, arguments in MILLIONS.items():
            yield parent_of(what, ["compare", *arguments, *MILLION])


def parent_of(what: str, arguments: list[str]) -> Trial:
    """Run the command; it held if its own process stayed small, whatever its children held."""
    command = [sys.executable, "-c", TELLING, *arguments]
    done = subprocess.run(command, check=False, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    highest = re.findall(r"^highest: (\d+)$", done.stderr, re.MULTILINE)
    if not highest or "Saved: " not in done.stderr:
        return Trial(what, "the parent", 1, 0, done.stderr.strip()[-300:])
    most = int(highest[-1])
    seen = f"it never held more than {megabytes(most)} MB"
    return Trial(what, "the parent", 1, int(most < MOST_OF_PARENT), seen)
