"""Figures of this project beside those of other instruments: which agree, and the table. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from callmeter.layers import OTHER
from harness.model.metrics import METRICS
from harness.report.document import Note, bullets, table
from harness.report.format import listed, value, whole_percent
from tools.figures import day_and_commit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.report.document import Block

WITHIN = 0.03
"""How far apart two figures may lie, as a share of the other instrument's."""
STACK_CHUNK = 16 * 1024
"""Bytes of the interpreter's stack that are taken at once: a deeper caller may need one more."""
SLACK = {
    **dict.fromkeys(("peak", "retained"), STACK_CHUNK),
    **{key: METRICS[key].resolution for key in ("rss_peak", "rss_retained")},
}
"""What is compared, and the bytes by which two figures of it may differ in any case.

Of resident memory it is an arena, the meter's resolution: the warm-up leaves other blocks free in
each process, which the call uses first.
"""
SHOWN = ("peak", "retained", "rss_peak")
LARGEST_RATIO = 100
MOST_OTHER = 0.20
"""The part of a peak that may be of no layer."""


class Compared(NamedTuple):
    """A metric of a call by this project and by another instrument, in bytes."""

    metric: str
    ours: float
    other: float

    @property
    def ratio(self) -> float | None:
        """Ours to the other; None where both are less than can be told from nothing."""
        is_known = self.other > 0 and max(self.ours, self.other) > SLACK[self.metric]
        return self.ours / self.other if is_known else None

    @property
    def agrees(self) -> bool:
        """Whether they are one figure, as far as both instruments can tell."""
        return abs(self.ours - self.other) <= max(WITHIN * self.other, SLACK[self.metric])


def compared(call: Mapping[str, Any]) -> list[Compared]:
    """Return the metrics of a call that both have measured."""
    ours, other = call["ours"], call["other"]
    return [Compared(key, ours[key], other[key]) for key in SLACK if key in ours and key in other]


def complaints(call: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a call's figures, unless a note explains where they differ."""
    if error := call.get("error"):
        yield f"{call['function']}: {error}"
        return
    for one in compared(call):
        if not one.agrees and not call.get("note"):
            figures = " and ".join(value(METRICS[one.metric], n) for n in (one.ours, one.other))
            yield f"{call['function']}: {METRICS[one.metric].title} is {figures}, and no note why"
    if (share := call["layers"].get(OTHER, 0)) > MOST_OTHER:
        yield f"{call['function']}: {whole_percent(share)} of the peak are of no layer"


def blocks(found: Mapping[str, Any]) -> Iterator[Block]:
    """Yield the table of a saved comparison, the notes on what differs, and what is compared."""
    calls: Sequence[Mapping[str, Any]] = found["calls"]
    headings = ["package"]
    for key in SHOWN:
        headings += [METRICS[key].title, "ratio"]
    yield from table([*headings, "largest layer"], map(_row, calls), last_is_text=True)
    yield from bullets(f"{call['package']}: {call['note']}" for call in calls if call.get("note"))
    changed, environment = found["changed"], found["environment"]
    verdict = f"changed: {listed(changed)}" if changed else "no file of theirs has changed"
    yield Note(
        f"Ratio: to a counting allocator, and to VmHWM in a plain process, for RSS. {verdict}; "
        f"{environment['python']}, {environment['system']}, {day_and_commit(environment)}"
    )


def by_python(runs: Sequence[Mapping[str, Any]]) -> Iterator[Block]:
    """Yield how many figures of each saved comparison are one figure, and of whom some are not."""
    rows = []
    for found in runs:
        calls = [call for call in found["calls"] if "error" not in call]
        figures = [(call["package"], one) for call in calls for one in compared(call)]
        differ = [package for package, one in figures if not one.agrees]
        rows.append(
            [
                found["environment"]["python"],
                f"{len(figures) - len(differ)} of {len(figures)}",
                ", ".join(dict.fromkeys(differ)),
            ]
        )
    yield from table(["Python", "figures that agree", "some differ"], rows, last_is_text=True)
    yield Note(
        f"Figures agree within {whole_percent(WITHIN)} or what the instruments can tell; four a "
        "package: peak and retained, of all allocations and resident."
    )


def _row(call: Mapping[str, Any]) -> list[str]:
    name = f"{call['package']} {call['version']}"
    if error := call.get("error"):
        return [name, *[""] * (2 * len(SHOWN)), error]
    cells = [name]
    by_key = {one.metric: one for one in compared(call)}
    for key in SHOWN:
        one = by_key.get(key)
        ratio = one.ratio if one else None
        cells.append(value(METRICS[key], one.ours) if one else "")
        cells.append("" if ratio is None else _shown(ratio))
    layers = call["layers"]
    largest = max(layers, key=lambda layer: layers[layer], default="")
    return [*cells, f"{largest} ({whole_percent(layers[largest])})" if largest else ""]


def _shown(ratio: float) -> str:
    return f"over {LARGEST_RATIO}" if ratio > LARGEST_RATIO else f"{ratio:.3f}"
