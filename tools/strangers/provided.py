"""What the functions read: a database in a file, and a server of HTTP on the loopback."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

ROWS = 10_000
DATABASE, SERVER = "STRANGERS_DATABASE", "STRANGERS_SERVER"
"""The environment variables that have the database's path and the server's address."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    body = json.dumps([{"id": n, "name": f"name {n}", "amount": n / 8} for n in range(ROWS)])

    def do_GET(self) -> None:
        body = self.body.encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def provided() -> Iterator[dict[str, str]]:
    """Yield the environment variables of the measured processes, while both are there."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with TemporaryDirectory() as folder:
            database = Path(folder) / "items.sqlite"
            _write(database)
            address = f"http://127.0.0.1:{server.server_port}/"
            yield {DATABASE: str(database), SERVER: address}
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _write(path: Path) -> None:
    rows = ((n, f"name {n}", n / 8, f"2026-01-{n % 28 + 1:02}") for n in range(1, ROWS + 1))
    columns = "id INTEGER PRIMARY KEY, name TEXT NOT NULL, amount REAL NOT NULL, day DATE NOT NULL"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"CREATE TABLE item ({columns})")
        connection.executemany("INSERT INTO item VALUES (?, ?, ?, ?)", rows)
