"""What may get worse by how much, and what did. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from callmeter.errors import UsageError, unknown
from harness.analysis.difference import Verdict
from harness.model.compare import FEWEST_TIMES, repeats_within
from harness.model.figures import FIGURES, Figure, Place, sides_of
from harness.payroll import yardsticks as baselines

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from harness.analysis.difference import Change, Difference
    from harness.model.run import Run
    from harness.runner.plan import Cell, Workload

DEFAULTS = ("peak:5%", "delta:5%")
"""Memory by tracemalloc, which is quick to measure and repeats within 0.5%."""

LIMITED = {figure.word: figure for figure in FIGURES if not figure.is_share}
"""What can be limited, by its word; a share of the time is not an amount."""

WORD = re.compile(
    r"((?P<name>.+)=)?(?P<figure>[^:=]*):(?P<percent>\d+(\.\d+)?)%", re.ASCII | re.DOTALL
)


class Limit(NamedTuple):
    """A figure, and by what share of the baseline's it may grow: no less than memory repeats to.

    Of the strategy or target of that name only, if there is one.
    """

    figure: Figure
    share: float
    name: str = ""


class Worse(NamedTuple):
    """A change beyond its limit; `is_sure`, if the repeats leave no doubt."""

    change: Change
    limit: Limit
    is_sure: bool


class Gate(NamedTuple):
    """What was judged by which limits, and what was found.

    `worse` fails the gate, and so does `failed`: strategies without the figures to judge, each
    with the reason. `doubtful` is beyond its limit by the median and not by the repeats: times.
    """

    limits: list[Limit]
    judged: int
    worse: list[Worse]
    doubtful: list[Worse]
    failed: list[str]

    @property
    def is_passed(self) -> bool:
        """Whether nothing is worse, and nothing is missing."""
        return not self.worse and not self.failed


def limits(words: Sequence[str]) -> list[Limit]:
    """Read `peak:5%` and `slotted=peak:2%`; raises UsageError for what is none, or comes twice."""
    found: dict[tuple[str, str], Limit] = {}
    for word in words:
        match = WORD.fullmatch(word)
        figure_word = match["figure"] if match else word.partition(":")[0]
        if figure_word not in LIMITED:
            raise unknown("figure to fail on", figure_word, LIMITED)
        if not match:
            raise UsageError(
                f"--fail-on {word!r} is not a figure and a percentage, as {figure_word}:5%"
            )
        key = (match["name"] or "", figure_word)
        if key in found:
            raise UsageError(f"--fail-on limits {' '.join(filter(None, key))} twice")
        figure, share = LIMITED[figure_word], float(match["percent"]) / 100
        least = repeats_within(figure.field) if figure.is_memory else 0.0
        found[key] = Limit(figure, max(share, least), key[0])
    return list(found.values())


def check_names(chosen: Iterable[Limit], places: Iterable[Place]) -> None:
    """Raise UsageError for a limit of a strategy or target that is not judged."""
    known = list(dict.fromkeys(place.strategy for place in places))
    for limit in chosen:
        if limit.name and limit.name not in known:
            raise unknown("strategy or target to limit", limit.name, known)


def workloads_of(baseline: Run, entries: int | None = None) -> list[Workload]:
    """Give the baseline's payrolls of that size; of its smallest, the quickest, if none is said.

    Of functions, there is one, which has no size. Raises UsageError for a size that it does not
    have.
    """
    workloads = dict.fromkeys(m.cell.workload for m in baseline.measurements if m.figures)
    sizes = sorted({each.size for each in workloads if each.size is not None})
    if workloads and not sizes and entries is None:
        return list(workloads)
    if not sizes:
        raise UsageError("the baseline has no figures")
    if entries is not None and entries not in sizes:
        there = ", ".join(map(str, sizes))
        raise UsageError(f"the baseline has no payroll of {entries} entries; it has {there}")
    size = sizes[0] if entries is None else entries
    return [workload for workload in workloads if workload.size == size]


def names_of(
    baseline: Run, workloads: Collection[Workload], names: Sequence[str] | None
) -> list[str]:
    """Give the strategies or targets to judge: those named, or all that did not fail there.

    Raises UsageError for one that the baseline does not have, or that failed in it; and for a file
    that only the baseline names: a run may come from anywhere, and to measure a file executes it.
    """
    known, broken = _known_and_broken(baseline, workloads)
    for name in names or ():
        if name not in known:
            raise unknown("strategy or target in the baseline", name, known)
        if name in broken:
            raise UsageError(f"{name} failed in the baseline: there is nothing to compare it with")
    wanted = list(dict.fromkeys(names or names_judged(baseline, workloads)))
    files = [name for name in wanted if name.endswith(".py")]
    if files and not names:
        raise UsageError(
            f"the baseline names a file, {files[0]!r}; a file is executed only where you name it: "
            "name each strategy to judge"
        )
    return wanted


def names_judged(baseline: Run, workloads: Collection[Workload]) -> list[str]:
    """Give the strategies and targets that did not fail; raises UsageError for none."""
    known, broken = _known_and_broken(baseline, workloads)
    wanted = [name for name in known if name not in broken]
    if not wanted:
        raise UsageError("the baseline has nothing that did not fail")
    return wanted


def _known_and_broken(baseline: Run, workloads: Collection[Workload]) -> tuple[list[str], set[str]]:
    """Return the strategies and targets at those workloads, and those that failed there."""
    found = [m for m in baseline.measurements if m.cell.workload in workloads]
    names = dict.fromkeys(m.cell.strategy for m in found if m.cell.strategy not in baselines.ALL)
    return list(names), {m.cell.strategy for m in found if m.error}


def only(baseline: Run, cells: Iterable[Cell]) -> Run:
    """Give the part of the baseline that those cells measure again."""
    wanted = {(cell.workload, cell.strategy) for cell in cells}
    kept = [m for m in baseline.measurements if (m.cell.workload, m.cell.strategy) in wanted]
    header = msgspec.structs.replace(baseline.header, cells=len(kept))
    return msgspec.structs.replace(baseline, header=header, measurements=kept)


def to_judge(baseline: Run, wanted: Collection[str], chosen: Sequence[Limit]) -> list[Place]:
    """Give the strategies to judge; raises UsageError where the baseline lacks their figures."""
    sides = dict(sides_of(baseline, FIGURES))
    cells = [m.cell for m in baseline.measurements if m.cell.strategy in wanted]
    places = list(dict.fromkeys(Place(c.workload, c.consume.value, c.strategy) for c in cells))
    check_names(chosen, places)
    reference = baseline.header.reference
    pairs = [
        (place, limit.figure)
        for place in places
        for limit in limits_for(place, chosen)
        if _is_judged(place, limit, reference)
    ]
    if not pairs:
        raise UsageError(f"nothing to judge: {reference} is what times are a ratio to")
    for place, figure in pairs:
        side = sides.get((place, figure))
        at = f"at {place.workload.size:,} entries" if place.workload.size else ""
        if side is None:
            there = [word for word, each in LIMITED.items() if (place, each) in sides]
            raise UsageError(
                f"the baseline has no {figure.word} of {f'{place.strategy} {at}'.rstrip()}; "
                f"it has {', '.join(there) or 'none of its figures'}"
            )
        if not figure.is_memory and side.repeats < FEWEST_TIMES:
            raise UsageError(
                f"the baseline has {side.repeats} of the {FEWEST_TIMES} repeats from which the "
                f"{figure.word} of {place.strategy} is judged"
            )
    return places


def judged(difference: Difference, places: Sequence[Place], chosen: Sequence[Limit]) -> Gate:
    """Hold each of those strategies against the limits.

    Memory beyond its limit fails also where its repeats differ: who cannot repeat a figure cannot
    vouch for it. A time must be beyond the noise as well.
    """
    by_key = {(change.place, change.figure): change for change in difference.changes}
    gate = Gate(list(chosen), len(places), [], [], list(_failed(difference)))
    errors = {failure.place for failure in difference.failures if failure.second}
    reference = difference.runs[0].header.reference
    for place in places:
        if counts := _other_count(place, difference):
            gate.failed.append(counts)
            continue
        for limit in limits_for(place, chosen):
            change = by_key.get((place, limit.figure))
            if place in errors or not _is_judged(place, limit, reference):
                continue
            if change is None:
                gate.failed.append(f"{place.strategy}: its {limit.figure.word} was not measured")
            elif is_beyond(change, limit):
                sure = change.verdict is Verdict.CHANGED
                fails = sure or limit.figure.is_memory
                (gate.worse if fails else gate.doubtful).append(Worse(change, limit, sure))
    return gate


def is_beyond(change: Change, limit: Limit) -> bool:
    """Tell whether the figure grew by more than the limit, and than the figure's slack."""
    grown = change.after.value - change.before.value
    return grown > max(limit.share * max(change.before.value, 0), limit.figure.slack)


def limits_for(place: Place, chosen: Iterable[Limit]) -> list[Limit]:
    """Give the limits of a strategy or target: its own before those of all."""
    found: dict[Figure, Limit] = {}
    for limit in chosen:
        if limit.name == place.strategy or (not limit.name and limit.figure not in found):
            found[limit.figure] = limit
    return list(found.values())


def _is_judged(place: Place, limit: Limit, reference: str) -> bool:
    return limit.figure.is_memory or place.strategy != reference


def _other_count(place: Place, difference: Difference) -> str | None:
    """Say that a function gives another number of items than in the baseline, if it does."""
    if place.workload.is_payroll:
        return None
    counts = {
        (change.before.items, change.after.items)
        for change in difference.changes
        if change.place == place and None not in (change.before.items, change.after.items)
    }
    for before, after in counts:
        if before != after:
            return (
                f"{place.strategy}: it gives {after:,} items, and gave {before:,} in the baseline: "
                "the figures are of different work"
            )
    return None


def _failed(difference: Difference) -> Iterator[str]:
    for failure in difference.failures:
        if failure.second:
            yield f"{failure.place.strategy}: {failure.error}"
