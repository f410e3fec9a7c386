"""What of a saved run is measured again: payrolls of a size, and names that did not fail. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from callmeter.errors import UsageError, unknown
from harness.model.cell import kind_of, subject_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from harness.model.cell import Cell, Workload
    from harness.model.run import Run


def workloads_of(
    baseline: Run,
    entries: int | None = None,
    repetition: int | None = None,
    at_once: int | None = None,
) -> list[Workload]:
    """Return the baseline's payrolls of that size, so large pools of values, so many calls at once.

    Without a size, they are of the smallest, the quickest; without the others, of any. The workload
    of a run of functions has no payroll. Raises UsageError for what the baseline does not have.
    """
    workloads = dict.fromkeys(m.cell.workload for m in baseline.measurements if m.values)
    sizes = sorted({workload.size for workload in workloads if workload.size is not None})
    if workloads and not sizes and entries is None and repetition is None:
        return _only(list(workloads), "at_once", at_once)
    if not sizes:
        raise UsageError(f"the baseline has no {'payrolls' if workloads else 'values'}")
    if entries is not None and entries not in sizes:
        there = ", ".join(map(str, sizes))
        raise UsageError(f"the baseline has no payroll of {entries} entries; it has {there}")
    size = sizes[0] if entries is None else entries
    of_size = [workload for workload in workloads if workload.size == size]
    return _only(_only(of_size, "repetition", repetition), "at_once", at_once)


def _only(workloads: list[Workload], field: str, wanted: int | None) -> list[Workload]:
    known = {getattr(workload, field) for workload in workloads}
    if wanted is not None and wanted not in known:
        there = ", ".join(map(str, sorted(known)))
        option = field.replace("_", "-")
        raise UsageError(f"the baseline has no --{option} {wanted} at that size; it has {there}")
    return [workload for workload in workloads if wanted in (None, getattr(workload, field))]


def names_of(
    baseline: Run, workloads: Collection[Workload], names: Sequence[str] | None
) -> list[str]:
    """Return the strategies or targets to judge: those names, or all that did not fail there.

    Raises UsageError for one that the baseline does not have, or that failed in it; and for a file
    that only the baseline names: a run may come from anywhere, and to measure a file executes it.
    """
    known, broken = _known_and_broken(baseline, workloads)
    kind = kind_of(workloads)
    for name in names or ():
        if name not in known:
            raise unknown(f"{kind} in the baseline", name, known)
        if name in broken:
            raise UsageError(f"{name} failed in the baseline: there is nothing to compare it with")
    wanted = list(dict.fromkeys(names or names_judged(baseline, workloads)))
    files = [name for name in wanted if name.endswith(".py")]
    if files and not names:
        raise UsageError(
            f"the baseline names a file, {files[0]!r}; a file is executed only where you name it: "
            f"name each {kind} to judge"
        )
    return wanted


def names_judged(baseline: Run, workloads: Collection[Workload]) -> list[str]:
    """Return the strategies or targets that did not fail; raises UsageError for none."""
    known, broken = _known_and_broken(baseline, workloads)
    wanted = [name for name in known if name not in broken]
    if not wanted:
        raise UsageError("the baseline has nothing that did not fail")
    return wanted


def _known_and_broken(baseline: Run, workloads: Collection[Workload]) -> tuple[list[str], set[str]]:
    found = [m for m in baseline.measurements if m.cell.workload in workloads]
    names = dict.fromkeys(m.cell.name for m in found)
    known = [name for name in names if name not in baseline.header.yardsticks]
    return known, {m.cell.name for m in found if m.error}


def only(baseline: Run, cells: Iterable[Cell]) -> Run:
    """Return the part of the baseline that those cells measure again."""
    wanted = {subject_of(cell) for cell in cells}
    part = [m for m in baseline.measurements if subject_of(m.cell) in wanted]
    header = msgspec.structs.replace(baseline.header, cells=len(part))
    return msgspec.structs.replace(baseline, header=header, measurements=part)
