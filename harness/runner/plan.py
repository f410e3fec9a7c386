"""The plan: which cells a run measures, in which order. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, islice
from typing import TYPE_CHECKING

from msgspec.structs import replace

from callmeter import meters
from callmeter.errors import UsageError
from callmeter.worker import CHECK, EXPLAIN
from harness.model.cell import FLOOR, REFERENCE, Cell, Collector, Consume, Workload
from harness.model.fields import MOST_CALLS_IN_A_RUN, MOST_CELLS, MOST_ROWS
from harness.model.metrics import variants_of
from harness.payroll import yardsticks
from harness.payroll.use import Part
from harness.payroll.yardsticks import YARDSTICKS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

EXPLAINED_UP_TO = 10_000
"""Entries of the largest payroll that a comparison explains."""

COLLECTORS = (Collector.PAUSED,)
"""The states of the garbage collector in which a call is timed too, if none are named."""

Repeats = int | Mapping[str, int] | None
"""Repeats of every meter, or of those named; of the others, and if None, what suits each."""

COLD_UP_TO = 10_000
"""Entries of the largest payroll, of several, whose first call is measured too.

What a first call costs more is the same at any size and repetition.
"""


def of_comparison(
    strategies: Sequence[str],
    workloads: Sequence[Workload],
    meter_names: Sequence[str] | None = None,
    repeat: Repeats = None,
    consume: Consume = Consume.HOLD,
    *,
    explain: bool = False,
    collectors: Collection[str] = COLLECTORS,
    calls: int = 0,
) -> list[Cell]:
    """Return the cells of a comparison, by all meters unless some are named.

    Raises UsageError for too many, or for an explanation of what is not held.
    """
    if explain and consume is Consume.FOLD:
        raise UsageError("--explain is of lists: leave --consume fold")
    names = meters_for(meter_names, calls)
    named = repeat if isinstance(repeat, Mapping) else {}
    for meter in named.keys() - {*names}:
        raise UsageError(f"--repeat {meter}={named[meter]}: add --meter {meter}, or leave it out")
    found = cells(strategies, workloads, names, repeat, consume, collectors=collectors, calls=calls)
    if explain:
        subjects = [FLOOR, *strategies]
        found = chain(found, explanations(subjects, to_explain(workloads), check=False))
    return at_most_a_run(found)


def meters_for(named: Sequence[str] | None, calls: int) -> list[str]:
    """Return the meters, all if none are named; those of many calls where there are many.

    Raises UsageError for the one without the other.
    """
    names = meters.names() if named is None else list(dict.fromkeys(named))
    of_calls = [name for name in meters.names() if meters.is_of_calls(name)]
    if calls:
        return list(dict.fromkeys([*names, *of_calls]))
    if named is not None and (lonely := [name for name in names if name in of_calls]):
        raise UsageError(f"--meter {lonely[0]} makes many calls: add --calls 100, say")
    return [name for name in names if name not in of_calls]


def cells(
    strategies: Sequence[str],
    workloads: Sequence[Workload],
    meter_names: Sequence[str],
    repeat: Repeats = None,
    consume: Consume = Consume.HOLD,
    *,
    collectors: Collection[str] = COLLECTORS,
    calls: int = 0,
) -> Iterator[Cell]:
    """Yield every cell: for each workload first the checks, then the meters' repeats.

    The yardsticks are always measured, as every ratio of memory is a ratio to one of them; the
    repeats of a meter are interleaved over the strategies and over what is measured of them, so
    that a slow moment of the machine does not fall on one alone. `collectors` are the states of
    the garbage collector in which a call is timed too, beside the default; variants of a call are
    not measured of several at once. `calls` is how many a meter of many calls makes.
    """
    measured = list(dict.fromkeys([*yardsticks.names_for(consume), *strategies]))
    checked = [name for name in strategies if name not in YARDSTICKS]
    checked += [name for name in measured if yardsticks.is_checked(name)]
    for workload in workloads:
        is_small = workload.payroll.entries <= COLD_UP_TO and workload.repetition == 1
        first_call = is_small or len(workloads) == 1
        for name in checked:
            yield Cell(name, CHECK, workload, consume=consume)
        for meter in meter_names:
            ways = _ways(meter, collectors, first_call=first_call, calls=calls)
            for like in _in_turns(ways if workload.at_once == 1 else ways[:1], repeat):
                for name in measured:
                    if _is_measured(name, like, consume):
                        yield replace(like, name=name, workload=workload, consume=consume)


def of_functions(
    targets: Sequence[str],
    meter_names: Sequence[str],
    repeat: Repeats = None,
    consume: Consume = Consume.HOLD,
    *,
    warm_up: bool = True,
    collectors: Collection[str] = COLLECTORS,
    at_once: Sequence[int] = (1,),
    calls: int = 0,
) -> Iterator[Cell]:
    """Yield the meters' cells of the user's functions; without a warm-up, of first calls only."""
    for count in at_once:
        workload = Workload(at_once=count)
        for meter in meter_names:
            ways = _ways(meter, collectors, first_call=warm_up, calls=calls)
            ways = [way for way in ways if way.part is Part.WHOLE]
            for like in _in_turns(ways if warm_up and count == 1 else ways[:1], repeat):
                for name in targets:
                    yield replace(
                        like,
                        name=name,
                        workload=workload,
                        consume=consume,
                        cold=like.cold or not warm_up,
                    )


def _ways(
    meter: str, collectors: Collection[str], *, first_call: bool, calls: int = 0
) -> list[Cell]:
    """Return a cell for each way in which the meter measures a call, the usual one first."""
    usual = Cell("", meter, calls=calls if meters.is_of_calls(meter) else 0)
    ways = [
        replace(usual, cold=variant.cold, part=variant.part, collector=variant.collector)
        for variant in variants_of(meter)
        if variant.collector in (Collector.DEFAULT, *collectors)
        and (first_call or not variant.cold)
    ]
    return list(dict.fromkeys([usual, *ways]))


def _in_turns(ways: Sequence[Cell], repeat: Repeats) -> Iterator[Cell]:
    """Yield the repeats of one meter's ways, each in turn; a first call beside others is one."""
    for nth in range(repeats_of(ways[0].meter, repeat)):
        for like in ways:
            if nth == 0 or not like.cold:
                yield replace(like, repeat=nth)


def repeats_of(meter: str, repeat: Repeats) -> int:
    """Return how many fresh processes the meter takes: as asked for, or what suits it."""
    asked = repeat.get(meter) if isinstance(repeat, Mapping) else repeat
    return asked or int(meters.load(meter).REPEATS)


def _is_measured(name: str, like: Cell, consume: Consume) -> bool:
    if name in YARDSTICKS and like.meter in YARDSTICKS[name].not_by:
        return False
    return like.part in yardsticks.parts_of(name, consume)


def explanations(
    strategies: Sequence[str], workload: Workload, *, check: bool = True
) -> Iterator[Cell]:
    """Yield the cells that check, if that is not done yet, and then explain each strategy."""
    for task in (CHECK, EXPLAIN) if check else (EXPLAIN,):
        for name in strategies:
            if (name, task) != (FLOOR, CHECK):
                yield Cell(name, task, workload)


def explanations_of_functions(targets: Sequence[str], *, warm_up: bool = True) -> Iterator[Cell]:
    """Return the cells that explain the user's functions, which are checked before."""
    return (Cell(name, EXPLAIN, cold=not warm_up) for name in targets)


def to_explain(workloads: Sequence[Workload]) -> Workload:
    """Return the workload to explain, of one call: the largest that can be recorded in full.

    A recording has a line for every allocation; shares no longer change at such a size.
    """
    alone = [replace(workload, at_once=1) for workload in workloads]
    small = [one for one in alone if one.payroll.entries <= EXPLAINED_UP_TO]
    return max(small or alone[:1], key=lambda one: one.payroll.entries)


def with_reference(strategies: Iterable[str]) -> list[str]:
    """Return the strategies, each once, the reference first: ratios of times are to it."""
    return list(dict.fromkeys([REFERENCE, *strategies]))


def at_most_a_run(cells: Iterable[Cell]) -> list[Cell]:
    """Return the cells; raises UsageError for more than a run may have, or a report can show."""
    found = list(islice(cells, MOST_CELLS + 1))
    if len(found) > MOST_CELLS:
        raise UsageError(
            f"these are more than {MOST_CELLS:,} measurements: name fewer strategies, sizes or "
            "meters, or lower --repeat"
        )
    rows = len({(cell.name, cell.workload) for cell in found})
    if rows > MOST_ROWS:
        raise UsageError(
            f"these are {rows:,} strategies on payrolls; a run has at most {MOST_ROWS:,}: name "
            "fewer strategies or sizes"
        )
    calls = sum(cell.calls for cell in found)
    if calls > MOST_CALLS_IN_A_RUN:
        raise UsageError(
            f"these are {calls:,} calls one after the other; a run has at most "
            f"{MOST_CALLS_IN_A_RUN:,}: lower --calls or --repeat, or name fewer strategies or sizes"
        )
    return found
