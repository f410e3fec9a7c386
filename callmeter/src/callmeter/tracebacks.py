"""Errors of the user's code, as he can act on them: in one line, and with what led to it."""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path
from traceback import TracebackException, extract_tb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traceback import FrameSummary

OURS = f"{Path(__file__).parent}{os.sep}"
LIBRARIES = (OURS, f"{sysconfig.get_path('stdlib')}{os.sep}", "<")
"""How the files of frames begin that are not the user's; `<`: of no file, as a call's text."""
not_users: set[str] = set()
"""Folders of packages that made the call, and are not the user's either: their own factories."""


def one_line(error: BaseException) -> str:
    """Return the error, all lines of its message in one, and the innermost place in user's code."""
    lines = (line.strip() for line in str(error).splitlines())
    message = "; ".join(filter(None, lines))
    first = ": ".join(filter(None, (type(error).__name__, message)))
    users = [frame for frame in extract_tb(error.__traceback__) if is_users(frame)]
    place = f" ({Path(users[-1].filename).name}:{users[-1].lineno})" if users else ""
    return f"{first}{place}"


def of_user(error: BaseException) -> str:
    """Return the traceback as Python prints it, without the frames of this package."""
    trace = TracebackException.from_exception(error)
    trace.stack[:] = [frame for frame in trace.stack if not frame.filename.startswith(OURS)]
    return "".join(trace.format()).rstrip()


def is_users(frame: FrameSummary) -> bool:
    """Whether a frame is of the user's own code: no library's and none of ours."""
    file = frame.filename
    return not file.startswith((*LIBRARIES, *not_users)) and "site-packages" not in file
