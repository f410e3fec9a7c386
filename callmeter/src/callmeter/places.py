"""Whose code a frame is of: the user's, a library's, or ours; and how its place is named. Pure."""

from __future__ import annotations

import re
import sysconfig
from os import sep
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callmeter.recording import Frame, Part

STANDARD_LIBRARY = f"{sysconfig.get_path('stdlib')}{sep}"
INSTALLED = re.compile(r".*[/\\](?:site|dist)-packages[/\\](?P<path>.+)", re.DOTALL)
OURS = f"{Path(__file__).parent}{sep}"
HOLDING = {"_hold", "_listed"}
"""Functions of ours that make objects for the user: a generator's items in a list."""


def is_users(frame: Frame, own: Sequence[str]) -> bool:
    """Whether a frame is of the user's code: nobody's library, and none of ours."""
    file = frame.file
    if file.startswith(OURS):
        return frame.function in HOLDING
    if file.startswith(tuple(own)):
        return True
    return not file.startswith((STANDARD_LIBRARY, "<")) and not INSTALLED.fullmatch(file)


def place_of(part: Part, own: Sequence[str] = ()) -> str:
    """Return where the part was allocated, as `file:line (function)`: in the user's code, if any.

    Files are as they are imported, or from the working folder: no path of one machine.
    """
    users = (frame for frame in part.stack if is_users(frame, own))
    frame = next(users, part.stack[0] if part.stack else None)
    if frame is None:
        return "no Python code"
    return f"{short_path(frame.file, own)}:{frame.line} ({frame.function})"


def short_path(file: str, own: Sequence[str] = ()) -> str:
    """Return the file's path from the folder that it was imported from, or the working folder."""
    if installed := INSTALLED.fullmatch(file):
        return installed["path"]
    path = Path(file)
    for root in (Path.cwd(), *(Path(folder).parent for folder in own), Path(STANDARD_LIBRARY)):
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return Path(*path.parts[-2:]).as_posix() if path.is_absolute() else file
