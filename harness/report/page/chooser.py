"""The page on which a reader chooses: what fits what he picks, from all published runs.

It judges as `choose` does, from the same runs, combined alike; `prediction.js` does so again in the
browser. Runs whose environments differ are never combined: a stack each, which the reader picks.
"""

from __future__ import annotations

import json
import re
from itertools import count
from typing import TYPE_CHECKING, Any

from callmeter.errors import UsageError
from callmeter.units import MEMORY, parse_bytes
from harness.analysis.candidate import RESIDENT, Payrolls, candidates
from harness.analysis.choice import RULE, Limits, judge, leanest
from harness.analysis.container import Service
from harness.analysis.evidence import evidence
from harness.analysis.prediction import Basis
from harness.model.cell import REFERENCE
from harness.model.fields import MOST_AT_ONCE
from harness.model.merge import by_stack
from harness.report import busy
from harness.report.answer import NEEDS, ORM
from harness.report.charts import palette
from harness.report.judgement import reasons, size
from harness.report.notes import cut_short
from harness.report.page import template
from harness.report.page.calculator import AT_ONCE, CONTAINER
from harness.report.page.chooser_data import kinds_of, stack_data, values_of
from harness.report.stack import ran_on, ran_on_in_short
from harness.report.traits import costs_in_full
from strategies.support.traits import TRAITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.analysis.choice import Judgement
    from harness.model.run import Header, Run

STYLES = ("page.css", "chooser.css")
SCRIPTS = (
    *("prediction.js", "judged.js", "lines.js", "chosen.js", "picker.js", "answered.js"),
    "chooser.js",
)
"""In the order in which they use each other."""


ENTRIES, NEED = 10_000, ORM
"""What the page begins with, beside what the calculator does: the team's case."""


def page(runs: Mapping[str, Run]) -> str:
    """Return the page of the runs, by their paths beside it; the first stack is shown first.

    Raises UsageError for a run of functions, which are no strategies.
    """
    for name, run in runs.items():
        if not all(measurement.cell.workload.is_payroll for measurement in run.measurements):
            raise UsageError(f"{name} is of functions, not of strategies on a payroll")
    stacks = by_stack(runs)
    titles = list(_titles(stacks))
    names = {measurement.cell.name for run in runs.values() for measurement in run.measurements}
    yardsticks = [name for run in runs.values() for name in run.header.yardsticks]
    styles = palette.styles(names, REFERENCE, yardsticks)
    kinds = list(dict.fromkeys(kind for stack in stacks for kind in kinds_of(stack)))
    data = {
        "stacks": [
            {"title": title, "kinds": stack_data(stack, list(runs))}
            for title, stack in zip(titles, stacks, strict=True)
        ],
        "runs": [_run_in_short(name, run) for name, run in runs.items()],
        "needs": NEEDS,
        "start": {
            "entries": str(ENTRIES),
            "at_once": str(AT_ONCE),
            "container": CONTAINER,
            "base": "",
            "values": values_of(Payrolls()),
            "components": str(Payrolls().components),
            "need": ",".join(NEEDS[NEED]),
            "over": "entries",
        },
        "reference": REFERENCE,
        "colours": {name: style.colour for name, style in styles.items()},
        "dashes": {name: list(style.dash) for name, style in styles.items()},
        "mostAtOnce": MOST_AT_ONCE,
        "bases": [*Basis],
        "units": MEMORY,
    }
    return template.rendered(
        "chooser.html",
        STYLES,
        SCRIPTS,
        titles=titles,
        values=[(values_of(kind), _in_words(kind)) for kind in sorted(_usual(kinds))],
        picked=f"{ENTRIES} entries, {AT_ONCE} calls at once, a container of {CONTAINER}, {NEED}",
        needs=NEEDS,
        traits={name: _in_short(meaning) for name, meaning in TRAITS.items()},
        rule=RULE,
        reference=REFERENCE,
        most_at_once=MOST_AT_ONCE,
        runs=[
            (name, run.header, ran_on(run), [*filter(None, (busy.caveat(run), cut_short(run)))])
            for name, run in runs.items()
        ],
        still=_still(stacks[0]),
        figures=template.in_script(json.dumps(data, separators=(",", ":"))),
    )


def _titles(stacks: Sequence[Mapping[str, Run]]) -> Iterator[str]:
    """Yield what each stack is called, in short; where two are alike, with a number."""
    used: set[str] = set()
    for stack in stacks:
        title = ran_on_in_short(next(iter(stack.values())))
        others = (f"{title} ({number})" for number in count(2))
        name = title if title not in used else next(one for one in others if one not in used)
        used.add(name)
        yield name


def _run_in_short(name: str, run: Run) -> dict[str, str]:
    header = run.header
    return {
        "name": name.removesuffix(".jsonl"),
        "title": f"{header.command} (commit {header.environment.get('commit', 'unknown')})",
    }


def _usual(kinds: Sequence[Payrolls]) -> set[Payrolls]:
    """Return them as if all were of so many components as usual, which is asked for by itself."""
    return {kind._replace(components=Payrolls().components) for kind in kinds}


def _in_words(kind: Payrolls) -> str:
    """Return how values repeat, as a reader picks it."""
    if kind.profile != Payrolls().profile:
        return f"hardly ({kind.profile})"
    return f"often ({kind.profile})" if kind.repetition == 1 else f"{kind.repetition}x less often"


def _in_short(meaning: str) -> str:
    """Return the first part of a trait's meaning."""
    return re.split("[:;,]", meaning, maxsplit=1)[0]


def _still(runs: Mapping[str, Run]) -> dict[str, Any]:
    """Return what is shown without a script: the answer to what the page begins with."""
    run = evidence(runs, Payrolls(), with_base=True).run
    memory, service = parse_bytes(CONTAINER), Service(AT_ONCE)
    limits = Limits(ENTRIES, memory, needs=NEEDS[NEED], service=service)
    judged = judge(candidates(run, Payrolls(), RESIDENT), limits)
    best = ((need, leanest(judged, traits)) for need, traits in NEEDS.items())
    return {
        "answer": _sentence(run.header, judged[0]),
        "leanest": [(need, _sentence(run.header, one)) for need, one in best if one],
        "rows": [
            (
                one.strategy,
                _fit(one),
                size(one.need) if one.need else "",
                costs_in_full(run.header, one.strategy),
            )
            for one in judged
        ],
    }


def _sentence(header: Header, judged: Judgement) -> str:
    """Return the strategy, what it needs of the container, and what it costs."""
    needed = f"needs {size(judged.need)}" if judged.need else "was not measured for this"
    return f"{judged.strategy}: {needed}; costs: {costs_in_full(header, judged.strategy)}"


def _fit(judged: Judgement) -> str:
    return "fits" if judged.fits else "; ".join(reasons(judged))
