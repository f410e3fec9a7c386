"""A decision as data, for scripts. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.analysis.choice import RULE
from harness.model.metrics import METRICS, PEAKS, TIME
from harness.report import busy
from harness.report import judgement as words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.analysis.choice import Decision, Judgement, Limits
    from harness.analysis.thresholds import Answers, Threshold


def budget(decision: Decision) -> str:
    """Return the option that the memory budget is of."""
    return "--container" if decision.limits.service else "--memory"


def of(decision: Decision, found: Answers, notes: list[str]) -> dict[str, Any]:
    """Return the object of `--format json`, whose rows are the lines of a CSV file too."""
    names = [judgement.strategy for judgement in decision.fitting]
    return {
        "run": decision.source.run,
        "command": decision.source.command,
        "environment": decision.run.header.environment,
        "busy": busy.data(decision.run),
        "limits": _limits(decision.limits) | decision.payrolls._asdict(),
        "judged_by": decision.metric,
        "rule": RULE,
        "recommended": next(iter(names), None),
        "runner_up": next(iter(names[1:]), None),
        "rows": [_row(judgement, decision.metric) for judgement in decision.judgements],
        "answers": {
            budget(decision).replace("--", "by_"): _thresholds(found.by_memory),
            "by_time": _thresholds(found.by_time),
            "by_entries": _thresholds(found.by_entries),
            "by_at_once": _thresholds(found.by_at_once),
            "without_need": found.without_need,
            "with_need": found.with_need,
        },
        "notes": notes,
    }


def _limits(limits: Limits) -> dict[str, Any]:
    """Return the limits as fields: of the memory of one call, or of a container."""
    service = limits.service
    return {
        "entries": limits.entries,
        "memory": None if service else limits.memory,
        "container": limits.memory if service else None,
        "at_once": limits.at_once,
        "base": service.base if service else None,
        "time": limits.time,
        "needs": limits.needs,
    }


def _row(judgement: Judgement, peak: str) -> dict[str, Any]:
    candidate, need, base = judgement.candidate, judgement.need, judgement.base
    time = TIME if judgement.limits.at_once == 1 else "slowest"
    predictions = {peak: judgement.peak, PEAKS[peak]: judgement.retained, time: judgement.wall}
    is_of_container = judgement.limits.service is not None
    return {
        "strategy": judgement.strategy,
        "label": candidate.label,
        "error": judgement.unmeasured,
        "fits": judgement.fits,
        "reasons": words.reasons(judgement),
        "base": base._asdict() | {"high": base.high} if base and is_of_container else None,
        "need": {"value": need.value, "high": need.high} if need else None,
        "headroom": judgement.limits.memory - need.high if need else None,
        "metrics": {
            key: found and found._asdict() | {"high": found.high, "unit": METRICS[key].unit}
            for key, found in predictions.items()
        },
        "offers": None if candidate.offers is None else sorted(candidate.offers),
        "gives_up": None if judgement.gives_up is None else list(judgement.gives_up),
        "lacks": list(judgement.lacks),
    }


def _thresholds(found: Sequence[Threshold]) -> list[dict[str, Any]]:
    return [{"from": start, "recommended": winner} for start, winner in found]
