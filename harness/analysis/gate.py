"""What may get worse by how much, and what did. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from callmeter.errors import UsageError, unknown
from callmeter.meters import SHARE
from harness.analysis.difference import COMPARED, Outcome, values
from harness.model.cell import kind_of, plural
from harness.model.sample import FEWEST_TIMES
from harness.model.summary import summaries

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from callmeter.meters import Metric
    from harness.analysis.difference import Change, Difference, Values
    from harness.model.cell import Subject
    from harness.model.run import Run
    from harness.model.summary import Summary

DEFAULTS = (
    ("traced_peak:5%", "traced_retained:5%"),
    ("peak:5%", "retained:5%"),
    ("rss_peak:5%",),
)
"""The limits where none is given: memory by tracemalloc, quick to measure; of all; or resident."""

LIMITED = {key: metric for key, metric in COMPARED.items() if metric.unit != SHARE}
"""What can be limited, by its key; a share of the time is not an amount."""

WORD = re.compile(
    r"((?P<name>.+)=)?(?P<key>[^:=]*):(?P<percent>\d+(\.\d+)?)%", re.ASCII | re.DOTALL
)


class Limit(NamedTuple):
    """A metric, and by what share of the baseline's it may grow: no less than memory repeats to.

    `name` is the strategy or target that is limited; all are, where it is empty.
    """

    metric: Metric
    share: float
    name: str = ""


class Worse(NamedTuple):
    """A change beyond its limit."""

    change: Change
    limit: Limit


class Gate(NamedTuple):
    """What was judged by which limits, and what was found.

    `worse` fails the gate, and so does `failed`: what has no values to judge, with the reason.
    `doubtful` is beyond its limit by the median and not by the repeats: times.
    """

    limits: list[Limit]
    subjects: list[Subject]
    worse: list[Worse]
    doubtful: list[Worse]
    failed: list[str]

    @property
    def is_passed(self) -> bool:
        """Whether nothing is worse, and nothing is missing."""
        return not self.worse and not self.failed


def defaults(baseline: Run) -> tuple[str, ...]:
    """Return the first of DEFAULTS whose peak the baseline has."""
    measured = {f"{key}:5%" for measurement in baseline.measurements for key in measurement.values}
    return next((words for words in DEFAULTS if words[0] in measured), DEFAULTS[0])


def limits(words: Iterable[str]) -> list[Limit]:
    """Return the limits that `peak:5%` and `slotted=peak:2%` are.

    Raises UsageError for a word that is none, and for a metric that is limited twice.
    """
    found: dict[tuple[str, str], Limit] = {}
    for word in words:
        match = WORD.fullmatch(word)
        key = match["key"] if match else word.partition(":")[0]
        if key not in LIMITED:
            raise unknown("metric to fail on", key, LIMITED)
        if not match:
            raise UsageError(f"--fail-on {word!r} is not a metric and a percentage, as {key}:5%")
        name, metric, share = match["name"] or "", LIMITED[key], float(match["percent"]) / 100
        if (name, key) in found:
            raise UsageError(f"--fail-on limits {f'{name} {key}'.lstrip()} twice")
        least = metric.tolerance if metric.is_memory else 0.0
        found[name, key] = Limit(metric, max(share, least), name)
    return list(found.values())


def to_judge(baseline: Run, names: Collection[str], chosen: Sequence[Limit]) -> list[Subject]:
    """Return what is to be judged; raises UsageError where the baseline lacks its values."""
    found = [summary for summary in summaries(baseline) if summary.name in names]
    known = list(dict.fromkeys(summary.name for summary in found))
    for limit in chosen:
        if limit.name and limit.name not in known:
            kind = kind_of(summary.workload for summary in found)
            raise unknown(f"{kind} to limit", limit.name, known)
    held = [(one, limit) for one in found for limit in _held(one.subject, chosen, baseline)]
    if not held:
        reference = baseline.header.reference
        raise UsageError(f"nothing to judge: {reference} is what times are a ratio to")
    there = values(found, LIMITED.values())
    for one, limit in held:
        _check(one, limit.metric, there)
    return [summary.subject for summary in found]


def _check(one: Summary, metric: Metric, there: Values) -> None:
    """Raise UsageError for a metric that the baseline does not have, or not often enough."""
    value, size = there.get((one.subject, metric)), one.workload.size
    if value is None:
        at = f" at {size:,} {plural('entry', size)}" if size else ""
        others = ", ".join(key for key in one.samples if key in LIMITED)
        raise UsageError(
            f"the baseline has no {metric.key} of {one.name}{at}; it has {others or 'none'}"
        )
    if not metric.is_memory and value.repeats < FEWEST_TIMES:
        raise UsageError(
            f"the baseline has {value.repeats} of the {FEWEST_TIMES} repeats from which the "
            f"{metric.key} of {one.name} is judged"
        )


def judged(difference: Difference, subjects: Sequence[Subject], chosen: Sequence[Limit]) -> Gate:
    """Hold each of those subjects against the limits.

    Memory beyond its limit fails also where its repeats differ: who cannot repeat a value cannot
    vouch for it. A time must be beyond the noise as well.
    """
    changes = {(change.subject, change.metric): change for change in difference.changes}
    failed = {missing.subject: missing.error for missing in difference.failures if missing.run == 1}
    failed = {**_other_counts(difference, subjects), **failed}
    reasons = [f"{subject.name}: {reason}" for subject, reason in failed.items()]
    gate = Gate(list(chosen), list(subjects), [], [], reasons)
    for subject in subjects:
        for limit in _held(subject, chosen, difference.runs[0]) if subject not in failed else ():
            change = changes.get((subject, limit.metric))
            if change is None:
                reasons.append(f"{subject.name}: its {limit.metric.key} was not measured")
            elif _is_beyond(change, limit):
                fails = change.outcome is Outcome.CHANGED or limit.metric.is_memory
                (gate.worse if fails else gate.doubtful).append(Worse(change, limit))
    return gate


def _other_counts(difference: Difference, subjects: Iterable[Subject]) -> dict[Subject, str]:
    """Return what does other work than in the baseline, by the number of items it returns."""
    before, after = ({s.subject: s.items for s in summaries(run)} for run in difference.runs)
    return {
        subject: f"it returns {now:,} items, and returned {then:,} in the baseline: other work"
        for subject in subjects
        if (then := before.get(subject)) is not None
        if (now := after.get(subject)) is not None and now != then
    }


def _is_beyond(change: Change, limit: Limit) -> bool:
    grown = change.after.median - change.before.median
    return grown > max(limit.share * max(change.before.median, 0), limit.metric.resolution)


def _held(subject: Subject, chosen: Iterable[Limit], baseline: Run) -> list[Limit]:
    """Return the limits that hold for the subject: those of its name before those of all.

    Times of the reference have none, as they are what the others are a ratio to.
    """
    mine = [limit for limit in chosen if limit.name in ("", subject.name)]
    found = {limit.metric: limit for limit in sorted(mine, key=lambda limit: limit.name)}
    is_reference = subject.name == baseline.header.reference
    return [limit for limit in found.values() if limit.metric.is_memory or not is_reference]
