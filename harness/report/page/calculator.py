"""The calculator of a run's page: what strategies need in a container, as `choose` judges. Pure.

`prediction.js` predicts by the rules of `harness.analysis` from the points that are in the page.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from callmeter.units import MEMORY
from harness.analysis.candidate import RESIDENT, candidates, payrolls_of
from harness.analysis.choice import Limits, judge
from harness.analysis.container import Service
from harness.analysis.prediction import Basis
from harness.model.cell import REFERENCE, Consume, how_values_repeat
from harness.model.fields import MOST_AT_ONCE
from harness.model.metrics import METRICS
from harness.model.summary import summaries
from harness.report.document import table
from harness.report.format import cell, counted
from harness.report.traits import costs_in_full

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.analysis.candidate import Candidate, Payrolls, Points
    from harness.analysis.choice import Judgement
    from harness.analysis.container import Need
    from harness.analysis.prediction import Prediction
    from harness.model.run import Header, Run
    from harness.model.summary import Summary
    from harness.report.charts.marks import Group
    from harness.report.document import Table

AT_ONCE = 4
CONTAINER = "512 MB"
"""What the calculator begins with, and the page that chooses."""


def data(run: Run, compared: Sequence[Group], first: int) -> dict[str, Any] | None:
    """Return what the script needs; None where no resident memory of lists was measured.

    `kinds` are of payrolls that differ in more than their size and the calls at once, and `of` the
    place of each workload's kind.
    """
    kinds = _kinds(run)
    if not kinds:
        return None
    of = [
        kinds.index(kind) if (kind := payrolls_of(group[0].workload)) in kinds else None
        for group in compared
    ]
    shown = compared[first][0].workload
    return {
        "kinds": [_kind_data(run, kind) for kind in kinds],
        "of": of,
        "entries": shown.size,
        "atOnce": max(AT_ONCE, shown.at_once),
        "container": CONTAINER,
        "mostAtOnce": MOST_AT_ONCE,
        "reference": REFERENCE,
        "bases": [*Basis],
        "units": MEMORY,
    }


def measured(run: Run, group: Group) -> tuple[Table, ...]:
    """Return a table of what each strategy needs on that workload, at most, in MB."""
    workload = group[0].workload
    kind = payrolls_of(workload)
    if kind not in _kinds(run) or not workload.size:
        return ()
    limits = Limits(workload.size, inf, service=Service(workload.at_once))
    rows = [
        [judged.strategy, *map(_megabytes, (judged.base, judged.peak, judged.need))]
        for judged in judge(candidates(run, kind, RESIDENT), limits)
        if judged.need
    ]
    title = f"What a container must hold, at most, {workload.at_once:,} at once"
    return table(["strategy", "base MB", "calls MB", "together MB"], rows, title=title)


def _kinds(run: Run) -> list[Payrolls]:
    measured = (one for one in summaries(run) if is_list(one) and one.sample(RESIDENT))
    return list(dict.fromkeys(kind for one in measured if (kind := payrolls_of(one.workload))))


def is_list(summary: Summary) -> bool:
    """Whether it is of a strategy whose items are held, and no yardstick."""
    return summary.subject.consume is Consume.HOLD and not summary.is_yardstick


def _kind_data(run: Run, kind: Payrolls) -> dict[str, Any]:
    found = candidates(run, kind, RESIDENT)
    judged = judge(found, Limits(1, inf, service=Service()))
    repeat = how_values_repeat(kind.profile, kind.repetition)
    return {
        "title": f"{counted(kind.components, 'component')}, {repeat}",
        "ways": [way(run.header, one) for one in judged if one.candidate.resident],
        "today": by_number(found[0].today),
    }


def way(header: Header, judged: Judgement) -> dict[str, Any]:
    """Return what the script needs of a strategy."""
    one: Candidate = judged.candidate
    return {
        "strategy": one.strategy,
        "givesUp": None if judged.gives_up is None else len(judged.gives_up),
        "costs": costs_in_full(header, one.strategy),
        "resident": by_number(one.resident),
        "base": by_number(one.base),
        "served": [list(served) for served in one.served],
        "failures": [
            {"entries": fail.entries, "atOnce": fail.at_once, "everywhere": fail.counts_at(0, 0)}
            for fail in one.failures
        ],
    }


def by_number(points: Mapping[int, Points]) -> dict[int, list[list[float]]]:
    """Return the points by the number of calls at once: the size, the bytes, the margin."""
    return {number: by_size(of) for number, of in points.items()}


def by_size(points: Points) -> list[list[float]]:
    """Return the points, smallest size first: the size, the bytes, the margin."""
    return [list(point) for point in sorted(points)]


def _megabytes(needed: Prediction | Need | None) -> str:
    return cell(METRICS[RESIDENT], needed.high) if needed else ""
