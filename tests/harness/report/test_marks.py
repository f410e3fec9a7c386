"""What charts draw is what the summaries of a run are."""

from __future__ import annotations

import pytest

from callmeter.layers import LAYERS, OTHER, RECORDING
from harness.model.cell import FLOOR
from harness.model.run import Measurement
from harness.model.summary import summaries
from harness.report.charts import layer_marks, marks, palette
from runs import STRATEGIES, made_run
from support import a_cell, a_run

RUN = made_run()
COMPARED = marks.groups(RUN, "peak")
CALLS = marks.calls(RUN, COMPARED)


def test_ratios_are_those_of_the_summaries() -> None:
    found = {(call.name, call.workload.size): call for call in summaries(RUN)}
    assert len(CALLS) == len(found) == 10
    for mark in CALLS:
        call = found[mark["strategy"], mark["entries"]]
        assert mark["peak"] == call.ratio("peak", "floor")
        assert mark["retained"] == call.ratio("retained", "floor")
        assert mark["time"] == call.ratio("wall", "reference")
        if mark["time"] is not None:
            assert mark["work"] == pytest.approx(mark["time"] * (1 - mark["gc_share"]))
            assert mark["time_low"] < mark["time"] < mark["time_high"]


def test_lines_are_those_of_the_saved_run() -> None:
    lean = next(mark for mark in CALLS if mark["strategy"] == "lean")
    for field, meter in (("memory_lines", "allocator"), ("time_lines", "clock")):
        lines = lean[field].split(", ")
        assert len(lines) == 3
        for line in lines:
            cell = RUN.measurements[int(line) - marks.FIRST_LINE].cell
            assert (cell.name, cell.meter) == ("lean", meter)
            assert cell.workload.size == lean["entries"]


def test_repeats_are_off_their_median_and_one_without_the_metric_is_no_point() -> None:
    peaks = (None, 1.0, 3.0)
    run = a_run(
        *(
            Measurement(a_cell("lean", repeat=nth), {"traced_peak": peak} if peak else {})
            for nth, peak in enumerate(peaks)
        )
    )
    found = marks.repeats(run, marks.groups(run, "peak"))
    assert [(mark["line"], mark["off"]) for mark in found] == [(3, -0.5), (4, 0.5)]


def test_layers_add_up_to_what_was_recorded() -> None:
    found, unit = layer_marks.layers(RUN)
    assert unit == f"x {FLOOR}"
    peak = [m for m in found if (m["strategy"], m["moment"]) == ("lean", "peak")]
    assert sum(mark["size"] for mark in peak) == pytest.approx(STRATEGIES["lean"])


@pytest.mark.parametrize("layer", LAYERS)
def test_every_layer_has_a_colour(layer: str) -> None:
    drawn = layer_marks.drawn_as(layer)
    assert drawn in palette.LAYERS
    assert drawn != "other" or layer in (OTHER, RECORDING)


def test_the_front_is_what_nothing_beats() -> None:
    assert list(marks.front(mark for mark in CALLS if mark["payroll"] == 0)) == ["lean", "quick"]


def test_without_floor_and_reference_there_are_no_ratios() -> None:
    run = made_run(strategies=("lean", "quick"), explained=False)
    basis = marks.basis(run)
    assert (basis.memory, basis.time) == ("MB", "µs an entry")
    first = marks.calls(run, marks.groups(run, "peak"))[0]
    assert (first["strategy"], first["peak_text"], first["time_text"]) == (
        "lean",
        "1.0 MB",
        "200.0",
    )
    assert (first["peak"], first["time"]) == (pytest.approx(1), pytest.approx(200))


@pytest.mark.parametrize(
    ("meters", "peak"),
    [
        (("tracemalloc", "rss"), "traced_peak"),
        (("allocator", "tracemalloc"), "peak"),
        (("rss",), "rss_peak"),
        (("clock",), "peak"),
    ],
)
def test_memory_is_what_was_measured_of_it(meters: tuple[str, ...], peak: str) -> None:
    assert marks.basis(made_run(meters=meters, explained=False)).peak == peak
