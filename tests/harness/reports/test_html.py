"""The page says what the run says, escaped; what was not measured is left out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness.model import run as results
from harness.model.compare import rows
from harness.model.run import Run
from harness.report.reports._content import Options
from harness.report.reports.html import render
from harness.runner.plan import FLOOR, REFERENCE, Consume
from runs import HOSTILE, made_run

RUN = made_run()
PAGE = render(RUN, Options())
EVERY_CHART = {
    *("memory", "time", "map", "spread", "peak", "retained", "growth-peak", "growth-time"),
}


def block(page: str, name: str) -> str:
    found = re.search(rf'id="{name}">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return found[1]


def charts_of(page: str) -> set[str]:
    return set(re.findall(r'<figure data-chart="([\w-]+)"', page))


def test_the_figures_of_the_tables_are_those_of_the_rows() -> None:
    told = re.findall(
        r'<tr data-strategy="([\w]+)">(.*?)</tr>', PAGE.split('id="tables"')[1], re.DOTALL
    )
    found: dict[str, set[tuple[str, str]]] = {}
    for strategy, cells in told:
        fields = re.findall(r'data-field="(\w+)" data-value="([^"]*)"', cells)
        found.setdefault(strategy, set()).update(fields)
    assert len(found) == 5
    for row in rows(RUN):
        for field in ("peak_x_floor", "allocator_peak_bytes_per_entry", "faster_than_reference"):
            value = row[field]
            assert (field, "" if value is None else str(value)) in found[row["strategy"]]


def test_the_answer_comes_first() -> None:
    answer, _ = PAGE.split('<section id="charts"')
    assert (
        f"lean needs least memory: its peak of all allocations is 0.50x the {FLOOR}&#39;s" in answer
    )
    assert f"quick is fastest, 10.0x faster than {REFERENCE}" in answer
    assert "Nothing measured is both smaller and faster than lean, quick." in answer
    assert "lean: 0.50x floor" in answer.split("What you cannot give up decides")[1]


def test_times_measured_once_make_no_front_in_words() -> None:
    once = [each for each in RUN.measurements if each.cell.repeat == 0]
    page = render(Run(RUN.header, once), Options())
    assert "is fastest" not in page.split('<section id="charts"')[0]
    assert "Nothing measured is both" not in page


def test_the_saved_run_is_in_the_page(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(block(PAGE, "saved-run"), encoding="utf-8")
    assert results.read(path) == RUN


def test_nothing_of_the_run_is_taken_for_html() -> None:
    run = made_run(strategies=(FLOOR, REFERENCE, HOSTILE), errors={"bad": HOSTILE})
    page = render(run, Options())
    assert HOSTILE not in page
    assert "&lt;/script&gt;&lt;script&gt;window.hostile" in page
    drawn = json.loads(block(page, "figures"))["datasets"]["rows"]
    assert HOSTILE in {row["strategy"] for row in drawn}


def test_nothing_is_fetched() -> None:
    assert not re.search(r"""(src|href|action)\s*=\s*["']?(https?:)?//""", PAGE)
    assert "default-src 'none'" in PAGE


@pytest.mark.parametrize(
    ("run", "missing"),
    [
        (RUN, set()),
        (made_run(explained=False), {"peak", "retained"}),
        (made_run(sizes=(1000,)), {"growth-peak", "growth-time"}),
        (made_run(meters=("tracemalloc",)), {"time", "map", "growth-time"}),
        (made_run(meters=("clock",)), {"memory", "map", "growth-peak"}),
        (made_run(strategies=("lean",)), set()),
        (made_run(consume=Consume.FOLD, explained=False), {"peak", "retained"}),
        (made_run(meters=()), EVERY_CHART - {"peak", "retained"}),
        (made_run(meters=(), explained=False, errors={"bad": "broken"}), EVERY_CHART),
        (Run(RUN.header, []), EVERY_CHART),
    ],
    ids=[
        *("whole", "no explanation", "one size", "no clock", "clock only", "one strategy"),
        *("fold", "explanation only", "errors only", "empty"),
    ],
)
def test_what_was_not_measured_is_left_out(run: Run, missing: set[str]) -> None:
    page = render(run, Options())
    assert charts_of(page) == EVERY_CHART - missing
    found: dict[str, Any] = json.loads(block(page, "figures"))
    assert found["needs"].keys() == found["specs"].keys() == charts_of(page)


def test_errors_are_told_even_if_nothing_is_compared() -> None:
    run = made_run(meters=(), explained=True)
    broken = made_run(meters=(), explained=False, errors={"bad": "broken, quite"})
    assert "broken, quite" in render(broken, Options())
    assert "it compares nothing" in render(run, Options())


def test_a_run_cut_short_says_so_before_its_answer() -> None:
    page = render(Run(RUN.header, RUN.measurements[:-1]), Options())
    said = f"INCOMPLETE: this run was cut short; it has {RUN.header.cells - 1} of"
    assert said in page.split('<p class="verdict">')[0]
    assert "INCOMPLETE" not in PAGE.split("<script")[0]
    assert "explains where memory goes" not in render(Run(RUN.header, []), Options())


@pytest.mark.parametrize(
    ("run", "captions"),
    [
        (RUN, ["Memory; x", "Time; fas"] * 2),
        (made_run(meters=("allocator",), sizes=(1000,)), ["Memory; x"]),
        (made_run(meters=("rss",), sizes=(1000,)), ["Memory; x"]),
        (made_run(meters=("clock",), sizes=(1000,)), ["Time; fas"]),
        (made_run(consume=Consume.FOLD, explained=False, sizes=(1000,)), ["Folded in"]),
    ],
)
def test_a_table_is_called_what_it_is(run: Run, captions: list[str]) -> None:
    found = re.findall("<caption>(.*?)</caption>", render(run, Options()))
    assert [caption[:9] for caption in found] == captions


@pytest.mark.parametrize(
    ("sort", "headings"),
    [
        ("peak", ["peak of all B/entry"]),
        ("delta", ["delta B/entry"]),
        ("time", ["wall us/entry"]),
        ("name", ["strategy", "strategy"]),
    ],
)
def test_the_column_that_rows_are_sorted_by_says_so(sort: str, headings: list[str]) -> None:
    page = render(made_run(sizes=(1000,)), Options(sort))
    heading = '<th scope="col" aria-sort="ascending"><button type="button">(.*?)</button>'
    assert re.findall(heading, page) == headings


def test_what_streams_leave_to_choose_is_in_megabytes() -> None:
    names = ("lean", "quick")
    of_streams = made_run((10_000,), ("allocator",), names, Consume.FOLD, explained=False)
    page = render(of_streams, Options())
    kept = page.split('<table class="kept"')[1].split("</table>")[0]
    assert re.findall("<td.*?>(.*?)</td>", kept) == ["lean: 10.0 MB", "quick: 40.0 MB"]
    assert "fastest" not in kept


def test_a_server_elsewhere_is_not_called_near() -> None:
    assert "the server on the same machine" in PAGE
    environment = RUN.header.environment | {"server": "PostgreSQL 18.4 (by --dsn)"}
    header = msgspec.structs.replace(RUN.header, environment=environment)
    page = render(Run(header, RUN.measurements), Options())
    assert "the server that --dsn named" in page
    assert "the server on the same machine" not in page


def test_ids_are_unique() -> None:
    ids = re.findall(r' id="([^"]+)"', PAGE.split("<script")[0])
    assert len(ids) == len(set(ids))
