"""Tables in the documents, generated from the committed runs so that none is typed by hand.

A document marks what is generated with a pair of comments:

    <!-- generated: compare results/some-run.jsonl -->
    <!-- end of generated -->

`python -m harness publish` renews what is between them; a test fails when it is stale.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from tabulate import tabulate

from harness import results
from harness.compare import rows
from harness.errors import unknown
from harness.plan import FLOOR, REFERENCE
from harness.reports import _content as content
from harness.reports import markdown

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.results import Run

DOCUMENTS = ("README.md", "results/README.md")
BLOCK = re.compile(
    r"(?P<start><!-- generated: (?P<what>\S+) (?P<runs>[^>]+?) -->\n)"
    r".*?(?P<end><!-- end of generated -->)",
    re.DOTALL,
)

# What the team published in April 2026, in bytes an entry of 6 components (DESIGN section 1).
PUBLISHED = (
    (f"{FLOOR}, 10,000 entries: retained", FLOOR, "delta_bytes_per_entry", 10_000, 2_300),
    (f"{FLOOR}, 10,000 entries: peak", FLOOR, "peak_bytes_per_entry", 10_000, 2_300),
    (f"{REFERENCE}, 1,000 entries: retained", REFERENCE, "delta_bytes_per_entry", 1_000, 6_600),
    (f"{REFERENCE}, 1,000 entries: peak", REFERENCE, "peak_bytes_per_entry", 1_000, 19_500),
)


def renewed(document: str, folder: Path) -> str:
    """Give the document with every generated block made anew; run paths are below `folder`.

    Raises ResultsError for a run that cannot be read, UsageError for an unknown block.
    """

    def block(match: re.Match[str]) -> str:
        if match["what"] not in MAKERS:
            raise unknown("generated block", match["what"], MAKERS)
        runs = [results.read(folder / path) for path in match["runs"].split()]
        return f"{match['start']}\n{MAKERS[match['what']](runs)}\n\n{match['end']}"

    return BLOCK.sub(block, document)


def _compare(runs: list[Run]) -> str:
    return "\n\n".join(markdown.render(run, content.Options()) for run in runs)


def _published(runs: list[Run]) -> str:
    """Put the team's published figures beside ours."""
    found = {(row["strategy"], row["entries"]): row for run in runs for row in rows(run)}
    table = []
    for what, strategy, figure, entries, theirs in PUBLISHED:
        ours = found[strategy, entries][figure]
        table.append((what, f"{theirs:,}", f"{ours:,.0f}", f"{ours / theirs - 1:+.1%}"))
    headings = ("bytes an entry", "published, April 2026", "measured", "difference")
    align = ("left", "right", "right", "right")
    return tabulate(table, headings, tablefmt="pipe", disable_numparse=True, colalign=align)


MAKERS: dict[str, Callable[[list[Run]], str]] = {"compare": _compare, "published": _published}
