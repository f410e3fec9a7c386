"""Files that a user names: checked before the work, written whole after it."""

from __future__ import annotations

import os
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from callmeter.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def check(path: Path | None, option: str, *, replace: bool = False) -> None:
    """Raise UsageError unless the file, if any, can be made, or replaced where that is allowed."""
    if path is None:
        return
    try:
        if path.is_dir():
            raise UsageError(f"{option} {path} is a folder; name a file in it")
        if path.exists() and not path.is_file():  # root would replace /dev/null for everybody
            raise UsageError(f"{option} {path} is no regular file; name one")
        if path.exists() and not replace:
            raise UsageError(f"{option} {path} exists; name another file, or add --force")
        with TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise UsageError(f"{option} {path} cannot be written: {error.strerror}") from error


def write(path: Path, text: str) -> None:
    """Write the file whole or not at all; raises UsageError.

    A path that is no UTF-8 is in the text as Python holds it, and escaped in the file.
    """
    try:
        replace(path, f"{text}\n".encode(errors="backslashreplace"))
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error


def replace(path: Path, content: bytes) -> None:
    """Write the file whole or not at all; raises OSError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
