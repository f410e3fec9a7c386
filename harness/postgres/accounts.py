"""The users of this machine that the server of a run knows: who calls, and who it runs as."""

from __future__ import annotations

import os
import pwd
from contextlib import suppress
from secrets import choice
from typing import Any

from harness.base.errors import DatabaseError

UNUSED = range(61_184, 65_520)
"""Users for services that have no account: systemd takes its own from these numbers too."""


def caller() -> str:
    """Return the name of the user that calls. Raise DatabaseError where there is none."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise DatabaseError(
            f"Postgres runs only for a user with a name, and user {os.geteuid()} has none here; "
            "give it one in /etc/passwd, or name a Postgres with --dsn"
        ) from None


def unused() -> int:
    """Return the number of a user that nobody has, so that no other process runs as it."""
    while True:
        number = choice(UNUSED)
        with suppress(KeyError):
            pwd.getpwuid(number)
            continue
        return number


def unprivileged() -> int:
    """Return the number of an ordinary user that has an account. Raise DatabaseError."""
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        raise DatabaseError(
            "Postgres does not run as root, and there is no user nobody to set it up as; "
            "run as another user, or name a Postgres with --dsn"
        ) from None


def as_user(number: int | None) -> dict[str, Any]:
    """Return the arguments of `subprocess` for a process of that user; None is who calls."""
    if number is None:
        return {}
    return {"user": number, "group": number, "extra_groups": []}
