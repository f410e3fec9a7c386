"""What can go wrong, each with a message of one line that a user can act on."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class Error(Exception):
    """The base of all errors that the user can mend."""


class UsageError(Error):
    """A word, a path or an option that does not exist or makes no sense."""


class TargetError(Error):
    """A call that cannot be made: its module, its name or its arguments are not right."""


class NotAvailableError(Error):
    """A meter that this platform or this interpreter does not have."""


class NotMeasuredError(Error):
    """The process that was to measure gave no answer, or nothing can be measured in this one."""


def message(error: BaseException) -> str:
    """Return the error's message with its notes, in one line."""
    return "; ".join([str(error), *getattr(error, "__notes__", ())])


def unknown(what: str, word: str, known: Iterable[str]) -> UsageError:
    """Return the error for a word that is none of `known`, with a near miss if there is one."""
    return UsageError(f"there is no {what} {word!r}; {near_miss(word, known)}")


def near_miss(word: str, known: Iterable[str]) -> str:
    """Return which of the known words may be meant, or else all of them."""
    choices = list(known)
    near = get_close_matches(word, choices, n=1)
    return f"did you mean {near[0]}?" if near else f"there are: {', '.join(choices)}"
