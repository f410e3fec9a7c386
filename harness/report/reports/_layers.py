"""What an explanation says: bytes an entry by layer, and the census of what is retained."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callmeter.layers import ordered
from callmeter.worker import CHECK, EXPLAIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callmeter.census import Kind
    from callmeter.explanation import Explanation
    from harness.model.run import Run
    from harness.runner.plan import Workload

MOMENTS = ("peak", "retained")
BAR_WIDTH = 40
SMALLEST_LAYER = 0.0005
"""Of what there is, for a layer to have a line."""
SMALLEST_SHARE = 0.001
"""Of what is retained, for a type to have a line of its own."""
MORE_THAN_HELD = 0.10
"""Of what the result holds: so much more that is retained is told."""
PARTS_OF_A_BLOCK = " ▏▎▍▌▋▊▉█"


class Explained(NamedTuple):
    """A strategy's explanation, what it read, and how many entries: 1 where there are none."""

    strategy: str
    workload: Workload
    entries: int
    explanation: Explanation

    @property
    def item(self) -> str:
        """What there are many of."""
        return self.workload.item


def explained(run: Run) -> Iterator[Explained]:
    """Give the run's explanations, in the order they were asked for."""
    order = {name: place for place, name in enumerate(run.header.labels)}
    for measurement in sorted(run.measurements, key=lambda m: order.get(m.cell.strategy, 0)):
        if measurement.explanation:
            cell = measurement.cell
            size = cell.workload.size or measurement.items or 1
            yield Explained(cell.strategy, cell.workload, size, measurement.explanation)


def only_explained(run: Run) -> bool:
    """Tell whether the run explains and measures nothing."""
    meters = {measurement.cell.meter for measurement in run.measurements}
    return EXPLAIN in meters and meters <= {CHECK, EXPLAIN}


def bytes_of(each: Explained, moment: str) -> dict[str, int]:
    """Give the bytes of each layer at the `peak`, or `retained`."""
    of = each.explanation
    return of.peak if moment == "peak" else of.retained


def as_table(found: list[Explained], moment: str) -> tuple[list[str], list[list[str]]]:
    """Give headings and cells: a row a layer, a column a strategy, bytes an entry and shares."""
    items = dict.fromkeys(each.item for each in found)
    headings = [f"{moment}, B/{' or '.join(items)}", *(each.strategy for each in found)]
    totals = [sum(bytes_of(each, moment).values()) for each in found]
    rows = []
    for layer in ordered({layer for each in found for layer in bytes_of(each, moment)}):
        sizes = [bytes_of(each, moment).get(layer, 0) for each in found]
        if any(sizes):
            figures = zip(sizes, found, totals, strict=True)
            rows.append([layer, *(_share(size, each, total) for size, each, total in figures)])
    sums = zip(totals, found, strict=True)
    return headings, [*rows, ["total", *(f"{total / each.entries:,.0f}" for total, each in sums)]]


def _share(size: int, each: Explained, total: int) -> str:
    return f"{size / each.entries:,.0f} ({size / total:.0%})" if size else ""


def as_bars(each: Explained) -> Iterator[str]:
    """Give the lines of an explanation for the terminal, a bar for each layer."""
    for moment in MOMENTS:
        sizes = bytes_of(each, moment)
        total = sum(sizes.values())
        yield f"{each.strategy}, {moment}: {total / each.entries:,.0f} B/{each.item}, by layer"
        width = max(map(len, sizes), default=0)
        for layer in ordered(sizes):
            size = sizes[layer]
            share = size / total
            if share < SMALLEST_LAYER:
                continue
            figure = f"{size / each.entries:>9,.0f}  {share:>6.1%}"
            yield f"  {layer:{width}} {figure}  {bar(share)}".rstrip()
        yield from place_lines(each, moment)
        yield ""
    yield f"{each.strategy}, what the result holds, by type:"
    yield from census_lines(each)


def places_of(each: Explained, moment: str) -> dict[str, int]:
    """Give the places of the code that allocated most of what there is at that moment."""
    of = each.explanation
    return of.peak_places if moment == "peak" else of.retained_places


def place_lines(each: Explained, moment: str) -> Iterator[str]:
    """Say which places of the code allocated most of what there is at that moment."""
    places = places_of(each, moment)
    if places:
        yield "  largest places:"
    for place, size in places.items():
        yield f"  {size / each.entries:>9,.0f}  {place}"


def bar(share: float) -> str:
    """Give a horizontal bar for a share of 1, to an eighth of a character."""
    eighths = round(share * BAR_WIDTH * 8)
    return "█" * (eighths // 8) + PARTS_OF_A_BLOCK[eighths % 8].strip()


def census_lines(each: Explained) -> Iterator[str]:
    """Say how many objects of each type are retained, and what sharing equal ones would save."""
    kinds = each.explanation.census
    total = sum(kind.bytes for kind in kinds)
    small = [kind for kind in kinds if kind.bytes < total * SMALLEST_SHARE]
    for kind in kinds:
        if kind not in small:
            yield f"  {_kind(kind)}{_saving(kind, total)}"
    if small:
        objects, size = sum(kind.objects for kind in small), sum(kind.bytes for kind in small)
        yield f"  {objects:>9,} of {len(small)} more types: {size:,} bytes"
    more = sum(each.explanation.retained.values()) - total
    if more > total * MORE_THAN_HELD:
        yield (
            f"  {more / each.entries:,.0f} B/{each.item} more are retained: native memory, or what "
            "is held elsewhere, as by a cache or a leak"
        )
    saved = sum(kind.saving or 0 for kind in kinds)
    if saved:
        yield (
            f"  sharing equal values would save {saved / total:.0%} of it: "
            f"{saved / each.entries:,.0f} of {total / each.entries:,.0f} B/{each.item}"
        )


def _kind(kind: Kind) -> str:
    distinct = "" if kind.distinct is None else f", {kind.distinct:,} distinct values"
    return f"{kind.objects:>9,} {kind.type}: {kind.bytes:,} bytes{distinct}"


def _saving(kind: Kind, total: int) -> str:
    return f"; sharing equal values would save {kind.saving / total:.0%}" if kind.saving else ""
