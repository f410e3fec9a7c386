"""The page shows what the run has, escaped; what was not measured is left out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from harness.model.cell import FLOOR, REFERENCE, Consume
from harness.model.run import Run
from harness.model.saved import read
from harness.model.summary import summaries
from harness.report.comparison import document
from harness.report.formats import html
from runs import HOSTILE, made_run
from support import figures_of, script_of

if TYPE_CHECKING:
    from pathlib import Path


def written(run: Run, sort: str = "peak") -> str:
    return html.write(document(run, sort=sort), 80)


RUN = made_run()
PAGE = written(RUN)
GROWTH, LAYERS = {"growth-peak", "growth-time"}, {"peak", "retained"}
EVERY_CHART = {"memory", "time", "map", "spread"} | GROWTH | LAYERS


def test_the_figures_of_the_tables_are_those_of_the_summaries() -> None:
    tables = PAGE.split('id="tables"')[1]
    cells: dict[str, set[tuple[str, str]]] = {}
    for name, row in re.findall(r'<tr data-strategy="(\w+)">(.*?)</tr>', tables, re.DOTALL):
        found = re.findall(r'data-field="([\w.]+)" data-value="([^"]*)"', row)
        cells.setdefault(name, set()).update(found)
    assert len(cells) == 5
    for call in summaries(RUN):
        for key in ("peak", "traced_retained", "wall", "gc_share"):
            value = call.value(key)
            assert (key, "" if value is None else str(value)) in cells[call.name]
        assert ("peak.x_floor", str(call.ratio("peak", "floor"))) in cells[call.name]
        ratio = call.ratio("wall", "reference")
        assert ("wall.x_reference", "" if ratio is None else str(ratio)) in cells[call.name]


def test_the_figures_of_the_charts_are_those_of_the_summaries() -> None:
    found = {(call.name, call.workload.size): call for call in summaries(RUN)}
    calls = figures_of(PAGE)["datasets"]["calls"]
    assert len(calls) == len(found) == 10
    for mark in calls:
        call = found[mark["strategy"], mark["entries"]]
        assert mark["peak"] == call.ratio("peak", "floor")
        assert mark.get("time") == call.ratio("wall", "reference")


def test_the_answer_comes_first() -> None:
    answer = PAGE.split('<section id="charts"')[0]
    assert "lean: 10.0 MB at its peak (16x smaller than full_orm)" in answer
    assert "Nothing measured is both smaller and faster than lean, quick." in answer
    once = Run(RUN.header, [m for m in RUN.measurements if m.cell.repeat == 0])
    assert "Nothing measured is both" not in written(once)


def test_the_saved_run_is_in_the_page(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(script_of(PAGE, "saved-run"), encoding="utf-8")
    assert read(path) == RUN


def test_nothing_of_the_run_is_taken_for_html_and_nothing_is_fetched() -> None:
    run = made_run(strategies=(FLOOR, REFERENCE, HOSTILE), errors={"bad": HOSTILE})
    page = written(run)
    assert HOSTILE not in page
    assert "&lt;/script&gt;&lt;script&gt;window.hostile" in page
    calls = figures_of(page)["datasets"]["calls"]
    assert HOSTILE in {call["strategy"] for call in calls}
    assert not re.search(r"""(src|href|action)\s*=\s*["']?(https?:)?//""", page)
    assert "default-src 'none'" in page
    ids = re.findall(r' id="([^"]+)"', page.split("<script")[0])
    assert len(ids) == len(set(ids)) > 5


@pytest.mark.parametrize(
    ("run", "missing", "captions"),
    [
        (made_run(sizes=(1000,), explained=False), GROWTH | LAYERS, ["Memory", "Time"]),
        (made_run(meters=("tracemalloc",)), {"time", "map", "growth-time"}, ["Memory"] * 2),
        (made_run(consume=Consume.FOLD, explained=False), LAYERS, ["Memory", "Time"] * 2),
        (made_run(meters=()), EVERY_CHART - LAYERS, []),
        (Run(RUN.header, []), EVERY_CHART, []),
    ],
)
def test_what_was_not_measured_is_left_out(
    run: Run, missing: set[str], captions: list[str]
) -> None:
    page = written(run)
    charts = set(re.findall(r'<figure data-chart="([\w-]+)"', page))
    assert charts == EVERY_CHART - missing
    found = figures_of(page)
    assert found["needs"].keys() == found["specs"].keys() == charts
    assert re.findall(r"<caption>(\w+)", page.split('id="tables"')[1]) == captions
