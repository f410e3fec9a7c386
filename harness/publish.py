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
from harness.reports import _layers as layers
from harness.reports import _sentences as say
from harness.reports import markdown
from harness.reports.table import aligned

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.compare import Row
    from harness.results import Run

DOCUMENTS = ("README.md", "results/README.md")
BACKSLASH = "\\*"
ANSWER = (
    content.Column("retains", "delta_x_floor", "{:.2f}x floor".format),
    content.Column("peak", "peak_x_floor", "{:.2f}x floor".format),
    content.Column("peak of all allocations", "allocator_peak_x_floor", "{:.2f}x floor".format),
    content.Column("peak, MB", "allocator_peak_bytes", content.megabytes),
    content.Column("wall time", "faster_than_reference", content.faster),
    content.Column("in the garbage collector", "gc_share", "{:.0%}".format),
)
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


def _answer(runs: list[Run]) -> str:
    """Give one table a payroll with the ratios that decide."""
    tables = []
    for run in runs:
        for title, found in content.by_payroll(run, content.Options()):
            cells = [[f"`{row['strategy']}`", *(_said(row, c) for c in ANSWER)] for row in found]
            headings = [title.partition(",")[0], *(column.heading for column in ANSWER)]
            notes = "  \n".join([*say.missed(found), *say.verdict(found)])
            tables.append(f"{aligned(headings, cells, 'pipe')}\n\n{notes.replace('*', BACKSLASH)}")
    return "\n\n".join(tables)


def _said(row: Row, column: content.Column) -> str:
    value = row.get(column.field)
    return "" if value is None else column.say(value)


def _layers(runs: list[Run]) -> str:
    """Give the layers of the peak and of what is retained, a column a strategy."""
    tables = []
    for run in runs:
        explained = list(layers.explained(run))
        tables += [
            aligned(*layers.as_table(explained, moment), "pipe") for moment in layers.MOMENTS
        ]
    return "\n\n".join(tables)


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


MAKERS: dict[str, Callable[[list[Run]], str]] = {
    "answer": _answer,
    "compare": _compare,
    "layers": _layers,
    "published": _published,
}
