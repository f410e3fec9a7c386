"""Files that a user names: checked before the work, written whole after it."""

from __future__ import annotations

import os
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from callmeter.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def check(path: Path, option: str, *, replace: bool = False) -> None:
    """Raise UsageError unless the file can be made (or replaced, where that is allowed)."""
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
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(f"{text}\n", encoding="utf-8", errors="backslashreplace")
        beside.replace(path)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error
    finally:
        beside.unlink(missing_ok=True)
