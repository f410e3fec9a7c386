"""How the words of a command line are read: each takes (word, flag), or raises UsageError."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from callmeter import units
from callmeter.errors import UsageError, unknown
from harness.model.fields import LONGEST_SECONDS, MOST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

COUNT = re.compile(r"[0-9]+|[0-9]{1,3}([,_][0-9]{3})+|[0-9]+(\.[0-9]+)?e\+?[0-9]{1,2}", re.I)
LETTERS = {"k": 10**3, "m": 10**6}


def count(least: int = 1, most: int = MOST) -> Callable[[str, str], int]:
    """Return what reads a number: `10000`, `10,000`, `10_000`, `1e4`."""

    def read(word: str, flag: str) -> int:
        plain = word.replace(",", "").replace("_", "")
        number = float(plain) if COUNT.fullmatch(word) else None
        if number is None or not number.is_integer():
            raise UsageError(f"{flag} {word!r} is no whole number; {_near(word)}")
        if not least <= number <= most:
            raise UsageError(f"{flag} {word} is not between {least:,} and {most:,}")
        return int(number)

    return read


def _near(word: str) -> str:
    """Return what is meant by `10k` and `10.000`, or else the ways to write a number."""
    if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{3})+", word):
        return f"did you mean {word.replace('.', ',')}?"
    short = re.fullmatch(r"([0-9]+)([km])", word, re.I)
    if short:
        return f"did you mean {int(short[1]) * LETTERS[short[2].lower()]:,}?"
    return "write it as 10000, 10,000 or 1e4"


def counts(most: int = MOST) -> Callable[[str, str], list[int]]:
    """Return what reads numbers, smallest first: `1000,1e4`."""
    one = count(1, most)
    return lambda word, flag: sorted({one(part.strip(), flag) for part in word.split(",")})


def repeats(meters: Iterable[str], most: int) -> Callable[[str, str], int | dict[str, int]]:
    """Return what reads a number for every meter, `5`, or one for some, `clock=7,rss=5`."""
    number, named = count(1, most), one_of("meter", meters)

    def read(word: str, flag: str) -> int | dict[str, int]:
        if "=" not in word:
            return number(word, flag)
        pairs = (part.strip().partition("=") for part in word.split(","))
        return {named(meter, flag): number(value, flag) for meter, _, value in pairs}

    return read


def seconds(word: str, flag: str) -> float:
    """Read `600`, `90s` or `10 min`."""
    bare = re.fullmatch(r"[0-9]+(\.[0-9]+)?", word)
    found = float(word) if bare else units.parse_seconds(word, flag)
    if not 1 <= found <= LONGEST_SECONDS:
        raise UsageError(f"{flag} {word} is not between 1 and {LONGEST_SECONDS:,} seconds")
    return found


def size(word: str, flag: str) -> int:
    """Read `4GB` as bytes."""
    return int(units.parse_bytes(word, flag))


def path(word: str, flag: str) -> Path:
    """Return the path; whether it can be read or written is checked where that is done."""
    try:
        os.fsencode(word)
    except UnicodeEncodeError:
        raise UsageError(f"{flag} {word!r} is no name of a file") from None
    return Path(word)


def one_of(what: str, choices: Iterable[str]) -> Callable[[str, str], str]:
    """Return what lets only these words through, and suggests one for a near miss."""
    known = list(choices)

    def read(word: str, flag: str) -> str:  # noqa: ARG001 (what it is says more)
        if word not in known:
            raise unknown(what, word, known)
        return word

    return read
