"""Bytes and seconds as a person writes and reads them: `256MB`, `1.5 GiB`, `2s`, `800 ms`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import floor, isfinite, log10

from callmeter.errors import UsageError

Units = tuple[tuple[float, float, str], ...]

MEMORY = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
"""Bytes in each unit."""

TIME = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0}
"""Seconds in each unit."""

MEMORY_SHOWN: Units = ((1e10, 1e9, "GB"), (1e5, 1e6, "MB"), (1e3, 1e3, "kB"), (0, 1, "B"))
TIME_SHOWN: Units = ((1, 1, "s"), (1e-3, 1e-3, "ms"), (0, 1e-6, "us"))
"""From that figure on, the size of the unit that it is shown in, and the unit's name."""
MOST_DIGITS = 1e15

AMOUNT = re.compile(
    r"\s*(?P<number>([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.[0-9]*)?(e[+-]?[0-9]+)?)\s*(?P<unit>[a-z]*)\s*",
    re.I,
)
"""A number, its thousands set apart or not, as it is shown, and a unit."""


def parse_bytes(text: str, option: str = "--memory") -> float:
    """Return the bytes of `256MB` or `256 MiB`; raises UsageError, naming the option."""
    bytes_ = _amount(text, option, MEMORY, "256MB")
    if not 1 <= bytes_ <= 10**15:
        raise UsageError(f"{option} {text!r} is not between 1 B and 1,000,000 GB")
    return bytes_


def parse_seconds(text: str, option: str = "--time") -> float:
    """Return the seconds of `2s`, `800ms` or `1.5 min`; raises UsageError, naming the option."""
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
            f"{option} {text!r} is not a number and a unit, as {example}"
            f"{_meant(match, units)}; units: {', '.join(units)}"
        )
    return float(match["number"].replace(",", "")) * size


def _meant(match: re.Match[str] | None, units: Mapping[str, float]) -> str:
    """Return the amounts that may be meant by a unit cut short: Docker's `512m`, a pod's `1Gi`."""
    start = match["unit"].lower() if match else ""
    found = [unit for unit in units if start and unit.lower().startswith(start)]
    if not match or not found:
        return ""
    return f"; did you mean {' or '.join(match['number'] + unit for unit in found)}?"


def format_bytes(value: float, *, up: bool = False) -> str:
    """Return bytes to three digits, rounded up where it must be no less: `127 MB`."""
    return _format(value, MEMORY_SHOWN, up=up)


def format_seconds(value: float, *, up: bool = False) -> str:
    """Return seconds to three digits, rounded up where it must be no less: `1.23 s`."""
    return _format(value, TIME_SHOWN, up=up)


def digits(value: float, *, up: bool = False) -> str:
    """Return a number to three digits, those before the point whole."""
    from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal

    if not value or not isfinite(value) or value >= MOST_DIGITS:
        return f"{value:.3g}"
    places = max(0, 2 - floor(log10(abs(value))))
    rounding = ROUND_CEILING if up else ROUND_HALF_EVEN
    rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), rounding)
    return f"{rounded:,}"


def unit_of(value: float, units: Units) -> tuple[float, str]:
    """Return the size and the name of the unit that the value is shown in."""
    return next((size, name) for start, size, name in units if abs(value) >= start)


def _format(value: float, units: Units, *, up: bool) -> str:
    size, name = unit_of(value, units)
    return f"{digits(value / size, up=up)} {name}"
