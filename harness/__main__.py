"""`python -m harness`."""

import os
import sys
from typing import NoReturn

# Python looks into the working folder first: a strategies/ or a queue.py of the user's is not ours.
if sys.path[0] == os.getcwd() != os.path.dirname(os.path.dirname(__file__)):  # noqa: PTH109, PTH120
    sys.path.append(sys.path.pop(0))

from harness.arguments import hide_secrets


def main() -> NoReturn:
    """Hide what nobody else shall read, before the imports, which take their time; then run."""
    hide_secrets()
    from harness import cli

    cli.main()


if __name__ == "__main__":
    main()
