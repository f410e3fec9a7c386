"""Folders of our own, which nobody else can have prepared."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from callmeter import temporary
from harness.errors import DatabaseError

if TYPE_CHECKING:
    import pwd
    from collections.abc import Iterator

CACHE_VARIABLE = "MAPPING_STRATEGIES_CACHE"
"""The environment variable that names the cache folder."""
SERVER_USER = "mapping-strategies"
"""The system user that the server runs as for root."""
NOT_QUOTED = set('"$`\\\n')
"""What a shell reads between double quotes, as pg_ctl writes the names of folders."""
LONGEST_SOCKET_FOLDER = 90  # a Unix socket's address has 103 bytes or more, with the file's name
LONGEST_TEMPORARY_FOLDER = 50  # leaves room for the names of a folder and a link in it
SHORT = "/tmp"  # noqa: S108 (in it is a folder of our own)


def cache_folder() -> Path:
    """Give the folder that holds the server's data: named by CACHE_VARIABLE, or the usual one.

    Raises DatabaseError where there is none, or none that a server can be started in.
    """
    found = Path(os.environ.get(CACHE_VARIABLE) or _usual()).absolute()
    if NOT_QUOTED & set(str(found)):
        raise DatabaseError(
            f"no server can be started below {found}: pg_ctl does not quote such a name; "
            f"name another folder in {CACHE_VARIABLE}"
        )
    return found


def _usual() -> Path:
    if os.geteuid() == 0:
        return Path("/var/cache") / SERVER_USER
    try:
        return user_cache_path(SERVER_USER)
    except RuntimeError:  # no HOME, and no account to have one
        raise DatabaseError(
            f"there is no home folder for the embedded Postgres; name one in {CACHE_VARIABLE}"
        ) from None


def own_folder(path: Path, mode: int, owner: pwd.struct_passwd | None = None) -> Path:
    """Make the folder with that mode and owner; refuse one that others could have prepared."""
    uid, gid = (owner.pw_uid, owner.pw_gid) if owner else (os.geteuid(), os.getegid())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700)
        os.chown(path, uid, gid)
        path.chmod(mode)
    except FileExistsError:
        found = path.lstat()
        if found.st_uid != uid or found.st_mode & 0o022 or not stat.S_ISDIR(found.st_mode):
            raise DatabaseError(
                f"{path} is not a folder that only its owner can write to; "
                f"remove it, or name another one in {CACHE_VARIABLE}"
            ) from None
    return path


@contextmanager
def short_path_to(folder: Path) -> Iterator[Path]:
    """Give a path to the folder that is short enough for the address of a socket in it."""
    if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
        yield folder
        return
    is_long = len(os.fsencode(tempfile.gettempdir())) > LONGEST_TEMPORARY_FOLDER
    with temporary.folder(SHORT if is_long else None) as private:
        link = Path(private) / "pg"
        link.symlink_to(folder)
        yield link
