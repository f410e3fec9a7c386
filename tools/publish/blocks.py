"""The blocks of the documents: each a function from committed files to blocks of a Document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.model.merge import merge_runs
from harness.model.metrics import METRICS, PEAKS
from harness.model.saved import read
from harness.model.summary import by_workload, incomplete
from harness.payroll.drivers import NAMES as DRIVERS
from harness.report.answer import against_reference
from harness.report.answer import blocks as answer_blocks
from harness.report.comparison import ordered, shown_first
from harness.report.document import Bullets, Code, Note, table
from harness.report.format import inverse, median_of, times
from harness.report.names import short, where_and_call
from harness.report.notes import decisive, judged_peak
from harness.report.over import blocks as of_repetition
from harness.report.stack import ran_on
from harness.report.traits import costs_in_short
from tools.figures import day_and_commit, load
from tools.prove import advice
from tools.publish import (
    collector_blocks,
    driver_blocks,
    layer_blocks,
    link_blocks,
    service_blocks,
    stack_blocks,
    stress_blocks,
    writing_blocks,
)
from tools.publish.graph import mermaid
from tools.strangers import compared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from harness.model.run import Run
    from harness.model.summary import Summary
    from harness.report.document import Block

REFERENCE = ("results/reference.jsonl",)


def answer(paths: Sequence[Path]) -> Iterator[Block]:
    """Yield the answer in three lines, for the workload that is nearest to the team's."""
    run = _run(paths)
    yield from answer_blocks(run.header, _shown(run))


def strategies(paths: Sequence[Path]) -> Iterator[Block]:
    """Yield a row a strategy or function of one workload, the smallest peak first."""
    run = _run(paths)
    shown = _shown(run)
    peak = judged_peak(shown) or next(iter(PEAKS))
    retained = PEAKS[peak]
    is_known = run.header.reference in run.header.offers
    rows = [
        [
            where_and_call(one.name)[1],
            *(median_of(one, key) + _ratio(one, key) for key in (peak, retained)),
            against_reference(one),
            costs_in_short(run.header, one.name) if is_known else "",
        ]
        for one in shown
        if not one.is_yardstick and not one.error
    ]
    to_floor = " (x floor)" if any(one.floor for one in shown) else ""
    memory = (f"peak{to_floor}", f"retained{to_floor}")
    time = f"time vs {short(run.header.reference)}"
    yield from table(("strategy", *memory, time, "costs"), rows, last_is_text=True)
    yield from _reservations(
        paths, [shown], f"Memory: {METRICS[peak].title}, {METRICS[retained].title}"
    )


def repetition(paths: Sequence[Path]) -> Iterator[Block]:
    """Yield what is retained and the peak of each strategy, as values repeat less."""
    run = _run(paths)
    yield from of_repetition(run)
    found = by_workload(run).values()
    yield from _reservations(paths, found, "all allocations, x the same values' floor")


def wall_times(paths: Sequence[Path]) -> Iterator[Block]:
    """Yield how long each strategy takes to load and read, to load, and to add up by kind."""
    run = _run(paths)
    shown = _shown(run)
    timed = sorted((one.value("wall") or 0, one.name, one) for one in shown if one.value("wall"))
    keys = [key for key in ("wall", "load", "use") if any(key in one.samples for one in shown)]
    rows = [
        [name, *(median_of(one, key) + _spread(one, key) for key in keys), _times_faster(one)]
        for _, name, one in timed
    ]
    reference = short(run.header.reference)
    titles = [METRICS[key].title for key in keys]
    yield from table(["strategy", *titles, f"load and read, vs {reference}"], rows)
    yield from _reservations(
        paths, [shown], "medians, half of the repeats within +-; of a ratio, its interval at 95%"
    )


def runs(paths: Sequence[Path]) -> Iterator[Block]:
    """Yield the commands that made the runs of strategies, as the runs have them."""
    lines = []
    for path in paths:
        header = read(path).header
        if not header.targets:
            save = "" if "--save" in header.command else f" --save results/{path.name}"
            lines.append(f"{header.command}{save}  # {day_and_commit(header.environment)}")
    yield Code(tuple(lines), "sh")


def graph(paths: Sequence[Path]) -> Iterator[Block]:
    """Yield which package imports which."""
    yield Code(mermaid(paths), "mermaid")


def strangers_by_python(paths: Sequence[Path]) -> Iterator[Block]:
    """Yield on how many figures of strangers' functions the instruments agree, by Python."""
    yield from compared.by_python([load(path) for path in paths])


def _of_files(
    read_file: Callable[[Path], Any], blocks: Callable[[Any], Iterable[Block]]
) -> Callable[[Sequence[Path]], Iterable[Block]]:
    """Return what yields the blocks of what is read from each file, one file after the other."""

    def made(paths: Sequence[Path]) -> Iterator[Block]:
        for path in paths:
            yield from blocks(read_file(path))

    return made


BLOCKS: dict[str, tuple[Callable[[Sequence[Path]], Iterable[Block]], tuple[str, ...]]] = {
    "answer": (answer, REFERENCE),
    "strategies": (strategies, REFERENCE),
    "repetition": (
        repetition,
        tuple(
            f"results/repetition{which}.jsonl"
            for which in ("", "-others", "-100000", "-100000-others")
        ),
    ),
    "times": (wall_times, REFERENCE),
    "layers": (_of_files(read, layer_blocks.layers), REFERENCE),
    "stacks": (stack_blocks.stacks, ("results/stacks/*.jsonl",)),
    "stacks-10000": (stack_blocks.stacks, ("results/stacks-10000/*.jsonl",)),
    "stacks-resident": (stack_blocks.stacks, ("results/stacks-resident/*.jsonl",)),
    "stacks-of-drivers": (
        stack_blocks.stacks,
        tuple(f"results/stacks-of-drivers/*-{name}.jsonl" for name in DRIVERS),
    ),
    "drivers": (_of_files(read, driver_blocks.drivers), ("results/drivers.jsonl",)),
    "writing": (_of_files(read, writing_blocks.writing), ("results/writing.jsonl",)),
    "collector": (collector_blocks.collector, ("results/collector-*.jsonl",)),
    "runs": (runs, ("results/*.jsonl",)),
    "stress": (_of_files(load, stress_blocks.stress), ("results/stress.json",)),
    "at-once": (_of_files(read, service_blocks.at_once), ("results/service.jsonl",)),
    "calls": (_of_files(read, service_blocks.calls), ("results/calls.jsonl",)),
    "proof": (_of_files(load, advice.blocks), ("results/prove.json",)),
    "round-trips": (link_blocks.round_trips, ("results/round-trips.json", *REFERENCE)),
    "slow-link": (
        link_blocks.slow_link,
        ("results/round-trips.json", "results/slow-link.jsonl"),
    ),
    "copies": (_of_files(load, service_blocks.copies), ("results/copies.json",)),
    "strangers": (_of_files(load, compared.blocks), ("results/strangers.json",)),
    "strangers-by-python": (
        strangers_by_python,
        ("results/strangers.json", "results/strangers-*.json"),
    ),
    "graph": (graph, ("harness", "callmeter/src/callmeter", "strategies")),
}
"""What makes a block, and the files that it is made from where a document names none."""


def _run(paths: Sequence[Path]) -> Run:
    return merge_runs([read(path) for path in paths])


def _shown(run: Run) -> list[Summary]:
    groups = by_workload(run)
    return ordered(groups[shown_first(list(groups))], "peak")


def _spread(one: Summary, key: str) -> str:
    sample = one.sample(key)
    return "" if sample is None or sample.n < 2 else f" +-{sample.spread / 2:.0%}"


def _times_faster(one: Summary) -> str:
    ratio = one.ratio("wall", "reference")
    if ratio is None or one.is_reference:
        return ""
    interval = one.interval("wall")
    return times(1 / ratio, interval and inverse(interval))


def _ratio(one: Summary, key: str) -> str:
    ratio = one.ratio(key, "floor")
    return "" if ratio is None else f" ({times(ratio)})"


def _reservations(
    paths: Sequence[Path], groups: Iterable[Sequence[Summary]], what: str
) -> Iterator[Block]:
    """Yield what limits the figures, then what they are and what they were measured on.

    `groups` are the summaries that are shown, of one workload each.
    """
    found = [read(path) for path in paths]
    texts = [f"A run was cut short; it has {part}." for run in found if (part := incomplete(run))]
    for group in groups:
        texts += [f"{one.name}: {one.error}" for one in group if one.error]
        texts += decisive(group)
    if texts:
        yield Bullets(tuple(dict.fromkeys(texts)))
    yield Note("; ".join([what, *dict.fromkeys(map(ran_on, found))]))
