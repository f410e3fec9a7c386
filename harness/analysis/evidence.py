"""Which runs know something of a payroll, and these as one run. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from harness.analysis.candidate import BASE
from harness.model.merge import first_of_each, merge_runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.analysis.candidate import Payrolls
    from harness.model.run import Measurement, Run

Name = TypeVar("Name")


class Evidence(NamedTuple, Generic[Name]):
    """Several runs as one, and the measurements that it has of each, by the name of the run."""

    run: Run
    parts: Mapping[Name, list[Measurement]]


def evidence(
    runs: Mapping[Name, Run], payrolls: Payrolls, *, with_base: bool, with_others: bool = False
) -> Evidence[Name]:
    """Return the runs that know something of such payrolls, as one; all of them, if none does.

    With `with_base`, those too that know a base: of a process, whatever payroll it reads; with
    `with_others`, of payrolls with as many components whose values repeat otherwise. Raises
    UsageError where their environments differ.
    """

    def is_of_use(measurements: Iterable[Measurement]) -> bool:
        return any(
            (with_base and _is_base(one)) or _is_known(one, payrolls, with_others=with_others)
            for one in measurements
        )

    knowing = {name: run for name, run in runs.items() if is_of_use(run.measurements)} or runs
    parts = dict(zip(knowing, first_of_each(list(knowing.values())), strict=True))
    used = {name: part for name, part in parts.items() if is_of_use(part)}
    return Evidence(merge_runs(list(knowing.values())), used or {name: [] for name in runs})


def _is_base(measurement: Measurement) -> bool:
    return BASE in measurement.values and measurement.cell.workload.is_payroll


def _is_known(measurement: Measurement, payrolls: Payrolls, *, with_others: bool) -> bool:
    """Whether it has values on such payrolls, or on others that are asked for."""
    workload = measurement.cell.workload
    is_other = with_others and workload.is_payroll and workload.components == payrolls.components
    return bool(measurement.values) and (is_other or payrolls.has(workload))
