"""One JSON object: the answer, every strategy's verdict, what would change it; units in names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harness.analysis.choice import RULE
from harness.report.choices import _sentences as sentences
from harness.report.choices import _words as say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.analysis.changes import Other, Rung
    from harness.analysis.choice import Verdict
    from harness.analysis.decision import Decision
    from harness.analysis.prediction import Prediction


def render(decision: Decision) -> str:
    """Give the object; what is not known is null."""
    limits, fit = decision.limits, decision.fit
    changes = decision.changes
    whole = {
        "run": decision.source.run,
        "command": decision.source.command,
        "environment": decision.run.header.environment,
        "entries": limits.entries,
        "components": decision.payrolls.components,
        "profile": decision.payrolls.profile,
        "memory_bytes": limits.memory,
        "time_seconds": limits.time,
        "needs": list(limits.needs),
        "judged_by": {"meter": decision.meter, "figure": decision.judged_by.peak},
        "rule": RULE,
        "recommended": fit[0].way.strategy if fit else None,
        "runner_up": fit[1].way.strategy if len(fit) > 1 else None,
        "strategies": [_verdict(each) for each in decision.verdicts],
        "answers": {
            "by_memory_bytes": _rungs(changes.memory),
            "by_time_seconds": _rungs(changes.time),
            "by_entries": _rungs(changes.entries),
            "without_need": _others(changes.dropped),
            "with_need": _others(changes.added),
        },
        "notes": sentences.notes(decision),
    }
    return json.dumps(whole, indent=2)


def _verdict(verdict: Verdict) -> dict[str, object]:
    way = verdict.way
    return {
        "strategy": way.strategy,
        "label": way.label,
        "fits": verdict.fits,
        "reasons": say.reasons(verdict),
        "peak_bytes": _prediction(verdict.peak),
        "delta_bytes": _prediction(verdict.delta),
        "wall_seconds": _prediction(verdict.wall),
        "offers": None if way.offers is None else sorted(way.offers),
        "gives_up": None if verdict.gives_up is None else list(verdict.gives_up),
        "lacks": list(verdict.lacks),
    }


def _prediction(prediction: Prediction | None) -> dict[str, object] | None:
    if prediction is None:
        return None
    return {
        "value": prediction.value,
        "margin": prediction.margin,
        "high": prediction.high,
        "basis": prediction.basis.value,
    }


def _rungs(rungs: Iterable[Rung]) -> list[dict[str, object]]:
    return [{"from": rung.start, "recommended": rung.winner} for rung in rungs]


def _others(others: Iterable[Other]) -> list[dict[str, object]]:
    return [{"need": other.need, "recommended": other.winner} for other in others]
