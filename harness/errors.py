"""What can go wrong in the harness, each with the exit code it leads to."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


INTERRUPTED = 130
"""The exit code after a Ctrl-C or what is like it, as a shell gives it."""


class HarnessError(Exception):
    """An error whose message is one line that a user can act on."""

    exit_code = 2


class UsageError(HarnessError):
    """The command line asks for something that does not exist or makes no sense."""


class NotAsPinnedError(UsageError):
    """What is needed, pinned and installed are not the same distributions and versions."""


class DatabaseError(HarnessError):
    """The Postgres could not be started, reached or written to."""


class ClusterError(HarnessError):
    """The cluster could not be reached, or its workers cannot measure what this process would."""


class NotAvailableError(HarnessError):
    """A meter that this platform does not have."""


class SharedProcessError(HarnessError):
    """A meter was asked to measure in a process that another one is measuring in."""


class NotMeasuredError(HarnessError):
    """The process that was to measure gave no answer."""


class ResultsError(HarnessError):
    """A saved run could not be written or read."""


def told(error: BaseException) -> str:
    """Give the error's message, with the notes that were added on its way, in one line."""
    return "; ".join([str(error), *getattr(error, "__notes__", ())])


def unknown(what: str, word: str, known: Iterable[str]) -> UsageError:
    """Give the error for a word that is none of `known`, with a near miss if there is one."""
    choices = list(known)
    near = get_close_matches(word, choices, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(choices)}"
    return UsageError(f"there is no {what} {word!r}; {hint}")
