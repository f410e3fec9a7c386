"""A way to a server that can be cut: connections dropped, half closed, or stalled."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOCKET = ".s.PGSQL.5432"


class Proxy:
    """Takes connections at a socket in a folder, and hands all on to one in another."""

    def __init__(self, folder: Path, server: Path) -> None:
        self.folder = folder
        self._server = server
        self._loop = asyncio.new_event_loop()
        self._flows = asyncio.Event()
        self._flows.set()
        self._clients: set[asyncio.StreamWriter] = set()

    def drop(self) -> None:
        """Cut every connection that there is."""
        for client in list(self._clients):
            self._loop.call_soon_threadsafe(client.transport.abort)

    def half_close(self) -> None:
        """Say to every client that the server will say nothing more, and still listen to it."""
        for client in list(self._clients):
            self._loop.call_soon_threadsafe(client.write_eof)

    def stall(self) -> None:
        """Hand nothing on any more."""
        self._loop.call_soon_threadsafe(self._flows.clear)

    def flow(self) -> None:
        """Hand on what has come, and what comes."""
        self._loop.call_soon_threadsafe(self._flows.set)

    async def _serve(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        answers, server = await asyncio.open_unix_connection(str(self._server / SOCKET))
        self._clients.add(client)
        try:
            pumps = [self._pump(reader, server), self._pump(answers, client)]
            await asyncio.wait(map(asyncio.ensure_future, pumps), return_when="FIRST_COMPLETED")
        finally:
            self._clients.discard(client)
            client.transport.abort()
            server.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while some := await reader.read(65536):
                await self._flows.wait()
                writer.write(some)
                await writer.drain()
        except (OSError, RuntimeError):  # cut, or half closed
            return

    @contextmanager
    def running(self) -> Iterator[None]:
        """Have it hand on in a thread of its own."""
        asyncio.set_event_loop(None)
        listening = asyncio.start_unix_server(self._serve, str(self.folder / SOCKET))
        server = self._loop.run_until_complete(listening)
        thread = Thread(target=self._loop.run_forever)
        thread.start()
        try:
            yield
        finally:
            self.drop()
            self._loop.call_soon_threadsafe(server.close)
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()
