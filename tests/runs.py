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

METERS = ("tracemalloc", "allocator", "rss", "clock")


def made_run(
    sizes: tuple[int, ...] = (1000, 10_000),
    meters: tuple[str, ...] = METERS,
    strategies: tuple[str, ...] = tuple(STRATEGIES),
    consume: Consume = Consume.HOLD,
    *,
    repetitions: tuple[int, ...] = (1,),
    explained: bool = True,
    errors: dict[str, str] | None = None,
) -> Run:
    """Return a run of these, each repeated three times; the largest size is explained.

    Of a strategy that is smaller than the floor, the saving shrinks as values repeat less.
    """
    found = [
        Measurement(cell, _values(cell))
        for size in sizes
        for repetition in repetitions
        for meter in meters
        for repeat in range(3)
        for name in strategies
        if _values(cell := Cell(name, meter, _workload(size, repetition), repeat, consume=consume))
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


def _workload(size: int, repetition: int) -> Workload:
    return replace(a_workload(size), repetition=repetition)


def _values(cell: Cell) -> dict[str, float]:
    entries = cell.workload.size or 1
    floor = 2000 * entries
    times = STRATEGIES.get(cell.name, 3.0)
    if times < 1:
        times = 1 - (1 - times) / cell.workload.repetition
    off = 1 + (cell.repeat - 1) / 1000
    peak, retained = floor * times * off, floor * min(times, 3.0) * off
    if cell.meter == "clock":
        if cell.name not in TIMES:
            return {}
        wall = entries * 250e-6 * TIMES[cell.name] * (1 + (cell.repeat - 1) / 50)
        return {"wall": wall, "cpu": wall, "gc": wall / 4}
    stem = {"tracemalloc": "traced_", "allocator": "", "rss": "rss_"}[cell.meter]
    return {f"{stem}retained": retained, f"{stem}peak": peak}


def _explained(name: str, entries: int) -> Measurement:
    whole = int(2000 * entries * STRATEGIES.get(name, 3.0))
    layers = {VALUES + "UUID": whole // 4, BUFFERS: whole // 4, ORM_INSTANCES: whole // 4}
    peak = {**layers, DOMAIN: whole - sum(layers.values())}
    cell = Cell(name, EXPLAIN, a_workload(entries))
    return Measurement(cell, {}, explanation=Explanation(peak, {DOMAIN: whole // 4}, []))
