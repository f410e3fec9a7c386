"""Where in the user's code something was: an allocation, or what raised an error. Pure.

A frame is of the user's code, of a library's, or of this package's.
"""

from __future__ import annotations

import re
import sysconfig
from collections.abc import Sequence
from os import sep
from pathlib import Path
from traceback import TracebackException, extract_tb

from callmeter.recording import Frame, Part

STANDARD_LIBRARY = f"{sysconfig.get_path('stdlib')}{sep}"
INSTALLED = re.compile(r".*[/\\](?:site|dist)-packages[/\\](?P<path>.+)", re.DOTALL)
OURS = f"{Path(__file__).parent}{sep}"
HOLDING = {"_hold", "_listed"}
"""Functions of this package that make objects for the user: a generator's items in a list."""
not_users: set[str] = set()
"""Folders of packages that made the call: an error in them is not in the user's code."""


def is_users(frame: Frame, own: Sequence[str]) -> bool:
    """Whether a frame is of the user's code, as `own` folders and files are."""
    if frame.file.startswith(OURS):
        return frame.function in HOLDING
    return frame.file.startswith(tuple(own)) or not _is_library(frame.file)


def _is_library(file: str) -> bool:
    """Whether a file is installed, of the standard library, or none, as a call's text ("<")."""
    return file.startswith((STANDARD_LIBRARY, "<")) or INSTALLED.fullmatch(file) is not None


def place_of(part: Part, own: Sequence[str] = ()) -> str:
    """Return where the part was allocated, as `file:line (function)`: in the user's code, if any.

    Files are as they are imported, or from the working folder: no path of one machine.
    """
    users = (frame for frame in part.stack if is_users(frame, own))
    frame = next(users, part.stack[0] if part.stack else None)
    if frame is None:
        return "no Python code"
    return f"{_short_path(frame.file, own)}:{frame.line} ({frame.function})"


def _short_path(file: str, own: Sequence[str]) -> str:
    """Return the file's path from the folder that it was imported from, or the working folder."""
    if installed := INSTALLED.fullmatch(file):
        return installed["path"]
    path = Path(file)
    for root in (Path.cwd(), *(Path(folder).parent for folder in own), Path(STANDARD_LIBRARY)):
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return Path(*path.parts[-2:]).as_posix() if path.is_absolute() else file


def one_line(error: BaseException) -> str:
    """Return the error, all lines of its message in one, and the innermost place in user's code."""
    message = "; ".join(filter(None, map(str.strip, str(error).splitlines())))
    first = ": ".join(filter(None, (type(error).__name__, message)))
    for frame in reversed(extract_tb(error.__traceback__)):
        file = frame.filename
        if not file.startswith((OURS, *not_users)) and not _is_library(file):
            return f"{first} ({Path(file).name}:{frame.lineno})"
    return first


def traceback_of(error: BaseException) -> str:
    """Return the traceback as Python prints it, without the frames of this package."""
    trace = TracebackException.from_exception(error)
    trace.stack[:] = [frame for frame in trace.stack if not frame.filename.startswith(OURS)]
    return "".join(trace.format()).rstrip()
