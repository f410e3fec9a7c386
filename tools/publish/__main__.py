"""Renew the generated parts of the documents, and the files that are generated whole."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING

from callmeter.errors import Error
from harness.base import output
from tools.publish.busy import refused
from tools.publish.documents import stale

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Write what is out of date; with --check only name it, and return 1 if there is any.

    Nothing is written, and 1 returned, where a published run must not be published.
    """
    parser = ArgumentParser(prog="python -m tools.publish", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 if anything is out of date"
    )
    only_check = parser.parse_args(arguments).check
    try:
        if lines := list(refused(root)):
            print(*lines, sep="\n", file=sys.stderr)
            return 1
        found = list(stale(root))
        for path, text in found:
            if only_check:
                print(f"{path.relative_to(root)} is out of date: python -m tools.publish")
            else:
                output.write(path, text.removesuffix("\n"))
                print(f"{path.relative_to(root)} is renewed")
    except Error as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return int(only_check and bool(found))


if __name__ == "__main__":
    sys.exit(main())
