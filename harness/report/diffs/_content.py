"""What every format says of two runs: settings, changes in words, what only one run has."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.analysis.difference import Verdict
from harness.model.compare import FEWEST_TIMES
from harness.report.words import faster, megabytes, ran_on, short, smaller, title_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.analysis.difference import Change, Difference, Setting
    from harness.analysis.gate import Gate
    from harness.model.figures import Figure, Place, Side

TITLES = {"sqlalchemy": "SQLAlchemy", "python": "Python", "libc": "C library", "processor": "CPU"}
HEADINGS = ["strategy", "figure", "from", "to", "change"]


@dataclass(frozen=True)
class Shown:
    """What the reader calls the two runs, whether what did not change is wanted, and the gate."""

    names: tuple[str, str] = ("A", "B")
    every: bool = False
    gate: Gate | None = None


def settings(difference: Difference) -> list[str]:
    """Give a line for each thing of the environment that is not the same."""
    return [_setting(each) for each in difference.settings]


def same_environment(difference: Difference) -> str:
    """Say what both runs ran on, where that is the same in all."""
    return f"Environment: the same in both. {ran_on(difference.runs[0])}"


def _setting(each: Setting) -> str:
    before, after = (value or "not said" for value in (each.before, each.after))
    return f"{TITLES.get(each.what, each.what.replace('_', ' '))} {before} -> {after}"


def payroll_of(place: Place) -> str:
    """Say which payroll it is."""
    return title_of(place.workload, place.consume)


def by_payroll(difference: Difference) -> dict[str, list[Change]]:
    """Give the changes of each payroll, under a line that says which it is."""
    found: defaultdict[str, list[Change]] = defaultdict(list)
    for change in difference.changes:
        found[payroll_of(change.place)].append(change)
    return found


def table(difference: Difference, changes: list[Change]) -> tuple[list[str], list[list[str]]]:
    """Give headings and cells, a row a change; the last column only where it has something."""
    cells = [
        [
            change.place.strategy,
            change.figure.title,
            side(change, change.before),
            side(change, change.after),
            in_words(change),
            _also(difference, change),
        ]
        for change in changes
    ]
    if any(row[-1] for row in cells):
        return [*HEADINGS, "that is"], cells
    return HEADINGS, [row[:-1] for row in cells]


def side(change: Change, of: Side) -> str:
    """Say a figure of one run: bytes an entry, times the reference's, or a share."""
    figure, place = change.figure, change.place
    if figure.is_share:
        return f"{of.value:.0%} of wall"
    if not figure.is_memory:
        return f"{of.value:.2f}x {short(of.reference)}"
    if place.consume == "fold":
        return f"{megabytes(of.value)} MB"
    if not of.items:
        return f"{megabytes(of.value)} MB"
    return f"{of.value / of.items:,.0f} B/{place.workload.item}"


def in_words(change: Change) -> str:
    """Say the ratio of the second run's figure to the first's: `1.2x larger`, `3.1% smaller`."""
    ratio = change.ratio
    if ratio is None or ratio <= 0:
        return "no ratio"
    is_size = change.figure.is_memory or change.figure.is_share
    said = smaller(1 / ratio) if is_size else faster(1 / ratio)
    if said != "the same" or change.verdict is not Verdict.CHANGED:
        return said
    more, less = ("larger", "smaller") if is_size else ("slower", "faster")
    return f"{abs(ratio - 1):.1%} {more if ratio > 1 else less}"


def _also(difference: Difference, change: Change) -> str:
    """Give the ratios to a floor that changed, or the absolute times of one machine."""
    before, after = change.before, change.after
    if before.x_floor and after.x_floor and difference.floor_changed(change):
        return f"{before.x_floor:.2f} -> {after.x_floor:.2f}x floor"
    if before.seconds and after.seconds and difference.is_same_machine:
        return f"{before.seconds * 1e3:,.0f} -> {after.seconds * 1e3:,.0f} ms *"
    return ""


def alike(changes: Iterable[Change]) -> list[str]:
    """Give a line a figure on what stayed within the noise: of how many, by how much at most."""
    lines = []
    for figure, group in _by_figure(changes, Verdict.ALIKE).items():
        lines.append(f"{figure.title}: {_how_many(group)}, by {_most(group)} at most")
    return lines


def _most(group: list[Change]) -> str:
    """Say the largest change: of shares in points, of all others in percent."""
    if group[0].figure.is_share:
        apart = (abs(each.after.value - each.before.value) for each in group)
        return f"{max(apart) * 100:.0f} percentage points"
    return f"{max((abs(each.ratio - 1) for each in group if each.ratio), default=0):.1%}"


def unknown(changes: Iterable[Change]) -> list[str]:
    """Give a line a figure on what cannot be told."""
    groups = _by_figure(changes, Verdict.UNKNOWN).items()
    return [
        f"{figure.title}: {_how_many(group)}, with fewer than {FEWEST_TIMES} repeats"
        for figure, group in groups
    ]


def _by_figure(changes: Iterable[Change], verdict: Verdict) -> dict[Figure, list[Change]]:
    found: defaultdict[Figure, list[Change]] = defaultdict(list)
    for change in changes:
        if change.verdict is verdict:
            found[change.figure].append(change)
    return found


def _how_many(group: list[Change]) -> str:
    return "1 strategy" if len(group) == 1 else f"{len(group)} strategies"


def missing(difference: Difference, shown: Shown) -> Iterator[str]:
    """Name what only one of the runs has, and what failed, a line each."""
    for run, cut_short in zip(shown.names, difference.cut_short, strict=True):
        if cut_short:
            yield f"INCOMPLETE: {run} was cut short; it has {cut_short}."
    if not difference.changes:
        yield "The two runs have no figure in common."
    names: defaultdict[tuple[bool, str, str], list[str]] = defaultdict(list)
    for each in difference.only_in:
        what = f"the {each.figure.title} of " if each.figure else ""
        names[each.second, payroll_of(each.place), what].append(each.place.strategy)
    for (second, payroll, what), found in names.items():
        yield f"Only in {shown.names[second]}, {payroll}: {what}{', '.join(found)}."
    for failure in difference.failures:
        where = f"in {shown.names[failure.second]}, {payroll_of(failure.place)}"
        yield f"FAILED {where}: {failure.place.strategy}: {failure.error}"


def legend(difference: Difference) -> list[str]:
    """Say how the two runs are compared, of what there is to compare."""
    figures = {change.figure for change in difference.changes}
    reference = short(difference.runs[0].header.reference)
    lines = []
    if any(figure.is_memory for figure in figures):
        lines.append(
            "Memory changed if it did by more than 0.5% (RSS: 5%, and 1 MiB) and the repeats' "
            "ranges do not\noverlap. delta, peak: as tracemalloc counts; of all: native memory too."
        )
    if any(not figure.is_memory for figure in figures):
        lines.append(
            f"Times of two runs are not comparable: each is a ratio to {reference}'s in its own "
            "run. It changed if\nit did by more than 10% and the quartiles do not overlap."
        )
        if difference.is_same_machine:
            lines.append("* absolute times: the same kind of machine, yet another moment.")
    return lines


def without_double_blanks(lines: list[str]) -> list[str]:
    """Give the lines without those empty ones that follow another, or come first."""
    return [line for line, before in zip(lines, ["", *lines], strict=False) if line or before]
