"""`python -m harness`."""

import os
import sys

# Python looks into the working folder first: a strategies/ or a queue.py of the user's is not ours.
if sys.path[0] == os.getcwd() != os.path.dirname(os.path.dirname(__file__)):  # noqa: PTH109, PTH120
    sys.path.append(sys.path.pop(0))

from harness.cli import main

main()
