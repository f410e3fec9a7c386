"""The blocks of the documents: each a function from committed files to blocks of a Document."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from examples.drivers.reads import ENGINE, PLAIN, TYPE
from harness.model.merge import merge_runs
from harness.model.metrics import METRICS, PEAKS, judged_by
from harness.model.run import LIVE_OBJECTS
from harness.model.saved import read
from harness.model.summary import by_workload, incomplete, summaries
from harness.payroll.drivers import NAMES as DRIVERS
from harness.report import notes
from harness.report.answer import against_reference
from harness.report.answer import blocks as answer_blocks
from harness.report.comparison import ordered, shown_first
from harness.report.document import Bullets, Code, Note, table
from harness.report.format import inverse, times, value
from harness.report.names import short, title_of_group, where_and_call
from harness.report.over import blocks as of_repetition
from harness.report.stack import ran_on
from harness.report.traits import costs_in_short
from tools.publish import (
    layer_blocks,
    link_blocks,
    service_blocks,
    stack_blocks,
    stranger_blocks,
    stress_blocks,
    writing_blocks,
)
from tools.publish.graph import mermaid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from harness.model.run import Run
    from harness.model.summary import Summary
    from harness.report.document import Block

REFERENCE = ("results/reference.jsonl",)
SHARING = (PLAIN, ENGINE, TYPE)
DRIVER_METRICS = ("retained", "peak", "cpu")


def answer(paths: Sequence[Path]) -> Iterator[Block]:
    """Yield the answer in three lines, for the workload that is nearest to the team's."""
    run = _run(paths)
    yield from answer_blocks(run.header, _shown(run))


def strategies(paths: Sequence[Path]) -> Iterator[Block]:
    """Yield a row a strategy or function of one workload, the smallest peak first."""
    run = _run(paths)
    shown = _shown(run)
    peak = _peak(shown)
    retained = PEAKS[peak]
    is_known = run.header.reference in run.header.offers
    rows = [
        [
            where_and_call(each.name)[1],
            *(_cell(each, key) + _ratio(each, key) for key in (peak, retained)),
            against_reference(each),
            costs_in_short(run.header, each.name) if is_known else "",
        ]
        for each in shown
        if not each.is_yardstick and not each.error
    ]
    to_floor = " (x floor)" if any(each.floor for each in shown) else ""
    memory = (f"peak{to_floor}", f"retained{to_floor}")
    time = f"time vs {short(run.header.reference)}"
    yield from table(("strategy", *memory, time, "costs"), rows, last_is_text=True)
    yield from _reservations(
        paths, shown, f"Memory: {METRICS[peak].title}, {METRICS[retained].title}"
    )


def repetition(paths: Sequence[Path]) -> Iterator[Block]:
    """Yield what is retained and the peak of each strategy, as values repeat less."""
    run = _run(paths)
    yield from of_repetition(run)
    yield from _reservations(paths, summaries(run), "all allocations, x the same values' floor")


def wall_times(paths: Sequence[Path]) -> Iterator[Block]:
    """Yield how long each strategy takes to load and read, to load, and to add up by kind."""
    run = _run(paths)
    shown = sorted(_shown(run), key=lambda each: each.value("wall") or 0)
    keys = [key for key in ("wall", "load", "use") if any(key in one.samples for one in shown)]
    rows = [
        [each.name, *(_cell(each, key) + _spread(each, key) for key in keys), _times_faster(each)]
        for each in shown
    ]
    reference = short(run.header.reference)
    titles = [METRICS[key].title for key in keys]
    yield from table(["strategy", *titles, f"load and read, vs {reference}"], rows)
    yield from _reservations(
        paths, shown, "medians, half of the repeats within +-; of a ratio, its interval at 95%"
    )


def drivers(paths: Sequence[Path]) -> Iterator[Block]:
    """Yield what each driver's read needs and takes, beside the plain read of the same driver."""
    run = _run(paths)
    by_driver: dict[str, list[Summary]] = {}
    for one in summaries(run):
        by_driver.setdefault(_arguments(one)[0], []).append(one)
    rows = []
    for driver, found in by_driver.items():
        plain = next(one for one in found if _arguments(one)[1] == PLAIN)
        for one in sorted(found, key=lambda one: SHARING.index(_arguments(one)[1])):
            cells = [_cell(one, key) + _share(one, plain, key) for key in DRIVER_METRICS]
            rows.append([driver, _arguments(one)[1], *cells])
    titles = [METRICS[key].title for key in DRIVER_METRICS]
    yield from table(["driver", "sharing", *titles], rows)
    yield from _reservations(paths, [], "in brackets: relative to the plain read")


def collector(paths: Sequence[Path]) -> Iterator[Block]:
    """Yield the time of each strategy in each state of the collector, beside live objects."""
    keys = ("wall", "relaxed_wall", "frozen_wall", "paused_wall")
    rows = []
    found = sorted(map(read, paths), key=_of_collector)
    for run in found:
        for one in summaries(run):
            usual = one.value("wall")
            if usual and not one.is_yardstick:
                values = [one.value(key) for key in keys[1:]]
                shares = ["" if each is None else f"{each / usual:.2f}x" for each in values]
                where = [stack_blocks.minor_of(run), f"{_live_objects(run):,}", one.name]
                rows.append([*where, _cell(one, "wall"), *shares])
    headings = ["Python", "live objects", "strategy", *(METRICS[key].title for key in keys)]
    yield from table(headings, rows)
    for run in found[:1]:  # the others differ in the Python and the live objects alone
        what = dict.fromkeys(title_of_group([one]) for one in summaries(run))
        yield Note("; ".join(["times beside the wall time", *what, ran_on(run)]))


def runs(paths: Sequence[Path]) -> Iterator[Block]:
    """Yield the commands that made the runs of strategies, as the runs have them."""
    lines = []
    for path in paths:
        header = read(path).header
        if not header.targets:
            save = "" if "--save" in header.command else f" --save results/{path.name}"
            made = f"{header.environment['date']}, commit {header.environment['commit']}"
            lines.append(f"{header.command}{save}  # {made}")
    yield Code(tuple(lines), "sh")


def graph(paths: Sequence[Path]) -> Iterator[Block]:
    """Yield which package imports which."""
    yield Code(mermaid(paths), "mermaid")


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
    "layers": (layer_blocks.layers, REFERENCE),
    "stacks": (stack_blocks.stacks, ("results/stacks/*.jsonl",)),
    "stacks-10000": (stack_blocks.stacks, ("results/stacks-10000/*.jsonl",)),
    "stacks-of-drivers": (
        stack_blocks.stacks,
        tuple(f"results/stacks-of-drivers/*-{name}.jsonl" for name in DRIVERS),
    ),
    "drivers": (drivers, ("results/drivers.jsonl",)),
    "writing": (writing_blocks.writing, ("results/writing.jsonl",)),
    "collector": (collector, ("results/collector-*.jsonl",)),
    "runs": (runs, ("results/*.jsonl",)),
    "stress": (stress_blocks.stress, ("results/stress.json",)),
    "at-once": (service_blocks.at_once, ("results/service.jsonl",)),
    "calls": (service_blocks.calls, ("results/calls.jsonl",)),
    "proof": (service_blocks.proof, ("results/prove.json",)),
    "round-trips": (link_blocks.round_trips, ("results/round-trips.json", *REFERENCE)),
    "slow-link": (
        link_blocks.slow_link,
        ("results/round-trips.json", "results/slow-link.jsonl"),
    ),
    "copies": (service_blocks.copies, ("results/copies.json",)),
    "strangers": (stranger_blocks.strangers, ("results/strangers.json",)),
    "graph": (graph, ("harness", "callmeter/src/callmeter", "strategies")),
}
"""What makes a block, and the files that it is made from where a document names none."""


def _of_collector(run: Run) -> tuple[str, int]:
    return stack_blocks.minor_of(run), _live_objects(run)


def _live_objects(run: Run) -> int:
    return int(run.header.environment.get(LIVE_OBJECTS, "0"))


def _run(paths: Sequence[Path]) -> Run:
    return merge_runs([read(path) for path in paths])


def _shown(run: Run) -> list[Summary]:
    groups = by_workload(run)
    return ordered(groups[shown_first(list(groups))], "peak")


def _peak(found: Iterable[Summary]) -> str:
    return judged_by(key for each in found for key in each.samples) or next(iter(PEAKS))


def _cell(one: Summary | None, key: str) -> str:
    number = one.value(key) if one else None
    return "" if number is None else value(METRICS[key], number)


def _spread(one: Summary, key: str) -> str:
    sample = one.sample(key)
    return "" if sample is None or sample.n < 2 else f" +-{sample.spread / 2:.0%}"


def _times_faster(one: Summary) -> str:
    ratio = one.ratio("wall", "reference")
    if ratio is None or one.is_reference:
        return ""
    interval = one.interval("wall")
    return times(1 / ratio, interval and inverse(interval))


def _arguments(one: Summary) -> list[str]:
    """Return the arguments of a target's call that are words."""
    return re.findall(r"'(\w+)'", one.name)


def _share(one: Summary, plain: Summary, key: str) -> str:
    value, whole = one.value(key), plain.value(key)
    return f" ({value / whole:.2f}x)" if value and whole and one is not plain else ""


def _ratio(one: Summary, key: str) -> str:
    ratio = one.ratio(key, "floor")
    return "" if ratio is None else f" ({times(ratio)})"


def _reservations(paths: Sequence[Path], shown: Sequence[Summary], what: str) -> Iterator[Block]:
    """Yield what limits the figures, then what they are and what they were measured on."""
    failures = [f"{each.name}: {each.error}" for each in shown if each.error]
    found = [read(path) for path in paths]
    cut_short = [
        f"A run was cut short; it has {part}." for run in found if (part := incomplete(run))
    ]
    if texts := [*cut_short, *failures, *notes.decisive(shown)]:
        yield Bullets(tuple(texts))
    yield Note("; ".join([what, *dict.fromkeys(map(ran_on, found))]))
