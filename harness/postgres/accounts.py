"""The users of this machine that the embedded server knows: who calls, and who it runs as."""

from __future__ import annotations

import os
import pwd
import subprocess

from harness.errors import DatabaseError
from harness.postgres.folders import SERVER_USER


def callers_name() -> str:
    """Give the name of the user that calls; raises DatabaseError where there is none."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise DatabaseError(
            f"Postgres runs only for a user with a name, and user {os.geteuid()} has none here; "
            "give it one in /etc/passwd, or name a Postgres with --dsn"
        ) from None


def servers() -> pwd.struct_passwd:
    """Give the system user that the server runs as for root, made when it is missing.

    Raises DatabaseError where it cannot be made.
    """
    try:
        return pwd.getpwnam(SERVER_USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell=/bin/false", SERVER_USER]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise DatabaseError(
                f"Postgres does not run as root, and the user {SERVER_USER} for it cannot be made "
                f"({error}); make it, run as another user, or name a Postgres with --dsn"
            ) from error
        return pwd.getpwnam(SERVER_USER)
