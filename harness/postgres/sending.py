"""Sending the data of a COPY, with an end where libpq gets no memory for it.

libpq takes the data into a buffer, which it enlarges. Where it cannot, it asks to be called again,
as it does while the buffer is full; psycopg then calls it again without end, and so does every
caller that cannot tell the two apart. An empty buffer tells: it was not full.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.copy import LibpqWriter
from psycopg.waiting import Wait

if TYPE_CHECKING:
    from collections.abc import Generator

    from psycopg.abc import Buffer

    Waiting = Generator[Wait, Any, None]

TRIES = 2
"""The second is with an empty buffer."""


class Sender(LibpqWriter):
    """The writer of a cursor's COPY. Raise OperationalError for data that no memory is left for."""

    def write(self, data: Buffer) -> None:
        """Send the data, and return when libpq has handed all of it to the kernel."""
        self.connection.wait(_sent(self.connection.pgconn, data))


def _sent(pgconn: Any, data: Buffer) -> Waiting:
    for _ in range(TRIES):
        is_taken = pgconn.put_copy_data(data)
        yield from _flushed(pgconn)
        if is_taken:
            return
    raise psycopg.OperationalError("no memory is left for the rows that are sent")


def _flushed(pgconn: Any) -> Waiting:
    while pgconn.flush():
        while not (yield Wait.W):
            continue
