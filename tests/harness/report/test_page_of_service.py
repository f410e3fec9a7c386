"""What is shown of calls at once, and in turn: apart from one call, by the figures of choose."""

from __future__ import annotations

import re
from math import inf

import pytest

from harness.analysis.candidate import RESIDENT, Payrolls, candidates
from harness.analysis.choice import Limits, judge
from harness.analysis.container import Service
from harness.model.cell import FLOOR, REFERENCE, Consume
from harness.model.run import Run
from harness.report import axes, comparison, growth
from harness.report.charts import marks
from harness.report.charts.curves import curves
from harness.report.charts.served_marks import MOST_POINTS, served
from harness.report.document import Table
from harness.report.formats import html, svg
from runs import BASES, STRATEGIES, made_run
from support import a_run, figures_of

RUN = made_run((1000, 10_000), at_once=(1, 4), calls=30, explained=False)
BOTH = made_run((1000,), repetitions=(1, 5), at_once=(1, 4), explained=False)
PAGE = html.write(comparison.document(RUN), 80)
OF_SERVICE = {
    *(f"at_once-{field}-{size}" for field in axes.AT_ONCE.fields for size in (1000, 10_000)),
    *("served-after", "served-highest"),
}


def drawn(run: Run) -> list[marks.Mark]:
    return marks.calls(run, marks.groups(run, "peak"))


def charts(page: str) -> set[str]:
    return set(re.findall(r'<figure data-chart="([\w-]+)"', page))


def test_curves_over_calls_at_once_are_of_all_of_them_on_the_base() -> None:
    found = [curve for curve in curves(drawn(RUN)) if curve.axis is axes.AT_ONCE]
    assert [(curve.field, curve.size, curve.places) for curve in found] == [
        (field, size, (1, 4)) for field in ("together", "throughput") for size in (1000, 10_000)
    ]
    by_place = {(mark["strategy"], mark["entries"], mark["at_once"]): mark for mark in drawn(RUN)}
    # 2,000 B an entry of the floor; 4 at once need 3.25 times as much as one.
    assert by_place["quick", 10_000, 4]["together"] == 2000 * 2 * 10_000 * 3.25 / 1e6 + 80
    assert by_place["quick", 10_000, 4]["more_mb"] == 20
    assert by_place[REFERENCE, 1000, 1]["together"] == 2000 * 8 * 1000 / 1e6 + 60
    # They take turns, so that a second sees no more of them.
    assert by_place["quick", 10_000, 4]["throughput"] == pytest.approx(1 / 0.25)


def test_without_resident_memory_they_are_of_the_peak_that_there_is() -> None:
    run = made_run((1000,), meters=("allocator",), at_once=(1, 4), explained=False)
    found = {mark["at_once"]: mark for mark in drawn(run) if mark["strategy"] == "quick"}
    assert (found[1]["together"], found[4]["together"]) == (4, 13)
    assert marks.basis(run).together == "peak, MB"
    assert charts(html.write(comparison.document(run), 80)) == {
        *("memory", "spread", "at_once-together-1000")
    }


def test_what_is_of_one_call_shows_no_calls_at_once() -> None:
    assert {mark["at_once"] for mark in drawn(RUN) if mark["grows"]} == {1}
    for mark in drawn(BOTH):
        assert (mark["over_repetition"] is None) == (mark["at_once"] > 1)
        assert (mark["over_at_once"] is None) == (mark["repetition"] > 1)
    titles = [block.title for block in growth.blocks(RUN) if isinstance(block, Table)]
    one, four = (
        [title for title in titles if ("4 calls at once" in title) is several]
        for several in (False, True)
    )
    assert len(one) == len(four) > 2
    alone = made_run((1000, 10_000), at_once=(4,), explained=False)
    assert {mark["at_once"] for mark in drawn(alone) if mark["grows"]} == {4}


def test_the_picture_is_of_curves_over_the_first_axis_that_has_some() -> None:
    run = made_run((1000,), at_once=(1, 4), explained=False)
    assert "As more calls are made at once: 1 to 4" in svg.write(comparison.document(run), 80)
    both = svg.write(comparison.document(BOTH), 80)
    assert "pools of values 1x to 5x" in both
    assert "at once" not in both


def test_calls_in_turn_are_shown_as_they_were_or_fewer_points_of_them() -> None:
    found = [one for one in served(RUN, marks.groups(RUN, "peak")) if one["strategy"] == "quick"]
    of_one = [one for one in found if one["payroll"] == 0]
    (series,) = (
        one.series
        for one in RUN.measurements
        if one.series and one.cell.name == "quick" and one.cell.workload == _smallest()
    )
    assert [one["after"] for one in of_one] == [round(value / 1e6, 2) for value in series["after"]]
    assert [one["highest"] for one in of_one] == [4.0] * 30
    many = made_run((1000,), strategies=("quick",), calls=2 * MOST_POINTS + 1, explained=False)
    points = served(many, marks.groups(many, "peak"))
    assert len(points) <= MOST_POINTS
    assert points[-1]["call"] == 2 * MOST_POINTS + 1
    assert max(point["after"] for point in points) == points[-1]["after"]


def _smallest() -> object:
    return min((m.cell.workload for m in RUN.measurements), key=lambda w: (w.size, w.at_once))


def test_the_page_has_a_part_of_it_with_why_memory_is_not_given_back() -> None:
    assert charts(PAGE) >= OF_SERVICE
    part = PAGE.partition('<section id="service"')[2].partition("</section>")[0]
    assert charts(part) == OF_SERVICE
    assert part.count("A worker that served 30 calls in turn: ") == 2 * 4
    assert "malloc_trim(3)" in part
    bare = html.write(comparison.document(made_run(meters=("allocator",), explained=False)), 80)
    assert 'id="service"' not in bare
    assert figures_of(bare)["calculator"] is None


def test_without_a_script_it_shows_what_was_measured_by_the_rule_of_choose() -> None:
    tables = PAGE.partition("<noscript>\n<div")[2].partition("</noscript>")[0].split("<caption>")
    assert len(tables) == 1 + 4
    last = tables[-1]
    assert "at most, 4 at once: 10,000 entries x 6 components, profile realistic" in last
    limits = Limits(10_000, inf, service=Service(4))
    for judged in judge(candidates(RUN, Payrolls(), RESIDENT), limits):
        assert judged.need is not None
        row = rf'<tr data-strategy="{judged.strategy}">.*<td>([\d.,]+)</td></tr>'
        (shown,) = re.findall(row, last)
        assert float(shown.replace(",", "")) == pytest.approx(judged.need.high / 1e6, rel=0.005)


def test_the_calculator_has_every_strategy_of_every_kind_of_payroll() -> None:
    data = figures_of(html.write(comparison.document(BOTH), 80))["calculator"]
    kinds = [kind["title"] for kind in data["kinds"]]
    assert kinds == [f"6 components, profile realistic{pools}" for pools in ("", ", pools 5x")]
    assert data["of"] == [0, 0, 1, 1]
    for kind in data["kinds"]:
        ways = {way["strategy"]: way for way in kind["ways"]}
        assert ways.keys() == STRATEGIES.keys() - {FLOOR}
        assert ways["quick"]["base"]["4"] == [[1000, BASES["quick"], 0.05]] * 2
        assert ways["quick"]["costs"] != ways[REFERENCE]["costs"] == "nothing"


@pytest.mark.parametrize(
    "run",
    [
        made_run((1000,), consume=Consume.FOLD, at_once=(1, 2), explained=False),
        made_run(meters=(), explained=False, errors={"bad": "it is"}),
        a_run(),
    ],
    ids=["streams", "errors", "empty"],
)
def test_there_is_no_calculator_where_nothing_can_be_judged(run: Run) -> None:
    assert figures_of(html.write(comparison.document(run), 80))["calculator"] is None
