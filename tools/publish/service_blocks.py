"""The blocks on services: calls at once, many calls, and what was proved of the advice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from harness.model.metrics import METRICS
from harness.model.saved import read
from harness.report import over, serving
from harness.report.document import Note, table
from harness.report.format import tenths
from harness.report.stack import ran_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from harness.report.document import Block

ROLES = {
    "recommended": "the recommended strategy",
    "runner-up": "the runner-up",
    "rejected": "the nearest that was rejected",
}


def at_once(paths: Sequence[Path]) -> Iterator[Block]:
    """Yield the peak of each strategy over the calls that are made at once."""
    for path in paths:
        run = read(path)
        yield from over.blocks(run)
        yield Note(ran_on(run))


def calls(paths: Sequence[Path]) -> Iterator[Block]:
    """Yield what a worker of each strategy holds that has served many calls."""
    for path in paths:
        run = read(path)
        yield from serving.blocks(run)
        yield Note(ran_on(run))


def proof(paths: Sequence[Path]) -> Iterator[Block]:
    """Yield how often advice was right where the kernel decided."""
    for path in paths:
        found = figures(path)
        rows = [
            [words, *(f"{found['roles'][role][key]:,}" for key in ("runs", "died", "wrong"))]
            for role, words in ROLES.items()
            if role in found["roles"]
        ]
        yield from table(["in a container of that size", "runs", "died", "advice wrong"], rows)
        yield Note(
            "Wrong is what died although it was to fit, and what was rejected and lived with more "
            f"than a tenth to spare. Limited by {found['limited by']}. {made(found['environment'])}"
        )


def copies(paths: Sequence[Path]) -> Iterator[Block]:
    """Yield how often equal copies of a strategy are called different, and slower ones found."""
    for path in paths:
        found = figures(path)
        rows = [
            [
                METRICS[row["metric"]].title,
                f"{row['repeats']}",
                *(tenths(row[key]) for key in ("equal", "first", "slower")),
            ]
            for row in found["called"]
        ]
        headings = ["time", "repeats", "equal pairs", "with the first", "slower copies found"]
        yield from table(headings, rows, title="Called different")
        yield Note(
            f"The slower ones take {tenths(found['takes_longer_by'])} longer. "
            f"`{found['command']}`, {made(found['environment'])}"
        )


def figures(path: Path) -> dict[str, Any]:
    """Return what a tool saved beside the runs."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def made(what: Mapping[str, Any]) -> str:
    """Return the day and the commit that figures are of."""
    return f"{what['date']}, commit {what['commit']}"
