"""What is shown of a run of several repetitions: in every format, and never mixed up."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from harness.model.cell import FLOOR, Cell, Consume
from harness.model.run import Measurement, Run
from harness.model.summary import summaries
from harness.report import comparison, growth, over
from harness.report.charts import marks
from harness.report.charts.curves import curves
from harness.report.document import Table
from harness.report.formats import csv, html, markdown, svg, text
from harness.report.names import titles
from harness.report.tables import base_line
from runs import STRATEGIES, made_run
from support import a_run, a_workload, figures_of, memory

RUN = made_run(sizes=(1000, 10_000), repetitions=(1, 2, 50), explained=False)
MEMORY = made_run(sizes=(1000,), repetitions=(1, 5), meters=("allocator",), explained=False)


def tables(run: Run) -> list[Table]:
    return [block for block in over.blocks(run) if isinstance(block, Table)]


def test_a_table_has_a_column_for_each_size_of_the_pools() -> None:
    shown = tables(RUN)
    assert [table.title for table in shown] == [
        f"As values repeat less: {what} of all allocations, x floor, "
        f"{size} entries x 6 components, profile realistic"
        for size in ("1,000", "10,000")
        for what in ("retained", "peak")
    ]
    for table in shown:
        assert table.headings == ("strategy", "pools\n1x", "pools\n2x", "pools\n50x")
        assert ("lean", "0.50x", "0.75x", "0.99x") in table.rows
        assert {name for name, *_ in table.rows} == STRATEGIES.keys() - {FLOOR}


def test_strategies_stand_by_their_peak_where_values_repeat_most() -> None:
    retained, peak = tables(RUN)[:2]
    names = [name for name, *_ in peak.rows]
    at_first = [float(row[1].removesuffix("x")) for row in peak.rows]
    assert at_first == sorted(at_first) != sorted(at_first, reverse=True)
    assert [name for name, *_ in retained.rows] == names


def test_without_the_floor_figures_are_bytes_and_of_one_repetition_there_are_none() -> None:
    names = tuple(name for name in STRATEGIES if name != FLOOR)
    bare = tables(made_run((1000,), strategies=names, repetitions=(1, 2), explained=False))
    assert ", MB, " in bare[0].title
    assert tables(made_run(explained=False)) == []


@pytest.mark.parametrize(("full", "sizes"), [(False, ["10,000"]), (True, ["1,000", "10,000"])])
def test_a_comparison_shows_those_of_its_payroll_or_all(*, full: bool, sizes: list[str]) -> None:
    document = comparison.document(RUN, full=full)
    for write in (text.write, markdown.write):
        drawn = write(document, 200)
        for size in ("1,000", "10,000"):
            shown = f"x floor, {size} entries x 6 components" in drawn
            assert shown is (size in sizes)


def test_what_else_is_in_the_run_is_one_title_a_size() -> None:
    pairs = dict.fromkeys((one.workload, one.subject.consume) for one in summaries(RUN))
    assert titles(pairs) == [
        f"{size} entries x 6 components, profile realistic, pools 1x, 2x, 50x"
        for size in ("1,000", "10,000")
    ]
    assert titles(list(pairs)[:1]) == ["1,000 entries x 6 components, profile realistic"]


def test_growth_is_of_one_repetition_at_a_time() -> None:
    shown = [block for block in growth.blocks(RUN) if isinstance(block, Table)]
    of_pools = {table.title.partition("profile realistic")[2] for table in shown}
    assert of_pools == {", hold", ", pools 2x, hold", ", pools 50x, hold"}
    drawn = marks.calls(RUN, marks.groups(RUN, "peak"))
    assert {mark["repetition"] for mark in drawn if mark["grows"]} == {1}


def test_curves_are_of_each_size_on_one_scale() -> None:
    found = curves(marks.calls(RUN, marks.groups(RUN, "peak")))
    assert [(curve.field, curve.size, curve.places) for curve in found] == [
        (field, size, (1, 2, 50)) for field in ("retained", "peak") for size in (1000, 10_000)
    ]
    assert {curve.domain for curve in found if curve.field == "peak"} == {(0.5, 8.0)}
    one = made_run(explained=False)
    assert curves(marks.calls(one, marks.groups(one, "peak"))) == []


def test_of_a_folded_stream_there_is_a_peak_alone() -> None:
    run = made_run((1000,), consume=Consume.FOLD, repetitions=(1, 2), explained=False)
    bare = Run(run.header, [m for m in run.measurements if m.cell.meter == "clock"])
    assert curves(marks.calls(bare, marks.groups(bare, "peak"))) == []


def test_a_picture_of_such_a_run_is_its_curves() -> None:
    picture = ET.fromstring(svg.write(comparison.document(MEMORY), 80))  # noqa: S314 - ours
    texts = [" ".join(one.itertext()) for one in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert "Memory as values repeat less: pools of values 1x to 5x" in " ".join(texts)
    assert {"Retained, 1,000 entries", "Peak, 1,000 entries", "lean", "full_orm"} <= {*texts}
    assert FLOOR not in texts


def test_the_page_has_them_whichever_payroll_is_chosen() -> None:
    page = html.write(comparison.document(MEMORY), 80)
    for field in ("retained", "peak"):
        assert f'data-chart="repetition-{field}-1000"' in page
    assert figures_of(page)["needs"]["repetition-peak-1000"]["everyPayroll"]


def test_data_say_the_repetition_where_it_is_not_1() -> None:
    document = comparison.document(MEMORY)
    found = [row["workload"].get("repetition", 1) for row in document.data["rows"]]
    assert sorted(set(found)) == [1, 5]
    assert "workload.repetition" in csv.write(document, 80).partition("\n")[0]


def test_the_base_is_one_line_and_names_what_holds_much_more() -> None:
    run = a_run(
        *(
            Measurement(
                Cell(name, "rss", a_workload()), {"rss_peak": 1e6, "base": base, "base_files": 9e6}
            )
            for name, base in (("full_orm", 45e6), ("lean", 44e6), ("arrow", 105e6))
        )
    )
    (note,) = base_line(summaries(run))
    assert "Base, before any call: 45.0 MB a process (arrow 105 MB), and up to 9.00 MB" in note.text
    assert list(base_line(summaries(a_run(*memory("lean", 1e6))))) == []


def test_calls_at_once_are_beside_one_call_with_their_throughput() -> None:
    shown = tables(made_run((1000,), ("rss", "clock"), at_once=(1, 4), explained=False))
    assert [table.headings for table in shown] == [("strategy", "1 at\nonce", "4 at\nonce")] * 2
    peak, throughput = shown
    assert "MB (x one call)" in peak.title
    assert "calls a second" in throughput.title
    assert all("x)" in row[2] and "x)" not in row[1] for row in peak.rows)
