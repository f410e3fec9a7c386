"""What changed between two runs, and what the noise of both does not let anyone say."""

from __future__ import annotations

import pytest

from harness.analysis.difference import Change, Difference, Setting, Verdict, between
from harness.model import run as results
from harness.model.figures import FIGURES
from harness.model.run import Measurement, Run
from harness.runner.plan import FLOOR, REFERENCE
from support import MACHINE, ROOT, a_cell, a_run, failed, memory, times, with_baselines

PUBLISHED = results.read(ROOT / "results" / "default.jsonl")


def change(before: Run, after: Run, figure: str, strategy: str = "lean") -> Change:
    found = between(before, after).changes
    return next(c for c in found if (c.place.strategy, c.figure.word) == (strategy, figure))


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ((4e6, 4e6), (5e6, 5e6), Verdict.CHANGED),
        ((4e6, 4e6), (4.019e6, 4.019e6), Verdict.ALIKE),  # 0.5%: what repeats differ by
        ((4e6, 4e6), (4.021e6, 4.021e6), Verdict.CHANGED),
        ((4e6, 4e6), (3.9e6, 3.9e6), Verdict.CHANGED),
        ((4e6, 5e6), (4.9e6, 6e6), Verdict.ALIKE),  # the ranges overlap
        ((4e6,), (5e6,), Verdict.CHANGED),  # memory repeats well: once is enough
        ((0.0, 0.0), (1e6, 1e6), Verdict.CHANGED),
    ],
)
def test_memory(before: tuple[float, ...], after: tuple[float, ...], verdict: Verdict) -> None:
    found = change(a_run(*memory("lean", *before)), a_run(*memory("lean", *after)), "peak")
    assert found.verdict is verdict


def test_resident_memory_has_a_mebibyte_of_slack() -> None:
    def rss(peak: float) -> Run:
        return a_run(Measurement(a_cell("lean", "rss"), {"rss_peak_bytes": peak}))

    assert change(rss(2e6), rss(3e6), "rss").verdict is Verdict.ALIKE
    assert change(rss(20e6), rss(23e6), "rss").verdict is Verdict.CHANGED


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ((0.05, 0.05, 0.05), (0.10, 0.10, 0.10), Verdict.CHANGED),
        ((0.05, 0.05, 0.05), (0.054, 0.054, 0.054), Verdict.ALIKE),
        ((0.04, 0.05, 0.09), (0.05, 0.07, 0.08), Verdict.ALIKE),  # the quartiles overlap
        ((0.05, 0.05), (0.10, 0.10, 0.10), Verdict.UNKNOWN),
        ((0.05, 0.05, 0.05), (0.10,), Verdict.UNKNOWN),
    ],
)
def test_time(before: tuple[float, ...], after: tuple[float, ...], verdict: Verdict) -> None:
    first, second = (with_baselines(*times("lean", *walls)) for walls in (before, after))
    assert change(first, second, "time").verdict is verdict


def test_a_machine_twice_as_slow_changes_no_time() -> None:
    first = a_run(*times(REFERENCE, 1.0, 1.0, 1.0), *times("lean", 0.5, 0.5, 0.5))
    second = a_run(*times(REFERENCE, 2.0, 2.0, 2.0), *times("lean", 1.0, 1.0, 1.0))
    found = change(first, second, "time")
    assert found.before.value == found.after.value == 0.5
    assert found.after.seconds == 1.0
    assert found.verdict is Verdict.ALIKE
    of_reference = {c.figure.word for c in between(first, second).changes} - {"gc"}
    assert of_reference == {"time", "cpu"}  # lean's; the reference's are what they are a ratio to


def test_times_without_a_reference_are_not_compared() -> None:
    run = a_run(*times("lean", 1.0, 1.0, 1.0))
    assert {c.figure.word for c in between(run, run).changes} == {"gc"}


def test_a_noisy_reference_is_noise_too() -> None:
    first = a_run(*times(REFERENCE, 0.8, 1.0, 1.6), *times("lean", 0.5, 0.5, 0.5))
    second = a_run(*times(REFERENCE, 0.7, 0.8, 1.2), *times("lean", 0.5, 0.5, 0.5))
    assert change(first, second, "time").verdict is Verdict.ALIKE


def test_the_environment() -> None:
    first, second = a_run(sqlalchemy="2.0.40"), a_run(**MACHINE)
    found = between(first, second)
    assert found.settings[0] == Setting("sqlalchemy", "2.0.40", "2.1.9")
    assert Setting("cores", None, "2") in found.settings
    assert not found.is_same_machine
    assert between(second, second).is_same_machine
    assert not between(first, first).is_same_machine  # nobody said which


def test_what_only_one_run_has_is_named() -> None:
    first = with_baselines(*memory("gone", 1e6), *memory("lean", 1e6), *times("lean", 1, 1, 1))
    second = with_baselines(
        *memory("new", 1e6), *memory("lean", 1e6), *memory("lean", 2e6, entries=5)
    )
    found = {
        (
            each.place.strategy,
            each.place.workload.size,
            each.figure and each.figure.word,
            each.second,
        )
        for each in between(first, second).only_in
    }
    assert found == {
        ("gone", 1000, None, False),
        ("lean", 1000, "time", False),
        ("lean", 1000, "cpu", False),
        ("lean", 1000, "gc", False),
        ("new", 1000, None, True),
        ("lean", 5, None, True),
    }


def test_a_failure_is_told_and_its_figures_are_not_missing() -> None:
    found = between(a_run(*memory("lean", 1e6)), a_run(failed("lean", "raised")))
    assert [(each.place.strategy, each.error, each.second) for each in found.failures] == [
        ("lean", "raised", True)
    ]
    assert found.changes == found.only_in == []


def test_ratios_to_a_floor_that_changed() -> None:
    lean = memory("lean", 4e6, 4e6)
    found = between(a_run(*memory(FLOOR, 2e6), *lean), a_run(*memory(FLOOR, 3e6), *lean))
    by_figure = {(c.place.strategy, c.figure.word): c for c in found.changes}
    assert found.floor_changed(by_figure["lean", "peak"])
    assert not found.floor_changed(by_figure["lean", "delta"])
    assert by_figure["lean", "peak"].before.x_floor == 2


def test_a_run_is_no_different_from_itself() -> None:
    found: Difference = between(PUBLISHED, PUBLISHED)
    assert {c.verdict for c in found.changes} == {Verdict.ALIKE}
    assert {c.ratio for c in found.changes} <= {1.0, None}
    assert found.settings == found.only_in == found.failures == []
    assert found.cut_short == (None, None)


def test_every_figure_is_one_that_its_meter_gives() -> None:
    given = {(m.cell.meter, name) for m in PUBLISHED.measurements for name in m.figures}
    fields = {(figure.meter, figure.field.replace("gc_share", "gc_seconds")) for figure in FIGURES}
    assert fields <= given
