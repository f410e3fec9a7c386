"""From a cell to the task that measures it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import strategies
from callmeter import meters
from callmeter.worker import CHECK, Job
from callmeter.worker_pool import HERE, Environment
from harness.model.cell import FLOOR, Cell, Consume
from harness.payroll.use import Part
from harness.runner.environment import HARNESS
from harness.runner.executors import Task

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import URL

    from harness.model.cell import Workload

FACTORY = "harness.payroll.call:make_call"
PACKAGES = (
    ("strategies", str(Path(str(strategies.__file__)).parent.resolve())),
    ("harness", str(HARNESS.resolve())),
)
"""The folders that a measuring process imports these packages from, whatever its interpreter."""
PRELOAD = (
    *("sqlalchemy.dialects.postgresql.psycopg", "harness.payroll.call"),
    "harness.payroll.yardstick_reads",
)
"""What all strategies need: importing SQLAlchemy and psycopg takes half a second."""
PRELOAD_FOR_IMPORTS = ("harness.payroll.generator", "harness.payroll.verify")
"""What no strategy needs, so that its imports' cost is its own."""


def strategy_tasks(
    url_of: Callable[[Workload], URL],
    flamegraph: str | None = None,
    memory: int | None = None,
    environment: Environment = HERE,
    live_objects: int = 0,
    driver: str | None = None,
    *,
    has_own_server: bool = False,
) -> Callable[[Cell], Task]:
    """Return what makes the task of a strategy's cell, from the URL that its payrolls are at.

    `has_own_server`, if the server there is one of the run's own. Each of its processes may hold
    `memory` bytes, and one that a meter measures in holds so many `live_objects`.
    """
    of_strategies = replace(environment, packages=PACKAGES, preload=PRELOAD)
    of_imports = replace(of_strategies, preload=PRELOAD_FOR_IMPORTS)

    def task_of(cell: Cell) -> Task:
        payroll, streams = cell.workload.payroll, cell.consume is Consume.FOLD
        url = "" if cell.name == FLOOR else url_of(cell.workload).render_as_string(False)
        arguments = {
            "name": cell.name,
            "url": url,
            "entries": payroll.entries,
            "components": payroll.components,
            "profile": payroll.profile.value,
            "repetition": payroll.repetition,
            "at_once": cell.workload.at_once,
            "in_turn": cell.calls > 0,
            "driver": driver or "",
            "stream": streams,
            "fold": streams and cell.meter != CHECK,
            "part": (Part.LOAD if cell.meter == CHECK else cell.part).value,
        }
        job = job_of(cell, FACTORY, arguments, memory, flamegraph, live_objects)
        measured_in = of_imports if cell.meter == "imports" else of_strategies
        return Task(cell, job, measured_in, has_own_server)

    return task_of


def job_of(
    cell: Cell,
    factory: str,
    arguments: dict[str, object],
    memory: int | None,
    flamegraph: str | None = None,
    live_objects: int = 0,
) -> Job:
    """Return the job of a cell, whose call that factory makes."""
    return Job(
        factory,
        arguments,
        cell.meter,
        warm_up=not cell.cold,
        collector=cell.collector.value,
        at_once=cell.workload.at_once,
        calls=cell.calls,
        live_objects=live_objects if cell.meter in meters.names() else 0,
        memory=memory,
        flamegraph=flamegraph,
    )
