"""What other tools call the rows of a run: a benchmark is one call on one workload. Pure.

They follow a benchmark over time by its name, so that it has all that figures depend on but the
stack, and is the same in each version of the harness.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.model.cell import Consume
from harness.model.summary import summaries

if TYPE_CHECKING:
    from harness.model.run import Run
    from harness.model.summary import Summary


def benchmarks(run: Run) -> dict[str, Summary]:
    """Return what was measured, by the benchmark's name: `slotted[1000x6-realistic]`.

    What failed is no benchmark. A function on no workload of its own has its name alone.
    """
    found = {}
    for summary in summaries(run):
        parameter = parameter_of(summary)
        if summary.samples:
            found[f"{summary.name}[{parameter}]" if parameter else summary.name] = summary
    return found


def parameter_of(summary: Summary) -> str:
    """Return the workload as a test's parameter is written: `1000x6-realistic-pools5-at_once4`."""
    workload = summary.workload
    parts = [
        f"{workload.size}x{workload.components}-{workload.profile}" if workload.is_payroll else "",
        f"pools{workload.repetition}" if workload.repetition != 1 else "",
        f"at_once{workload.at_once}" if workload.at_once != 1 else "",
        Consume.FOLD.value if summary.subject.consume is Consume.FOLD else "",
    ]
    return "-".join(filter(None, parts))
