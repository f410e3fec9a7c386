"""What can go wrong in the harness, beside what `callmeter.errors` has."""

from __future__ import annotations

from callmeter.errors import Error

INTERRUPTED = 130
"""The exit code after a Ctrl-C or what is like it, as a shell gives it."""


class DatabaseError(Error):
    """The Postgres could not be started, reached or written to."""


class ClusterError(Error):
    """The cluster could not be reached, or its workers cannot measure what this process would."""


class ResultsError(Error):
    """A saved run could not be written or read."""
