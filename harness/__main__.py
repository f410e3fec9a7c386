"""`python -m harness`."""

import os
import sys
from typing import NoReturn

try:
    # Python looks into the working folder first: a strategies/ or queue.py there is not ours.
    if sys.path[0] == os.getcwd() != os.path.dirname(os.path.dirname(__file__)):  # noqa: PTH109, PTH120
        sys.path.append(sys.path.pop(0))
except FileNotFoundError:
    pass  # the working folder was removed: nothing can be imported from it

from harness.base.arguments import hide_secrets

OF_UNIX = ("fcntl", "pwd", "resource")
"""Modules without which nothing can be measured: each measurement is a forked process."""
NO_UNIX = (
    "this system cannot measure, which forks processes: use Linux, macOS or WSL; report, choose, "
    "diff and list work"
)


def main() -> NoReturn:
    """Hide what nobody else shall read, before the imports, which take their time; then run."""
    hide_secrets()
    try:
        from harness import cli

        cli.main()
    except KeyboardInterrupt:  # before cli.main handles it, or after
        print("interrupted", file=sys.stderr)  # noqa: T201
        sys.exit(130)
    except (ImportError, OSError, MemoryError) as error:  # a package is missing, or memory for it
        is_of_unix = isinstance(error, ModuleNotFoundError) and error.name in OF_UNIX
        reason = NO_UNIX if is_of_unix else " ".join(str(error).split())
        print(f"error: cannot start: {reason}", file=sys.stderr)  # noqa: T201
        sys.exit(2)


if __name__ == "__main__":
    main()
