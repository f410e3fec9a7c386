"""What two runs have in common, and which of several has most in common with one. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from harness.analysis.difference import COMPARED
from harness.model.summary import summaries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.model.cell import Consume, Workload
    from harness.model.run import Run


def workloads_in_common(one: Run, other: Run) -> Counter[tuple[Workload, Consume]]:
    """Return the workloads on which both measured the same call, with how many values they share.

    A value is a metric of a strategy or function; those of yardsticks are none.
    """
    first, second = ({each.subject: each for each in summaries(run)} for run in (one, other))
    found: Counter[tuple[Workload, Consume]] = Counter()
    for subject in first.keys() & second.keys():
        if not first[subject].is_yardstick:
            both = first[subject].samples.keys() & second[subject].samples.keys() & COMPARED.keys()
            found[subject.workload, subject.consume] += len(both)
    return +found


def most_in_common(mine: Run, others: Mapping[str, Run]) -> str | None:
    """Return the name of the run with most workloads in common, of as many the most values.

    None where none has anything in common.
    """
    found = {name: workloads_in_common(mine, run) for name, run in others.items()}
    best = max(found, key=lambda name: (len(found[name]), found[name].total()), default=None)
    return best if best is not None and found[best] else None
