"""Tables in the documents, generated from the committed runs so that none is typed by hand.

A document marks what is generated with a pair of comments:

    <!-- generated: compare results/some-run.jsonl -->
    <!-- end of generated -->

`python -m harness publish` renews what is between them; a test fails when it is stale.
"""

from __future__ import annotations

import re
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import msgspec

from harness import results
from harness.compare import rows
from harness.errors import ResultsError, unknown
from harness.plan import FLOOR, REFERENCE
from harness.reports import _content as content
from harness.reports import _layers as layers
from harness.reports import _sentences as say
from harness.reports import _traits as traits
from harness.reports import markdown
from harness.reports._selfcheck import HEADINGS as SELFCHECK_HEADINGS
from harness.reports._selfcheck import cells as selfcheck_cells
from harness.reports.table import aligned
from harness.selfcheck import Reading

if TYPE_CHECKING:
    from collections.abc import Callable


DOCUMENTS = ("README.md", "results/README.md")
ANSWER = (
    content.Column("retains", "delta_x_floor", "{:.2f}x floor".format),
    content.Column("peak", "peak_x_floor", "{:.2f}x floor".format),
    content.Column("peak of all allocations", "allocator_peak_x_floor", "{:.2f}x floor".format),
    content.Column("that is, MB", "allocator_peak_bytes", content.megabytes),
    content.Column("wall time", "faster_than_reference", content.faster),
    content.Column("in the garbage collector", "gc_share", "{:.0%}".format),
)
BLOCK = re.compile(
    r"(?P<start><!-- generated: (?P<what>\S+)(?P<runs>[^>]*?) -->\n)"
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
        paths = [folder / path for path in match["runs"].split()]
        return f"{match['start']}\n{MAKERS[match['what']](paths)}\n\n{match['end']}"

    return BLOCK.sub(block, document)


def _compare(paths: list[Path]) -> str:
    return "\n\n".join(markdown.render(results.read(path), content.Options()) for path in paths)


def _answer(paths: list[Path]) -> str:
    """Give one table a payroll with the ratios that decide."""
    tables = []
    for path in paths:
        for title, found in content.by_payroll(results.read(path), content.Options()):
            cells = [
                [f"`{row['strategy']}`", *(content.said(row, c) for c in ANSWER)] for row in found
            ]
            headings = [title.partition(" x")[0], *(column.heading for column in ANSWER)]
            tables.append(aligned(headings, cells, "pipe"))
            notes = [*say.missed(found), *say.unsteady(found), *say.verdict(found)]
            tables.append("\n".join(f"- {note.lstrip('* ')}" for note in notes))
    return "\n\n".join(tables)


def _layers(paths: list[Path]) -> str:
    """Give the layers of the peak and of what is retained, a column a strategy."""
    tables = []
    for path in paths:
        found = list(layers.explained(results.read(path)))
        tables += [aligned(*layers.as_table(found, moment), "pipe") for moment in layers.MOMENTS]
    return "\n\n".join(tables)


def _census(paths: list[Path]) -> str:
    """Give what the reference retains, by type."""
    for path in paths:
        for each in layers.explained(results.read(path)):
            if each.strategy == REFERENCE:
                return "\n".join(["```", *layers.census_lines(each), "```"])
    raise ResultsError(f"no explanation of {REFERENCE} in {paths}")


def _published(paths: list[Path]) -> str:
    """Put the team's published figures beside ours."""
    runs = map(results.read, paths)
    found = {(row["strategy"], row["entries"]): row for run in runs for row in rows(run)}
    table = []
    for what, strategy, figure, entries, theirs in PUBLISHED:
        ours = found.get((strategy, entries), {}).get(figure)
        if ours is None:
            raise ResultsError(f"no {figure} of {strategy} at {entries} entries in {paths}")
        table.append([what, f"{theirs:,}", f"{ours:,.0f}", f"{ours / theirs - 1:+.1%}"])
    headings = ["bytes an entry", "published, April 2026", "measured", "difference"]
    return aligned(headings, table, "pipe")


def _duration(paths: list[Path]) -> str:
    """Say where the time of a run goes: processes, and what of each is the measured call."""
    table = []
    for path in paths:
        found = results.read(path).measurements
        for meter in dict.fromkeys(m.cell.meter for m in found):
            of = [m for m in found if m.cell.meter == meter]
            called = [m.figures["wall_seconds"] for m in of if "wall_seconds" in m.figures]
            table.append(
                [
                    meter,
                    str(len(of)),
                    f"{sum(m.seconds for m in of):.1f}",
                    f"{median(m.seconds for m in of):.2f}",
                    f"{median(called):.2f}" if called else "",
                ]
            )
    headings = ["meter", "processes", "seconds, summed", "median of one", "of it the measured call"]
    return aligned(headings, table, "pipe")


def _selfcheck(paths: list[Path]) -> str:
    table = []
    for path in paths:
        try:
            found = msgspec.json.decode(path.read_bytes(), type=list[Reading])
        except (OSError, msgspec.MsgspecError) as error:
            raise ResultsError(f"cannot read the self-check {path}: {error}") from error
        table += [selfcheck_cells(reading) for reading in found]
    return aligned(SELFCHECK_HEADINGS, table, "pipe")


def _traits(_: list[Path]) -> str:
    """Give what each strategy offers and gives up, and what it costs in code."""
    meanings = "\n".join(f"- {line}" for line in traits.meanings())
    return f"{aligned(*traits.table(), 'pipe')}\n\n{meanings}"


MAKERS: dict[str, Callable[[list[Path]], str]] = {
    "answer": _answer,
    "census": _census,
    "compare": _compare,
    "duration": _duration,
    "layers": _layers,
    "published": _published,
    "selfcheck": _selfcheck,
    "traits": _traits,
}
