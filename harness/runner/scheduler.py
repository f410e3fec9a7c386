"""The scheduler: cells in their order, side by side where their meter allows it."""

from __future__ import annotations

from concurrent.futures import Future, as_completed
from contextlib import closing, nullcontext
from itertools import groupby
from typing import TYPE_CHECKING

from callmeter import meters
from callmeter.errors import Error
from callmeter.worker import CHECK
from harness.base.secret import masked
from harness.model.cell import subject_of
from harness.model.run import Measurement
from harness.runner.executors import local_processes

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from harness.model.cell import Cell, Subject
    from harness.runner.executors import Executor, Task


def run(
    cells: Iterable[Cell],
    task_of: Callable[[Cell], Task],
    timeout: float,
    executor: Executor | None = None,
) -> Generator[Measurement]:
    """Measure the cells, by the executor or on this machine; yield measurements as they arrive.

    Cells of one meter run side by side, one a core, unless the meter must be alone. What is left
    of a strategy that breaks the contract, or lacks a package, is not measured; its check's row
    tells why.
    """
    broken: set[Subject] = set()
    with nullcontext(executor) if executor else local_processes() as chosen:
        for meter, group in groupby(cells, key=lambda cell: cell.meter):
            tasks = [task_of(cell) for cell in group if subject_of(cell) not in broken]
            measured = _one_by_one if _is_alone(meter) else _side_by_side
            with closing(measured(chosen, tasks, timeout)) as found:
                for measurement in found:
                    if meter == CHECK and (measurement.error or measurement.unavailable):
                        broken.add(subject_of(measurement.cell))
                    yield measurement


def _one_by_one(executor: Executor, tasks: list[Task], timeout: float) -> Generator[Measurement]:
    for task in tasks:
        yield _result(_submit(executor, task, timeout, alone=True), task)


def _side_by_side(executor: Executor, tasks: list[Task], timeout: float) -> Generator[Measurement]:
    task_by = {_submit(executor, task, timeout, alone=False): task for task in tasks}
    try:
        for future in as_completed(task_by):
            yield _result(future, task_by[future])
    finally:
        for future in task_by:  # an executor may be used again: nothing is left for it to do
            future.cancel()


def _submit(executor: Executor, task: Task, timeout: float, *, alone: bool) -> Future[Measurement]:
    try:
        return executor.submit(task, timeout, alone=alone)
    except Exception as error:  # an executor that broke: so are the rows of its tasks
        failed: Future[Measurement] = Future()
        failed.set_exception(error)
        return failed


def _result(future: Future[Measurement], task: Task) -> Measurement:
    """Return the task's measurement once it is done; one with the error if the executor broke."""
    try:
        return future.result()
    except Error as error:
        reason = str(error)
    except Exception as error:
        reason = f"not measured: {type(error).__name__}: {error}"
    return Measurement(task.cell, {}, masked(reason, *task.secrets))


def _is_alone(meter: str) -> bool:
    return meter in meters.names() and bool(meters.load(meter).ALONE)
