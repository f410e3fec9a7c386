"""A difference as rows for machines: units in the names, None where there is nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.analysis.difference import Change, Difference
    from harness.model.figures import Figure, Place


def rows(difference: Difference) -> Iterator[dict[str, Any]]:
    """Give a row for each figure that both runs have, changed or not."""
    for change in difference.changes:
        yield row(change)


def row(change: Change) -> dict[str, Any]:
    """Give the row of one change."""
    before, after, figure = change.before, change.after, change.figure
    return {
        **of_place(change.place),
        "figure": figure.word,
        "unit": _unit(figure),
        "from": before.value,
        "from_low": before.low,
        "from_high": before.high,
        "from_repeats": before.repeats,
        "to": after.value,
        "to_low": after.low,
        "to_high": after.high,
        "to_repeats": after.repeats,
        "ratio": change.ratio,
        "verdict": change.verdict.value,
        "from_x_floor": before.x_floor,
        "to_x_floor": after.x_floor,
        "from_seconds": before.seconds,
        "to_seconds": after.seconds,
    }


def of_place(place: Place) -> dict[str, Any]:
    """Give the fields that say which strategy at which payroll it is."""
    workload = place.workload
    return {
        "strategy": place.strategy,
        "entries": workload.size,
        "components": workload.components,
        "profile": workload.profile and workload.profile.value,
        "consume": place.consume,
    }


def _unit(figure: Figure) -> str:
    if figure.is_memory:
        return "bytes"
    return "share of wall" if figure.is_share else "x reference"
