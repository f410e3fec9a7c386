"""Which share of copies is called different: by fewer repeats too, and by `diff`. Pure."""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from harness.analysis.difference import COMPARED, Outcome, between
from harness.model.metrics import METRICS
from harness.model.sample import FEWEST_TIMES, Sample, differ

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from harness.model.run import Run

TIMED = ("wall", "load", "paused_wall")
"""The metrics that are shown."""


class Called(NamedTuple):
    """Of a metric at so many repeats, which shares of the pairs were called different.

    `windows` are the parts of the run that have so many; the shares are of the pairs in all of
    them. `equal` are pairs of equal copies, `first` those with the first copy in them; `slower` are
    pairs of an equal and a slower copy.
    """

    metric: str
    repeats: int
    windows: int
    equal: float
    first: float
    slower: float


class Changed(NamedTuple):
    """Of a metric, which shares of the copies `diff` finds changed from one half to the other."""

    metric: str
    repeats: int
    equal: float
    slower: float


def called(equal: Sequence[Sample], slower: Sequence[Sample]) -> Iterator[Called]:
    """Yield what is called different: by FEWEST_TIMES repeats, by two more, and so on, and by all.

    Raises ValueError where the samples do not have as many repeats.
    """
    (most,) = {sample.n for sample in (*equal, *slower)}
    for repeats in dict.fromkeys((*range(FEWEST_TIMES, most, 2), most)):
        starts = range(most - repeats + 1)
        parts = [
            [[_part(one, start, repeats) for one in samples] for samples in (equal, slower)]
            for start in starts
        ]
        yield Called(
            equal[0].metric.key,
            repeats,
            len(starts),
            _share(pair for alike, _ in parts for pair in combinations(alike, 2)),
            _share((alike[0], other) for alike, _ in parts for other in alike[1:]),
            _share(pair for alike, slow in parts for pair in product(slow, alike)),
        )


def _part(one: Sample, start: int, repeats: int) -> Sample:
    return Sample(one.metric, one.values[start : start + repeats])


def _share(pairs: Iterable[tuple[Sample, Sample]]) -> float:
    """Return of how many it is known that they differ, as a share of all; 0 of none."""
    found = [differ(*pair) is True for pair in pairs]
    return sum(found) / len(found) if found else 0.0


def changed(run: Run, equal: Sequence[str], slower: Sequence[str]) -> Iterator[Changed]:
    """Yield what `diff` finds between the halves of the run, if they have repeats enough.

    In the second half, slower copies stand under the names of equal ones, each alone, where it is
    asked whether they are found.
    """
    half = (max(m.cell.repeat for m in run.measurements) + 1) // 2
    if half < FEWEST_TIMES:
        return
    run = replace(run, header=replace(run.header, reference=equal[0]))
    before, after = _only(run, range(half)), _only(run, range(half, 2 * half))
    in_turn = dict(zip(slower, equal[1:], strict=False))
    slow = _renamed(after, in_turn)
    for key in filter(COMPARED.__contains__, TIMED):
        yield Changed(
            key,
            half,
            _share_changed(before, after, key, equal),
            _share_changed(before, slow, key, in_turn.values()),
        )


def _only(run: Run, repeats: range) -> Run:
    return replace(run, measurements=[m for m in run.measurements if m.cell.repeat in repeats])


def _renamed(run: Run, names: Mapping[str, str]) -> Run:
    """Return the run in which those have other names, in place of what had these."""
    found = [
        replace(m, cell=replace(m.cell, name=names.get(m.cell.name, m.cell.name)))
        for m in run.measurements
        if m.cell.name not in names.values()
    ]
    return replace(run, measurements=found)


def _share_changed(before: Run, after: Run, key: str, names: Iterable[str]) -> float:
    chosen = set(names)
    changes = between(before, after, [METRICS[key]]).changes
    found = [c.outcome is Outcome.CHANGED for c in changes if c.subject.name in chosen]
    return sum(found) / len(found) if found else 0.0
