"""The cache folder as a user sees it: what is in it, how large it is, and how it is emptied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.errors import DatabaseError
from harness.postgres import embedded, files, kept
from harness.postgres.answering import watched
from harness.postgres.database import connected
from harness.postgres.dataset import version
from harness.postgres.folders import cache_folder, own_folder

if TYPE_CHECKING:
    from pathlib import Path

    from harness.postgres.kept import Kept


@dataclass(frozen=True)
class Contents:
    """What the folder holds of ours, in bytes on disk."""

    folder: str
    bytes: int
    bound_bytes: int
    server: str
    """`in use`, `not running`, or `left running` by a run that was killed: now it is stopped."""
    payrolls: list[Kept]
    """In the order in which they go."""
    beside: dict[str, int]
    """The bytes of the rest: the server itself, its log, folders of programs and other versions."""
    unknown: str | None
    """Why the payrolls cannot be told."""


def contents(bound_bytes: int) -> Contents:
    """Give what is in the cache, and change nothing in it. Raises DatabaseError.

    The server is started to ask it for its payrolls; where it does not start, they are unknown.
    """
    folder, found = _ours()
    home = files.home(folder)
    server, payrolls, unknown = "not running", [], None
    if home in found:
        server = embedded.state()
        try:
            payrolls = _payrolls(home)
        except DatabaseError as error:
            unknown = str(error)
    sizes = {path: files.disk_bytes(path) for path in found}
    total = sum(sizes.values())
    log = files.disk_bytes(home / "log")
    of_server = sizes.pop(home, 0) - log - sum(each.bytes for each in payrolls)
    beside = {"server": of_server, "log": log, **{path.name: sizes[path] for path in sizes}}
    return Contents(str(folder), total, bound_bytes, server, payrolls, beside, unknown)


def clear() -> list[str]:
    """Remove all that is ours from the folder; give the names of what else lies there, and stays.

    Raises DatabaseError where a run uses it, or something cannot be removed.
    """
    folder, found = _ours()
    if found:
        with embedded.stopped():
            files.remove(found)
    return [path.name for path in files.foreign(folder)] if folder.exists() else []


def _ours() -> tuple[Path, list[Path]]:
    """Give the folder, and what in it is ours; raises DatabaseError where it cannot be ours."""
    folder = cache_folder()
    try:
        if folder.exists():
            own_folder(folder, 0o711)
        return folder, files.ours(folder)
    except OSError as error:
        raise DatabaseError(f"cannot look into the cache: {error}") from error


def _payrolls(home: Path) -> list[Kept]:
    if not (home / "data" / "PG_VERSION").exists():
        return []
    with (
        embedded.running(mend=False) as url,
        connected(url) as connection,
        watched(connection),
    ):
        return kept.listed(connection, version())
