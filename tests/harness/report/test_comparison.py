"""A comparison: one screen, its answer, its notes, and the same as data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from callmeter import discovery
from callmeter.errors import UsageError
from callmeter.worker import CHECK, EXPLAIN
from harness.cli import _options as option
from harness.model.cell import FLOOR, REFERENCE, Cell
from harness.model.metrics import METRICS
from harness.model.run import Measurement, Run
from harness.model.saved import REFERENCE_RUN, read
from harness.report import comparison, formats, suggestion
from harness.report.document import Heading
from runs import made_run
from support import a_cell, a_run, failed, memory, times

if TYPE_CHECKING:
    from collections.abc import Sequence

PUBLISHED = read(REFERENCE_RUN)
RUN = a_run(
    *memory(FLOOR, 2.1e6, retained=2e6),
    *memory("lean", 4.2e6, 4.2e6, retained=2.2e6),
    *memory(REFERENCE, 16.8e6, retained=6e6),
    failed("bad", "broken, quite"),
)
EVERY_FORMAT = pytest.mark.parametrize("form", [*option.FORMATS, *option.PICTURES])
"""But those of other tools, which have no place for what failed, nor for ratios."""


def drawn(run: Run, form: str = "text", width: int = 80, **options: Any) -> str:
    text: str = discovery.load(formats, form).write(comparison.document(run, **options), width)
    return text


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_screen_fits_in_any_width_with_a_line_for_each_strategy(width: int) -> None:
    lines = drawn(PUBLISHED, width=width).splitlines()
    assert max(map(len, lines)) <= width
    beside = len(lines) - len(PUBLISHED.header.offers)
    assert beside <= (37 if width >= 80 else 43)


def test_the_screen_has_the_figures_the_yardsticks_and_the_answer_in_three_lines() -> None:
    text = drawn(PUBLISHED)
    rows = [line for line in text.splitlines() if line.startswith(("arrow_columns", "full_orm "))]
    lean, reference = rows
    assert "x)" in lean
    assert "x faster" in lean
    assert lean.endswith("no ORM +6")
    assert reference.endswith("as today")
    assert "Yardsticks (peak, x floor, time), not ranked: " in text
    assert "\nfloor" not in text  # in the line of the yardsticks, not in the table
    for need in ("keep the ORM ->", "keep a list of mutable objects ->", "only read ->"):
        assert need in text
    assert "costs:" in text


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("peak", ["lean", "full_orm"]),
        ("traced_retained", ["lean", "full_orm"]),
        ("name", ["full_orm", "lean"]),
        ("rss_peak", ["lean", "full_orm"]),  # not measured: by the peak that was
    ],
)
def test_rows_are_sorted_by_what_the_user_asked_for(sort: str, names: Sequence[str]) -> None:
    text = drawn(RUN, sort=sort)
    starts = [line.split()[0] for line in text.splitlines() if line.startswith(("lean ", "full_"))]
    assert starts == names


def test_json_is_the_contract_for_scripts() -> None:
    whole = json.loads(drawn(PUBLISHED, "json"))
    assert {"command", "environment", "incomplete", "rows"} <= whole.keys()
    row = next(row for row in whole["rows"] if row["strategy"] == REFERENCE)
    assert row["error"] is None
    assert row["workload"]["size"] == 1000
    assert {"peak", "retained", "traced_peak", "traced_retained"} <= row["metrics"].keys()
    assert {"rss_peak", "rss_retained", "wall", "cpu", "gc", "first_call"} <= row["metrics"].keys()
    assert row["metrics"].keys() <= METRICS.keys()
    for metric in row["metrics"].values():
        assert list(metric) == [
            *("median", "low", "high", "repeats", "unit", "per_item", "x_floor"),
            *("x_reference", "x_reference_low", "x_reference_high"),
        ]
    assert row["metrics"]["wall"]["x_reference"] == 1
    assert row["metrics"]["wall"]["x_floor"] is None
    bad = next(row for row in json.loads(drawn(RUN, "json"))["rows"] if row["strategy"] == "bad")
    assert (bad["error"], bad["metrics"]) == ("broken, quite", {})


def test_csv_is_the_same_flat() -> None:
    heading, *lines = drawn(RUN, "csv").splitlines()
    assert heading.startswith("strategy,label,error,")
    assert "metrics.traced_peak.median" in heading.split(",")
    assert len(lines) == 4


def test_wide_has_every_metric_and_metrics_those_that_are_named() -> None:
    wide = drawn(PUBLISHED, wide=True, width=300)
    for word in ("allocations MB", "RSS peak MB", "tracemalloc MB", "first call", "GC paused"):
        assert word in wide
    picked = drawn(PUBLISHED, metrics=["cpu"])
    assert "CPU time ms" in picked
    assert "RSS peak MB" not in picked


def test_full_has_every_workload_how_they_grow_and_where_the_bytes_go() -> None:
    short, full = drawn(PUBLISHED), drawn(PUBLISHED, full=True, width=200)
    assert "Also in this run: 1,000 entries" in short
    for word in ("1,000 entries x", "10,000 entries x", "Growth: wall time", "by type:"):
        assert word in full
        assert (word in short) == word.endswith("entries x")
    blocks = comparison.document(PUBLISHED, full=True).blocks
    headings = [block.text for block in blocks if isinstance(block, Heading)]
    assert len(headings) == len(set(headings)) > 3
    assert full.count("PostgreSQL") == full.count("- peak: the most bytes") == 1


def test_what_has_no_value_has_no_row_and_no_place_among_the_yardsticks() -> None:
    missing = [
        Measurement(a_cell(name, "rss"), {}, unavailable="needs Linux") for name in ("none", FLOOR)
    ]
    text = drawn(a_run(*memory("lean", 1e6), *missing))
    assert "Not available here: rss: needs Linux." in text
    assert "Yardsticks" not in text
    assert "\nnone" not in text
    alone = drawn(a_run(*memory(FLOOR, 2e6), *memory("lean", 1e6)))
    assert "Yardsticks (peak), not ranked: floor 2.00 MB." in alone


def test_a_time_with_too_few_repeats_is_marked() -> None:
    few = drawn(a_run(*times(REFERENCE, 2.0, 2.0), *times("lean", 1.4, 1.4)))
    assert "lean ?" in " ".join(few.split())
    assert "faster" not in few
    assert "?: fewer than 5 repeats" in few
    once = drawn(a_run(*times(REFERENCE, 2.2), *times("lean", 1.0)))
    assert "~2x faster ?" in once
    far = drawn(a_run(*times(REFERENCE, 2.2, 2.2), *times("lean", 1.0, 1.0)))
    assert "~2x faster" in far
    assert "?" not in far
    enough = drawn(a_run(*times(REFERENCE, *[2.2] * 5), *times("lean", *[1.0] * 5)))
    assert "2.2x faster" in enough
    assert "?" not in enough


def test_a_time_that_is_unknown_is_unknown_in_the_answer_too() -> None:
    both = [*memory("lean", 1e6), *memory(REFERENCE, 9e6)]
    run = a_run(*both, *times(REFERENCE, 1.2), *times("lean", 1.0))
    header = msgspec.structs.replace(run.header, offers={"lean": ["list"], REFERENCE: ["list"]})
    text = drawn(msgspec.structs.replace(run, header=header))
    assert "(9.0x smaller than full_orm), time ?; costs:" in " ".join(text.split())


@EVERY_FORMAT
def test_every_ratio_of_times_has_its_interval(form: str) -> None:
    """Where figures are looked up: `--wide`, data and the page; not in pictures."""
    walls = (0.2, 0.22, 0.24, 0.25, 0.26)
    run = a_run(*times(REFERENCE, *[1.0] * 5), *times("lean", *walls))
    text = drawn(run, form, wide=True, width=200)
    written = {"json": '"x_reference_low": 0.2,', "csv": ".x_reference_low", "svg": "about 4x"}
    written["badge"] = "not measured"  # it is of memory
    assert written.get(form, "0.24x, 0.200-0.260") in text


def test_nothing_is_recommended_where_nothing_was_measured() -> None:
    run = Run(RUN.header, [failed("bad", "broken, quite")])
    assert "Nothing to rank: none was measured." in drawn(run)
    assert suggestion.command(run, Path("run.jsonl")) is None
    assert suggestion.command(RUN, Path("run.jsonl")) is None  # something broke


def test_the_suggestion_agrees_with_the_answer() -> None:
    text, command = drawn(PUBLISHED), suggestion.command(PUBLISHED, Path("a run.jsonl"))
    assert command
    assert command.startswith("python -m harness choose --entries 10000 --memory ")
    assert command.endswith("--need orm-mapping --run 'a run.jsonl'")
    assert "keep the ORM -> merged_orm" in text


def function(name: str, items: int | None, size: float) -> list[Measurement]:
    memory = {"traced_retained": size, "traced_peak": size}
    seconds = {"wall": size / 1e6, "cpu": size / 1e6, "gc": 0.0}
    return [
        Measurement(Cell(name, meter, repeat=nth), values, items=items)
        for meter, values in (("tracemalloc", memory), ("clock", seconds))
        for nth in range(5)
    ]


def of_functions(*measurements: Measurement) -> Run:
    run = a_run(*measurements)
    header = msgspec.structs.replace(run.header, reference="a:read")
    return msgspec.structs.replace(run, header=header)


@EVERY_FORMAT
def test_every_format_has_functions_that_return_other_counts_or_nothing_or_fail(form: str) -> None:
    broken = Measurement(Cell("d:fails", CHECK), {}, "RuntimeError: no")
    few, none = function("b:few", 5, 1e6), function("c:none", 0, 1e3)
    text = drawn(of_functions(*function("a:read", 2_000, 4e6), *few, *none, broken), form)
    not_largest = () if form == "badge" else ("few", "none")
    for word in ("read", *not_largest, "fails", "RuntimeError: no"):
        assert word in text
    assert "RuntimeError: no" in drawn(of_functions(broken), form)


def test_a_function_of_other_work_is_neither_ranked_nor_a_ratio() -> None:
    run = of_functions(*function("a:read", 2_000, 4e6), *function("b:few", 5, 1e6))
    assert "other count" in drawn(run)
    assert "least memory" not in drawn(run)
    same = of_functions(*function("a:read", 2_000, 4e6), *function("b:lean", 2_000, 1e6))
    assert "least memory -> b:lean: 1.00 MB, 4.0x smaller than read" in drawn(same)
    assert "least time -> b:lean" in drawn(same)


@pytest.mark.parametrize(
    ("values", "note"),
    [
        ({"peak": 100e6, "rss_peak": 300e6}, "a:read: RSS peaks at 300 MB, all allocations at"),
        ({"peak": 1e6, "rss_children": 5e6}, "starts other processes, which are not counted"),
        ({"traced_peak": 1e6}, "Memory is Python's allocations, native memory not included"),
        ({"rss_peak": 1e6}, "Memory is resident memory, which is what a container's limit counts"),
    ],
)
def test_what_changes_a_decision_is_a_note(values: dict[str, float], note: str) -> None:
    run = of_functions(Measurement(Cell("a:read", "rss"), values, items=1))
    assert note in " ".join(drawn(run).split())


def test_a_meter_that_is_not_there_and_repeats_that_differ_are_notes() -> None:
    missing = Measurement(a_cell("lean", "rss"), {}, unavailable="needs Linux")
    text = drawn(a_run(*memory("lean", 1e6, 2e6), missing))
    assert "Not available here: rss: needs Linux." in text
    assert "peak by tracemalloc lie further apart than 0.5%: lean 67%" in " ".join(text.split())


def test_an_explanation_names_the_largest_layers_before_the_table() -> None:
    run = made_run(sizes=(1000,), meters=(), strategies=(REFERENCE,))
    text = drawn(run)
    assert text.index("full_orm peaks at 16.0 MB: mostly") < text.index("peak, bytes an entry")
    row = json.loads(drawn(run, "json"))["rows"][0]
    assert {"strategy", "error", "workload", "metrics", "layer", "bytes"} <= row.keys()


def test_an_explanation_that_failed_is_a_row_with_its_error() -> None:
    run = a_run(Measurement(a_cell("bad", EXPLAIN), {}, "RuntimeError: no"))
    (row,) = json.loads(drawn(run, "json"))["rows"]
    assert (row["strategy"], row["error"]) == ("bad", "RuntimeError: no")


def test_a_metric_that_was_not_measured_is_refused_with_those_that_were() -> None:
    with pytest.raises(UsageError, match=r"the run has no wall; it has .*traced_peak"):
        comparison.document(RUN, metrics=["wall"])
    with pytest.raises(UsageError, match="the run has no wall"):
        comparison.document(RUN, sort="wall")
