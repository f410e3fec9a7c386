"""The block on what the stress suite tried: faults by stage of a run, and all else by file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.report.document import Note, Text, table
from tools.figures import day_and_commit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.report.document import Block

STAGES = ("start", "seeding", "verification", "measuring", "saving", "reporting")


def stress(found: Mapping[str, Any]) -> Iterator[Block]:
    """Yield what was tried, how often, how much of it held, and the figures beside."""
    parts = found["parts"]
    tried, held = (sum(part[key] for part in parts.values()) for key in ("tried", "held"))
    yield Text(f"{tried:,} tried in {len(parts)} parts, {held:,} held.")
    yield from _by_stage(parts)
    yield from _by_part(parts)
    yield Note("; ".join(dict.fromkeys(map(day_and_commit, parts.values()))))


def _by_stage(parts: Mapping[str, Any]) -> Iterator[Block]:
    rows = [
        [fault, *(_times(stages.get(stage)) for stage in STAGES)]
        for part in parts.values()
        for fault, stages in part.get("faults", {}).items()
    ]
    yield from table(["fault", *STAGES], sorted(rows), title="How often it held, by stage of a run")


def _by_part(parts: Mapping[str, Any]) -> Iterator[Block]:
    rows = [
        [
            name,
            _times([part["tried"], part["held"]]),
            "; ".join(f"{what} {figure:,}" for what, figure in part.get("figures", {}).items()),
        ]
        for name, part in parts.items()
    ]
    headings = ["part", "held", "figures"]
    yield from table(headings, rows, title="How often it held, by part", last_is_text=True)


def _times(counts: Sequence[int] | None) -> str:
    """Return how often it held: of how many, where that is another number."""
    if counts is None:
        return ""
    tried, held = counts
    return f"{held:,}" if held == tried else f"{held:,} of {tried:,}"
