"""Renew the table of licences in DEPENDENCIES.md from what is installed, or check it.

A licence is what a distribution's own metadata has: its expression, or else its short text, or else
its classifiers. A pin that is not installed, or in another version, keeps the row that it has.
"""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser
from collections import defaultdict
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path
from typing import TYPE_CHECKING

from harness.base import output
from harness.stacks.environments import distribution

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from importlib.metadata import PackageMetadata

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"(?<=<!-- licences -->\n).*?(?=<!-- end -->)", re.DOTALL)
ROW = re.compile(r"^\| (?P<licence>[^|]+?) +\| (?P<names>[^|]+?) +\|$", re.MULTILINE)
HEADINGS = (("licence", "distributions"), ("---", "---"))
CLASSIFIER = "License :: OSI Approved :: "
LONGEST = 40
"""Characters of a short text; a longer one is the licence itself."""
UNKNOWN = "unknown"


def of(found: PackageMetadata) -> str:
    """Return the licence that a distribution's metadata has; `unknown` where it has none."""
    text = _field(found, "License")
    classifiers = [
        classifier.removeprefix(CLASSIFIER)
        for classifier in found.get_all("Classifier") or ()
        if classifier.startswith(CLASSIFIER)
    ]
    short = text if len(text) <= LONGEST and text.isprintable() else ""
    return _field(found, "License-Expression") or short or " AND ".join(classifiers) or UNKNOWN


def _field(found: PackageMetadata, name: str) -> str:
    """Return a field; "" where there is none, for which some readers of metadata raise KeyError."""
    return str(*(found.get_all(name) or [])[:1])


def pins(constraints: str) -> dict[str, str]:
    """Return the pinned version of each distribution."""
    lines = (line.partition("==") for line in constraints.splitlines())
    return {name: pinned for name, is_pin, pinned in lines if is_pin}


def installed(pinned: Mapping[str, str]) -> dict[str, str]:
    """Return the licence of each distribution that is installed as it is pinned."""
    found = {}
    for name, wanted in pinned.items():
        try:
            if version(name) == wanted:
                found[name] = of(metadata(name))
        except PackageNotFoundError:
            continue
    return found


def listed(document: str) -> dict[str, str]:
    """Return the licence of each distribution in the document's table."""
    block = BLOCK.search(document)
    rows = ROW.finditer(block[0]) if block else ()
    return {
        name: row["licence"]
        for row in rows
        if row.groups() not in HEADINGS
        for name in row["names"].split(", ")
    }


def differing(document: str, pinned: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each distribution of which the table is not right."""
    known, found = listed(document), installed(pinned)
    for name in sorted({*known, *pinned}, key=distribution):
        if name not in pinned:
            yield f"{name}: no pin"
        elif name not in known:
            yield f"{name}: no licence in the table"
        elif known[name] != found.get(name, known[name]):
            yield f"{name}: {found[name]}, not {known[name]}"


def renewed(document: str, pinned: Mapping[str, str]) -> str:
    """Return the document with its table made anew."""
    known = listed(document) | installed(pinned)
    by_licence: dict[str, list[str]] = defaultdict(list)
    for name in pinned:
        by_licence[known.get(name, UNKNOWN)].append(name)
    rows = sorted(by_licence.items(), key=lambda row: (-len(row[1]), row[0]))
    lines = [*HEADINGS, *((licence, ", ".join(names)) for licence, names in rows)]
    table = "".join(f"| {licence} | {names} |\n" for licence, names in lines)
    return BLOCK.sub(lambda _: f"\n{table}\n", document)


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Renew the table; with --check only name what differs, and return 1 if anything does."""
    parser = ArgumentParser(prog="python -m tools.licences", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if it differs")
    only_check = parser.parse_args(arguments).check
    path = root / "DEPENDENCIES.md"
    document = path.read_text(encoding="utf-8")
    pinned = pins((root / "constraints.txt").read_text(encoding="utf-8"))
    if only_check:
        lines = list(differing(document, pinned))
        print(*lines, sep="\n", end="\n" if lines else "")
        return int(bool(lines))
    output.write(path, renewed(document, pinned).removesuffix("\n"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
