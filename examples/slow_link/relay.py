"""A relay before a server: what passes, either way, arrives later, as over a long link.

Of a link it has the latency alone: all that is sent arrives, in order, at any rate. The relay
listens on a socket in a folder of mode 0700, as a server that knows its callers by `peer` would
take whoever comes through it for this user.
"""

from __future__ import annotations

import socket
import tempfile
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from threading import Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import URL

    Parts = SimpleQueue[tuple[float, bytes]]

NAME = ".s.PGSQL.5432"
"""The socket's name in its folder, as libpq has it."""
CHUNK = 2**16


class Conversation:
    """A connection's round trips: each begins with the first that is sent after an answer."""

    def __init__(self) -> None:
        self.round_trips = 0
        self._is_answered = True

    def ask(self) -> None:
        """Note that the client has sent something."""
        self.round_trips += self._is_answered
        self._is_answered = False

    def answer(self) -> None:
        """Note that something is about to reach the client."""
        self._is_answered = True


class Relay:
    """The URL of the server through the relay, and what was counted there."""

    def __init__(self, url: URL, server: str, seconds: float) -> None:
        """Relay to the socket `server`; a round trip takes so many seconds more."""
        self.url = url
        self._server, self._one_way = server, seconds / 2
        self._conversations: list[Conversation] = []
        self._clients: list[socket.socket] = []

    @property
    def round_trips(self) -> int:
        """The number of round trips so far, of all connections."""
        return sum(one.round_trips for one in self._conversations)

    def accept(self, listening: socket.socket) -> None:
        """Relay every connection, until the listening socket is shut down."""
        threads = []
        with suppress(OSError):
            while True:
                client, _ = listening.accept()
                self._clients.append(client)
                threads.append(Thread(target=self._relay, args=(client,)))
                threads[-1].start()
        for client in self._clients:
            with suppress(OSError):  # it is closed
                client.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()

    def _relay(self, client: socket.socket) -> None:
        conversation = Conversation()
        self._conversations.append(conversation)
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(self._server)
            answers = (server, client, _nothing, conversation.answer)
            back = Thread(target=self._pass_on, args=answers)
            back.start()
            self._pass_on(client, server, conversation.ask, _nothing)
            back.join()

    def _pass_on(
        self,
        source: socket.socket,
        target: socket.socket,
        on_leaving: Callable[[], None],
        on_arriving: Callable[[], None],
    ) -> None:
        """Send on all that comes from the source, and its end."""
        parts: Parts = SimpleQueue()
        late = Thread(target=_deliver, args=(parts, target, on_arriving))
        late.start()
        is_open = True
        while is_open:
            part = _received(source)
            if part:
                on_leaving()
            parts.put((monotonic() + self._one_way, part))
            is_open = bool(part)
        late.join()


@contextmanager
def relayed(url: URL, seconds: float) -> Iterator[Relay]:
    """Relay to the server at that URL, which has a Unix socket; a round trip takes `seconds` more.

    All connections are closed at the end.
    """
    with (
        tempfile.TemporaryDirectory(prefix="relay-") as folder,
        socket.socket(socket.AF_UNIX) as listening,
    ):
        listening.bind(f"{folder}/{NAME}")
        listening.listen()
        server = f"{url.query['host']}/{NAME}"
        relay = Relay(url.update_query_dict({"host": folder}), server, seconds)
        accepting = Thread(target=relay.accept, args=(listening,))
        accepting.start()
        try:
            yield relay
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            accepting.join()


def _deliver(parts: Parts, target: socket.socket, on_arriving: Callable[[], None]) -> None:
    """Send each part to the target when it is due; after the last, which is empty, its end."""
    part = b"more"
    while part:
        due, part = parts.get()
        sleep(max(0.0, due - monotonic()))
        on_arriving()
        with suppress(OSError):  # it has gone
            if part:
                target.sendall(part)
            else:
                target.shutdown(socket.SHUT_WR)


def _received(source: socket.socket) -> bytes:
    """Return what has come; nothing, at the end, also where it came abruptly."""
    try:
        return source.recv(CHUNK)
    except OSError:
        return b""


def _nothing() -> None:
    """Count nothing."""
