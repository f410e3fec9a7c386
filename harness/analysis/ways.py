"""What a run knows of each strategy: its figures by size, what it offers, where it failed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from callmeter.errors import UsageError
from harness.analysis.prediction import Point
from harness.model import compare
from harness.payroll import yardsticks as baselines
from harness.payroll.verify import BrokenContractError
from harness.runner.plan import Consume

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.model.compare import Row
    from harness.model.run import Run


class Judged(NamedTuple):
    """The figures of a meter that memory is judged by, and what its peak is called."""

    peak: str
    delta: str
    said: str


JUDGED_BY = {
    "allocator": Judged(
        "allocator_peak_bytes",
        "allocator_delta_bytes",
        "the peak of all allocations, native memory included (memray)",
    ),
    "tracemalloc": Judged(
        "peak_bytes",
        "delta_bytes",
        "the peak as tracemalloc counts: Python's allocators, not native memory",
    ),
    "rss": Judged(
        "rss_peak_bytes",
        "rss_delta_bytes",
        "the peak of resident memory, which is what a container's limit counts",
    ),
}
"""By meter; the first that a run has is the one to judge by, if none is named."""
TIME = "wall_seconds"
BREACH = BrokenContractError.__name__
"""How the error of a strategy that gives wrong values begins."""


@dataclass(frozen=True)
class Payrolls:
    """Which payrolls of a run to learn from."""

    components: int = 6
    profile: str = "realistic"


class Failure(NamedTuple):
    """What went wrong at a payroll of so many entries, and from how many on it counts."""

    entries: int
    since: int
    error: str


@dataclass(frozen=True)
class Way:
    """A strategy as a run knows it: its figures at each size, and what it offers (None: unknown).

    `failures` are of single sizes; `unmeasured` says why there is nothing to judge it by at all.
    """

    strategy: str
    label: str
    offers: frozenset[str] | None
    peak: tuple[Point, ...] = ()
    delta: tuple[Point, ...] = ()
    wall: tuple[Point, ...] = ()
    failures: tuple[Failure, ...] = ()
    unmeasured: str | None = None

    def unmeasured_at(self, entries: int) -> str | None:
        """Say why it cannot be judged at that size: it failed there, or at a smaller one."""
        counted = [each for each in self.failures if each.since <= entries]
        said = (
            f"{each.error}{f' at {each.entries:,} entries' * (each.entries != entries)}"
            for each in counted
        )
        return "; ".join(dict.fromkeys(said)) or self.unmeasured


def meter_to_judge_by(run: Run, meter: str | None, *, timed: bool = False) -> str:
    """Give the meter of that name, or the best that the run has.

    Raises UsageError if the run lacks it, or times although they are needed.
    """
    figures = {name for each in run.measurements for name in each.figures}
    has = [name for name, judged in JUDGED_BY.items() if judged.peak in figures]
    if not has or (meter and meter not in has):
        missing = f"figures of the meter {meter}" if meter else "memory figures"
        known = f"; it has: {', '.join(has)}" if has else ""
        raise UsageError(f"the run has no {missing}{known}")
    if timed and TIME not in figures:
        raise UsageError("the run has no times; measure with --meter clock, or leave out --time")
    return meter or has[0]


def check_is_of_strategies(run: Run) -> None:
    """Raise UsageError for a run of the user's own functions: no payroll is theirs to read."""
    if not all(each.cell.workload.is_payroll for each in run.measurements):
        raise UsageError(
            "the run is of functions of your own, not of strategies; see it with `report`, compare "
            "two with `diff`, and hold the line with `check` or a test (docs/hold-the-line.md)"
        )


def ways(
    run: Run, of: Payrolls, meter: str, offers: Mapping[str, Iterable[str] | None]
) -> list[Way]:
    """Give every strategy that the run measured, as lists, on such payrolls; no baselines.

    Raises UsageError if there are none.
    """
    check_is_of_strategies(run)
    found: dict[str, list[Row]] = {}
    for row in compare.rows(run):
        asked = (row["components"], row["profile"], row["consume"])
        is_asked = asked == (of.components, of.profile, Consume.HOLD)
        if row["strategy"] not in baselines.ALL and is_asked:
            found.setdefault(row["strategy"], []).append(row)
    if not found:
        raise UsageError(
            f"the run has no lists of {of.components} components and profile {of.profile}; "
            f"it has: {_measured_payrolls(run)}"
        )
    return [_way(name, rows, meter, offers.get(name)) for name, rows in found.items()]


def _way(name: str, rows: list[Row], meter: str, offers: Iterable[str] | None) -> Way:
    figures = JUDGED_BY[meter]
    known = None if offers is None else frozenset(offers)
    peak = _points(rows, figures.peak)
    failures = tuple(_failure(row) for row in rows if row["error"])
    missing = [row["unavailable"] for row in rows if row["unavailable"]]
    unmeasured = None if peak else "; ".join([*missing, f"no {meter}"])
    points = peak, _points(rows, figures.delta), _points(rows, TIME)
    return Way(name, rows[0]["label"], known, *points, failures, unmeasured)


def _failure(row: Row) -> Failure:
    """Give a size's failure: it counts from that size on, but a broken contract at every size."""
    is_breach = row["error"].startswith(BREACH)
    return Failure(row["entries"], 0 if is_breach else row["entries"], row["error"])


def _points(rows: list[Row], figure: str) -> tuple[Point, ...]:
    """Give the medians; the margin is that of the repeats, but no less than they may differ by."""
    points = []
    for row in rows:
        value = row.get(figure)
        if value is not None and value > 0:
            reach = max(row[f"{figure}_high"] - value, value - row[f"{figure}_low"])
            margin = max(reach / value, compare.repeats_within(figure))
            points.append(Point(row["entries"], value, margin))
    return tuple(points)


def _measured_payrolls(run: Run) -> str:
    known = dict.fromkeys(
        f"{'streams' if row['consume'] != Consume.HOLD else 'lists'} of {row['components']} "
        f"components and profile {row['profile']}"
        for row in compare.rows(run)
    )
    return ", ".join(known) or "no measurement"
