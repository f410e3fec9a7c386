"""That the machine was busy while times were taken, in words and as data. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.model.busy import Busy, busy
from harness.model.metrics import TIMED
from harness.report.format import whole_percent

if TYPE_CHECKING:
    from harness.model.run import Run

LEAST = 0.05
"""A share of other machines that is worth a word: with less, no time moves by what is not alike."""
ONE_METER = ("python -m harness compare ", "python -m harness measure ")
"""How commands begin that take --meter, and measure with what it names."""


def caveat(run: Run, name: str = "the machine") -> str:
    """Return that the machine of the run was busy, and what to do; "" unless it is known to be.

    `name` is what it is called where there are several runs: `the machine of before.jsonl`.
    """
    found = busy(run)
    if found is None or not found.is_busy:
        return ""
    return (
        f"{name[:1].upper()}{name[1:]} was busy while times were taken, "
        f"{whole_percent(found.time)} of the time: {_used(found)}. Memory is not concerned. Take "
        f"the times again alone{_again(run)}"
    )


def _used(found: Busy) -> str:
    """Return who used it, and how much."""
    parts = []
    if found.others:
        middle, worst = map(whole_percent, found.others)
        parts.append(f"other processes used {middle} of its processors (at worst {worst})")
    if found.stolen.worst >= LEAST:
        middle, worst = map(whole_percent, found.stolen)
        parts.append(f"other machines on its host took {middle} of them (at worst {worst})")
    return ", ".join(parts)


def _again(run: Run) -> str:
    """Return the end of the sentence: the command that takes the times again, if one does."""
    command = run.header.command
    if f"{command} ".startswith(ONE_METER) and " && " not in command:
        only = "" if f"--meter {TIMED}" in command else f" --meter {TIMED}"
        return f": {command}{only}"
    return "."


def data(run: Run) -> dict[str, Any] | None:
    """Return the same for scripts; None where it is unknown."""
    found = busy(run)
    if found is None:
        return None
    return {
        "is_busy": found.is_busy,
        "time": found.time,
        "others": found.others and found.others._asdict(),
        "stolen": found.stolen._asdict(),
        "mhz": found.mhz and {"low": found.mhz[0], "high": found.mhz[1]},
    }
