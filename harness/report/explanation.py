"""Where the bytes go: by layer at the peak, by layer and type in what is retained. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from callmeter.layers import ordered
from callmeter.units import format_bytes
from callmeter.worker import CHECK, EXPLAIN
from harness.model.cell import Consume, kind_of
from harness.report.document import Code, Heading, Note, Text, bullets, table
from harness.report.format import an_item, listed, percent, whole_percent
from harness.report.names import title_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from callmeter.explanation import Explanation
    from harness.model.cell import Workload
    from harness.model.run import Run
    from harness.report.document import Block

MOMENTS = ("peak", "retained")
BAR_WIDTH = 24
SMALLEST_LAYER = 0.0005
"""Of what there is, for a layer to have a line."""
SMALLEST_SAVING = 0.005
"""Of what is retained, for sharing equal values to be worth a word."""
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
            measurement.cell.name,
            measurement.cell.workload,
            measurement.cell.workload.size or measurement.items or 1,
            measurement.explanation,
        )
        for measurement in sorted(run.measurements, key=lambda m: order.get(m.cell.name, 0))
        if measurement.explanation
    ]


def only_explained(run: Run) -> bool:
    """Whether the run explains and measures nothing."""
    meters = {measurement.cell.meter for measurement in run.measurements}
    return EXPLAIN in meters and meters <= {CHECK, EXPLAIN}


def bytes_of(one: Explained, moment: str) -> dict[str, int]:
    """Return the bytes of each layer at the `peak`, or `retained`."""
    return one.explanation.peak if moment == "peak" else one.explanation.retained


def in_words(found: Sequence[Explained]) -> Iterator[Block]:
    """Yield the largest layers of each peak as a sentence."""
    sentences = []
    for one in found:
        sizes = bytes_of(one, "peak")
        total = sum(sizes.values())
        if total:
            by_size = sorted(sizes, key=lambda layer: -sizes[layer])[:LARGEST]
            largest = [layer for layer in by_size if sizes[layer] >= total * SMALLEST_IN_WORDS]
            shares = listed(f"{layer} ({percent(sizes[layer] / total)})" for layer in largest)
            sentences.append(f"{one.name} peaks at {format_bytes(total)}: mostly {shares}.")
    yield from bullets(sentences, "Where the bytes go:")


def blocks(found: Sequence[Explained]) -> Iterator[Block]:
    """Yield the layers of each moment as a table, then each call's places and types."""
    for moment in MOMENTS if found else ():
        yield from _layers(found, moment)
    names = [one.name for one in found]
    for one in found:
        of = f", {title_of(one.workload, Consume.HOLD)}" if names.count(one.name) > 1 else ""
        yield Heading(f"{one.name}{of}", 3)
        explanation = one.explanation
        places_of = (explanation.peak_places, explanation.retained_places)
        for moment, places in zip(MOMENTS, places_of, strict=True):
            if places:
                yield Text(f"Largest places, {moment}, bytes an {one.item}:")
                lines = (f"{an_item(size, one.items):>9}  {at}" for at, size in places.items())
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
        cells = [
            f"{an_item(size, one.items)} ({whole_percent(share)})" if size else ""
            for size, one, share in zip(sizes, found, shares, strict=True)
        ]
        rows.append([layer, *cells, "#" * round(shares[0] * BAR_WIDTH) if len(found) == 1 else ""])
    sums = [an_item(total, one.items) for total, one in zip(totals, found, strict=True)]
    item = listed(dict.fromkeys(one.item for one in found), "or")
    headings = [f"{moment}, bytes an {item}", *(one.name for one in found), " "]
    yield from table(headings, [*rows, ["total", *sums, ""]], last_is_text=True)


def _census(one: Explained) -> Iterator[str]:
    """Yield how many objects of each type are retained, and what sharing equal ones would save."""
    kinds = one.explanation.census
    total = sum(kind.bytes for kind in kinds)
    small = [kind for kind in kinds if kind.bytes < total * SMALLEST_SHARE]
    for kind in kinds:
        if kind not in small:
            distinct = "" if kind.distinct is None else f", {kind.distinct:,} distinct"
            saved = kind.saving or 0
            is_worth_it = saved > total * SMALLEST_SAVING
            saving = f"; sharing saves {percent(saved / total)}" if is_worth_it else ""
            yield f"{kind.objects:>9,} {kind.type}: {format_bytes(kind.bytes)}{distinct}{saving}"
    if small:
        objects, size = sum(kind.objects for kind in small), sum(kind.bytes for kind in small)
        yield f"{objects:>9,} of {len(small)} more types: {format_bytes(size)}"


def _beyond_the_census(one: Explained) -> Iterator[Block]:
    kinds = one.explanation.census
    total = sum(kind.bytes for kind in kinds)
    saved = sum(kind.saving or 0 for kind in kinds)
    if saved > total * SMALLEST_SAVING:
        yield Note(
            f"Sharing equal values would save {percent(saved / total)} of what the result holds: "
            f"{an_item(saved, one.items)} of {an_item(total, one.items)} bytes an {one.item}."
        )
    more = sum(one.explanation.retained.values()) - total
    if kinds and more > total * MORE_THAN_HELD:
        yield Note(
            f"{an_item(more, one.items)} bytes an {one.item} more are retained than the result "
            "holds: native memory, or what is held elsewhere, as by a cache or a leak."
        )


def rows(one: Explained) -> Iterator[dict[str, Any]]:
    """Yield the bytes of each layer at each moment."""
    for moment in MOMENTS:
        for layer, size in bytes_of(one, moment).items():
            yield {"moment": moment, "layer": layer, "bytes": size, "per_item": size / one.items}


def data(found: Sequence[Explained]) -> list[dict[str, Any]]:
    """Return each explanation whole, in bytes."""
    return [
        {
            kind_of([one.workload]): one.name,
            "items": one.items,
            "peak": one.explanation.peak,
            "retained": one.explanation.retained,
            "peak_places": one.explanation.peak_places,
            "retained_places": one.explanation.retained_places,
            "census": [kind._asdict() for kind in one.explanation.census],
        }
        for one in found
    ]
