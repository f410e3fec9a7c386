"""Pauses of the collector that overlap without end do not starve it: memory grows as without any.

A process on its own for each figure: resident memory is that of the whole process.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reads import SHORTER
from stress.runs import chosen
from support import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import URL

SCRIPT = Path(__file__).parents[1] / "planted" / "overlaps.py"
CYCLES = 600
"""Made by the third thread, 100 kB each: what is read needs a quarter of them."""
AT_MOST = 1.5
"""How many times what memory grows by without any pause."""


@pytest.mark.parametrize("living", chosen([0, 100], quickly=[100]))
def test_cycles_are_freed_while_pauses_overlap(
    living: int, url: URL, record_property: Callable[[str, object], None]
) -> None:
    """Also those that are old when they are dropped. With the collector off, they are seen."""
    grown = {name: growth(url, name, living) for name in ("default", "paused", "off")}
    for name, growth_in_bytes in grown.items():
        record_property(f"MB_{name}_living_{living}", growth_in_bytes / 1e6)
    assert grown["paused"] < AT_MOST * grown["default"] < grown["off"], grown


def growth(url: URL, collector: str, living: int) -> int:
    """Return what the process needed beyond what it held before the first thread, in bytes."""
    connects_to = url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, SCRIPT, collector, str(CYCLES), str(living)],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "READS_FROM": connects_to,
            "PAYROLL": str(SHORTER.id),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)
