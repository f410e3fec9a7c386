"""Runs made up for tests of reports: figures without a database."""

from __future__ import annotations

from msgspec.structs import replace

from callmeter.explanation import Explanation
from callmeter.layers import BUFFERS, DOMAIN, ORM_INSTANCES, VALUES
from callmeter.worker import EXPLAIN
from harness.model.cell import FLOOR, REFERENCE, Cell, Consume, Workload
from harness.model.run import FORMAT, Header, Measurement, Run
from support import ENVIRONMENT, a_workload

HOSTILE = "</script><script>window.hostile = true</script>"
STRATEGIES = {FLOOR: 1.0, REFERENCE: 8.0, "lean": 0.5, "quick": 2.0, "middling": 4.0}
"""Names, and their peaks over the floor's."""

TIMES = {REFERENCE: 1.0, "lean": 0.8, "quick": 0.1, "middling": 0.9}
"""Over the reference's."""

BASES = {"quick": 80e6}
"""Of a process that reads so, in bytes, if not as the others."""

METERS = ("tracemalloc", "allocator", "rss", "clock")


def made_run(
    sizes: tuple[int, ...] = (1000, 10_000),
    meters: tuple[str, ...] = METERS,
    strategies: tuple[str, ...] = tuple(STRATEGIES),
    consume: Consume = Consume.HOLD,
    *,
    repetitions: tuple[int, ...] = (1,),
    at_once: tuple[int, ...] = (1,),
    calls: int = 0,
    explained: bool = True,
    errors: dict[str, str] | None = None,
) -> Run:
    """Return a run of these, each repeated five times; the largest size is explained.

    Of a strategy that is smaller than the floor, the saving shrinks as values repeat less. Calls at
    once take turns, and share a quarter of their memory; those of a worker that makes `calls` leave
    less and less.
    """
    found = [
        Measurement(cell, _values(cell))
        for size in sizes
        for repetition in repetitions
        for number in at_once
        for meter in meters
        for repeat in range(5)
        for name in strategies
        if _values(
            cell := Cell(name, meter, _workload(size, repetition, number), repeat, consume=consume)
        )
    ]
    if calls:
        found += [
            _served(Cell(name, "calls", _workload(size, 1, number), consume=consume, calls=calls))
            for size in sizes
            for number in at_once
            for name in strategies
        ]
    if explained:
        found += [_explained(name, sizes[-1]) for name in strategies]
    for name, error in (errors or {}).items():
        cell = Cell(name, "tracemalloc", a_workload(sizes[-1]), consume=consume)
        found.append(Measurement(cell, {}, error))
    labels = dict.fromkeys(strategies, "a strategy") | {"quick": HOSTILE}
    offers = {"lean": ["list"], "quick": ["stream"], REFERENCE: ["list"], "middling": []}
    command = "python -m harness compare"
    header = Header(FORMAT, len(found), command, ENVIRONMENT, labels, offers, yardsticks=[FLOOR])
    return Run(header, found)


def _workload(size: int, repetition: int, at_once: int) -> Workload:
    return replace(a_workload(size), repetition=repetition, at_once=at_once)


def _served(cell: Cell) -> Measurement:
    """Return a worker that has not given back what its first calls left."""
    peak = 2000 * (cell.workload.size or 1) * STRATEGIES.get(cell.name, 3.0)
    after = [peak / 4 * (1 - 2.0 ** -(nth + 1)) for nth in range(cell.calls)]
    peaks = [peak * (1, 0.1, 0.33)[nth % 3] for nth in range(cell.calls)]
    values = {"calls_peak": max(peaks), "calls_retained": after[-1], "calls_arenas": after[-1]}
    return Measurement(cell, values, series={"after": after, "peaks": peaks})


def _values(cell: Cell) -> dict[str, float]:
    entries = cell.workload.size or 1
    floor = 2000 * entries
    times = STRATEGIES.get(cell.name, 3.0)
    if times < 1:
        times = 1 - (1 - times) / cell.workload.repetition
    off = 1 + (cell.repeat - 2) / 1000
    together = 1 + (cell.workload.at_once - 1) * 0.75
    peak, retained = (floor * part * off * together for part in (times, min(times, 3.0)))
    if cell.meter == "clock":
        if cell.name not in TIMES:
            return {}
        wall = entries * 250e-6 * TIMES[cell.name] * (1 + (cell.repeat - 2) / 50)
        whole = wall * cell.workload.at_once
        of_slowest = {"slowest": whole} if cell.workload.at_once > 1 else {}
        return {"wall": whole, "cpu": whole, "gc": whole / 4, **of_slowest}
    stem = {"tracemalloc": "traced_", "allocator": "", "rss": "rss_"}[cell.meter]
    base = {"base": BASES.get(cell.name, 60e6)} if cell.meter == "rss" else {}
    return {f"{stem}retained": retained, f"{stem}peak": peak, **base}


def _explained(name: str, entries: int) -> Measurement:
    whole = int(2000 * entries * STRATEGIES.get(name, 3.0))
    layers = {VALUES + "UUID": whole // 4, BUFFERS: whole // 4, ORM_INSTANCES: whole // 4}
    peak = {**layers, DOMAIN: whole - sum(layers.values())}
    cell = Cell(name, EXPLAIN, a_workload(entries))
    return Measurement(cell, {}, explanation=Explanation(peak, {DOMAIN: whole // 4}, []))
