"""Budgets as a person writes them: `256MB`, `1.5 GiB`, `2s`, `800 ms`. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

MEMORY = {
    "B": 1,
    "kB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "KiB": 2**10,
    "MiB": 2**20,
    "GiB": 2**30,
}
"""Bytes in each unit."""

TIME = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0}
"""Seconds in each unit."""

AMOUNT = re.compile(r"\s*(?P<number>[0-9]+(\.[0-9]*)?(e[+-]?[0-9]+)?)\s*(?P<unit>[a-z]*)\s*", re.I)


def memory(text: str, option: str = "--memory") -> float:
    """Give the bytes of `256MB` or `256 MiB`; raises UsageError, naming the option."""
    bytes_ = _amount(text, option, MEMORY, "256MB")
    if not 1 <= bytes_ <= 10**15:
        raise UsageError(f"{option} {text!r} is not between 1 B and 1,000,000 GB")
    return bytes_


def seconds(text: str, option: str = "--time") -> float:
    """Give the seconds of `2s`, `800ms` or `1.5 min`; raises UsageError, naming the option."""
    found = _amount(text, option, TIME, "2s")
    if not TIME["us"] <= found <= 1440 * TIME["min"]:
        raise UsageError(f"{option} {text!r} is not between 1 us and 1440 min")
    return found


def _amount(text: str, option: str, units: Mapping[str, float], example: str) -> float:
    by_lower_case = {unit.lower(): size for unit, size in units.items()}
    match = AMOUNT.fullmatch(text)
    size = by_lower_case.get(match["unit"].lower()) if match else None
    if not match or size is None:
        raise UsageError(
            f"{option} {text!r} is not a number and a unit, as {example}; units: {', '.join(units)}"
        )
    return float(match["number"]) * size
