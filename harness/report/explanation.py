"""Where the bytes go: by layer at the peak, by layer and type in what is retained. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from callmeter.layers import ordered
from callmeter.units import format_bytes
from callmeter.worker import CHECK, EXPLAIN
from harness.model.cell import FLOOR
from harness.report.document import Bullets, Code, Heading, Note, Text, table
from harness.report.format import listed, megabytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from callmeter.census import Kind
    from callmeter.explanation import Explanation
    from harness.model.cell import Workload
    from harness.model.run import Run
    from harness.report.document import Block

MOMENTS = ("peak", "retained")
BAR_WIDTH = 24
SMALLEST_LAYER = 0.0005
"""Of what there is, for a layer to have a line."""
SMALLEST_SHARE = 0.001
"""Of what is retained, for a type to have a line."""
MORE_THAN_HELD = 0.10
"""Of what the result holds: so much more that is retained is a finding."""
LARGEST = 3
"""Layers that are named in words."""
SMALLEST_IN_WORDS = 0.01


class Explained(NamedTuple):
    """A call's explanation, what it read, and how many items: 1 where there are none to count."""

    name: str
    workload: Workload
    items: int
    explanation: Explanation

    @property
    def item(self) -> str:
        """What there are many of."""
        return self.workload.item


def explained(run: Run) -> list[Explained]:
    """Return the run's explanations, in the order they were asked for."""
    order = {name: place for place, name in enumerate(run.header.labels)}
    return [
        Explained(
            each.cell.name,
            each.cell.workload,
            each.cell.workload.size or each.items or 1,
            each.explanation,
        )
        for each in sorted(run.measurements, key=lambda m: order.get(m.cell.name, 0))
        if each.explanation
    ]


def only_explained(run: Run) -> bool:
    """Whether the run explains and measures nothing."""
    meters = {measurement.cell.meter for measurement in run.measurements}
    return EXPLAIN in meters and meters <= {CHECK, EXPLAIN}


def bytes_of(one: Explained, moment: str) -> dict[str, int]:
    """Return the bytes of each layer at the `peak`, or `retained`."""
    return one.explanation.peak if moment == "peak" else one.explanation.retained


def places_of(one: Explained, moment: str) -> dict[str, int]:
    """Return the places in the code that allocated most of what there is at that moment."""
    explanation = one.explanation
    return explanation.peak_places if moment == "peak" else explanation.retained_places


def in_words(found: Sequence[Explained]) -> Iterator[Block]:
    """Yield the largest layers of each peak as a sentence."""
    sentences = []
    for one in found:
        sizes = bytes_of(one, "peak")
        total = sum(sizes.values())
        if total:
            by_size = sorted(sizes, key=lambda layer: -sizes[layer])[:LARGEST]
            largest = [layer for layer in by_size if sizes[layer] >= total * SMALLEST_IN_WORDS]
            shares = listed(f"{layer} ({sizes[layer] / total:.0%})" for layer in largest)
            sentences.append(f"{one.name} peaks at {format_bytes(total)}: mostly {shares}.")
    if sentences:
        yield Bullets(tuple(sentences), title="Where the bytes go:")


def blocks(found: Sequence[Explained]) -> Iterator[Block]:
    """Yield the layers of each moment as a table, then each call's places and types."""
    for moment in MOMENTS if found else ():
        yield from _layers(found, moment)
    for one in found:
        yield Heading(one.name, 3)
        for moment in MOMENTS:
            if places := places_of(one, moment):
                yield Text(f"Largest places, {moment}, bytes an item:".replace("item", one.item))
                lines = (f"{size / one.items:>9,.0f}  {place}" for place, size in places.items())
                yield Code(tuple(lines))
        if one.explanation.census:
            yield Text("What the result holds, by type:")
            yield Code(tuple(_census(one)))
        yield from _beyond_the_census(one)


def _layers(found: Sequence[Explained], moment: str) -> Iterator[Block]:
    """Yield a row a layer and a column a call, bytes an item and shares; of one call, with bars."""
    totals = [sum(bytes_of(one, moment).values()) for one in found]
    names = ordered({layer for one in found for layer in bytes_of(one, moment)})
    rows = []
    for layer in names:
        sizes = [bytes_of(one, moment).get(layer, 0) for one in found]
        shares = [size / total if total else 0.0 for size, total in zip(sizes, totals, strict=True)]
        if max(shares) < SMALLEST_LAYER:
            continue
        each = zip(sizes, found, shares, strict=True)
        cells = [
            f"{size / one.items:,.0f} ({share:.0%})" if size else "" for size, one, share in each
        ]
        rows.append([layer, *cells, bar(shares[0]) if len(found) == 1 else ""])
    sums = [f"{total / one.items:,.0f}" for total, one in zip(totals, found, strict=True)]
    item = listed(dict.fromkeys(one.item for one in found), "or")
    headings = [f"{moment}, bytes an {item}", *(one.name for one in found), " "]
    yield from table(headings, [*rows, ["total", *sums, ""]], last_is_text=True)


def bar(share: float) -> str:
    """Return a horizontal bar for a share of 1."""
    return "#" * round(share * BAR_WIDTH)


def _census(one: Explained) -> Iterator[str]:
    """Yield how many objects of each type are retained, and what sharing equal ones would save."""
    kinds = one.explanation.census
    total = sum(kind.bytes for kind in kinds)
    small = [kind for kind in kinds if kind.bytes < total * SMALLEST_SHARE]
    for kind in kinds:
        if kind not in small:
            yield f"{_kind(kind)}{_saving(kind, total)}"
    if small:
        objects, size = sum(kind.objects for kind in small), sum(kind.bytes for kind in small)
        yield f"{objects:>9,} of {len(small)} more types: {size:,} bytes"


def _kind(kind: Kind) -> str:
    distinct = "" if kind.distinct is None else f", {kind.distinct:,} distinct"
    return f"{kind.objects:>9,} {kind.type}: {megabytes(kind.bytes)} MB{distinct}"


def _saving(kind: Kind, total: int) -> str:
    return f"; sharing saves {kind.saving / total:.0%}" if kind.saving else ""


def _beyond_the_census(one: Explained) -> Iterator[Block]:
    kinds = one.explanation.census
    total = sum(kind.bytes for kind in kinds)
    saved = sum(kind.saving or 0 for kind in kinds)
    if saved:
        yield Note(
            f"Sharing equal values would save {saved / total:.0%} of what the result holds: "
            f"{saved / one.items:,.0f} of {total / one.items:,.0f} bytes an {one.item}."
        )
    more = sum(one.explanation.retained.values()) - total
    if kinds and more > total * MORE_THAN_HELD:
        yield Note(
            f"{more / one.items:,.0f} bytes an {one.item} more are retained than the result holds: "
            "native memory, or what is held elsewhere, as by a cache or a leak."
        )


def rows(found: Sequence[Explained]) -> Iterator[dict[str, Any]]:
    """Yield a row for each layer of each call and moment, in bytes."""
    for one in found:
        for moment in MOMENTS:
            for layer, size in bytes_of(one, moment).items():
                yield {
                    "strategy"
                    if one.workload.is_payroll or one.name == FLOOR
                    else "target": one.name,
                    "moment": moment,
                    "layer": layer,
                    "bytes": size,
                    "per_item": size / one.items,
                }


def data(found: Sequence[Explained]) -> list[dict[str, Any]]:
    """Return each explanation whole, in bytes."""
    return [
        {
            "strategy" if one.workload.is_payroll else "target": one.name,
            "items": one.items,
            "peak": one.explanation.peak,
            "retained": one.explanation.retained,
            "peak_places": one.explanation.peak_places,
            "retained_places": one.explanation.retained_places,
            "census": [kind._asdict() for kind in one.explanation.census],
        }
        for one in found
    ]
