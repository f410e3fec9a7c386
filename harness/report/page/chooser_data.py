"""What the script of the page that chooses needs of a stack's runs. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.analysis.candidate import BASE, RESIDENT, candidates, payrolls_of
from harness.analysis.choice import Limits, judge
from harness.analysis.container import Service
from harness.analysis.evidence import evidence
from harness.model.cell import Consume
from harness.model.metrics import PEAKS, TIME
from harness.model.summary import summaries
from harness.report.answer import UNKNOWN, against_reference
from harness.report.page.calculator import by_number, by_size, is_list, way

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.analysis.candidate import Candidate, Payrolls
    from harness.analysis.choice import Judgement
    from harness.analysis.evidence import Evidence
    from harness.model.run import Measurement, Run

ALLOCATED = next(iter(PEAKS))
"""The peak of what one call allocates, above what the process holds before."""
FROM = {
    "resident": RESIDENT,
    "base": BASE,
    "served": "calls_peak",
    "allocated": ALLOCATED,
    "time": TIME,
}
"""What a figure is of, and the metric that it is made from."""
TOO_FEW = "too few repeats to tell"
"""A time that too few repeats tell from the reference's."""


def kinds_of(runs: Mapping[str, Run]) -> list[Payrolls]:
    """Return the payrolls that they measured strategies on, in the order of the runs."""
    found = (summary for run in runs.values() for summary in summaries(run) if is_list(summary))
    return list(dict.fromkeys(kind for one in found if (kind := payrolls_of(one.workload))))


def values_of(kind: Payrolls) -> str:
    """Return how values repeat as the page's script knows it: `realistic-5`."""
    return f"{kind.profile}-{kind.repetition}"


def stack_data(runs: Mapping[str, Run], names: Sequence[str]) -> list[dict[str, Any]]:
    """Return each kind of payroll with its ways; a run is known by its place in `names`."""
    return [_kind(runs, kind, names) for kind in kinds_of(runs)]


def _kind(runs: Mapping[str, Run], kind: Payrolls, names: Sequence[str]) -> dict[str, Any]:
    known = evidence(runs, kind, with_base=True)
    run = known.run
    resident = candidates(run, kind, RESIDENT)
    allocated = {one.strategy: one for one in candidates(run, kind, ALLOCATED)}
    times = _times(run, kind)
    return {
        "values": values_of(kind),
        "components": kind.components,
        "today": by_number(resident[0].today),
        "ways": [
            {
                **way(run.header, judged),
                **_offered(run, judged),
                **_allocations(allocated[judged.strategy]),
                "times": times.get(judged.strategy, {}),
                "from": _sources(known, kind, judged.strategy, names),
            }
            for judged in judge(resident, Limits(1, float("inf"), service=Service()))
        ],
    }


def _offered(run: Run, judged: Judgement) -> dict[str, Any]:
    offers = judged.candidate.offers
    label = run.header.labels.get(judged.strategy, "")
    return {"offers": None if offers is None else sorted(offers), "label": label}


def _allocations(one: Candidate) -> dict[str, Any]:
    return {"peak": by_size(one.peak), "retained": by_size(one.retained)}


def _times(run: Run, kind: Payrolls) -> dict[str, dict[int, str]]:
    """Return the time beside the reference's, by the strategy and the entries, of one call."""
    found: dict[str, dict[int, str]] = {}
    for summary in summaries(run):
        workload = summary.workload
        is_asked = is_list(summary) and kind.has(workload) and workload.at_once == 1
        if is_asked and summary.sample(TIME):
            text = against_reference(summary)
            words = found.setdefault(summary.name, {})
            words[workload.payroll.entries] = text if text != UNKNOWN else TOO_FEW
    return found


def _sources(
    known: Evidence[str], kind: Payrolls, name: str, names: Sequence[str]
) -> dict[str, dict[int, list[int]]]:
    """Return the places of the runs that a figure is from, by the calls at once it is of."""
    found: dict[str, dict[int, list[int]]] = {what: {} for what in FROM}
    for run, part in known.parts.items():
        for one in part:
            for what in _figures_of(one, kind, name):
                places = found[what].setdefault(one.cell.workload.at_once, [])
                if names.index(run) not in places:
                    places.append(names.index(run))
    return found


def _figures_of(one: Measurement, kind: Payrolls, name: str) -> Iterator[str]:
    """Yield which figures of the strategy on such payrolls it has; a base is of any payroll."""
    cell = one.cell
    if cell.name == name and cell.consume is Consume.HOLD and cell.is_usual:
        is_such = kind.has(cell.workload)
        for what, key in FROM.items():
            if key in one.values and (is_such or key == BASE):
                yield what
