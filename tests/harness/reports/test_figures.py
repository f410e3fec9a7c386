"""What pictures draw is what compare says."""

from __future__ import annotations

import pytest

from callmeter.layers import LAYERS, OTHER, RECORDING
from harness.model.compare import rows
from harness.model.run import Measurement, Run
from harness.payroll.generator import Profile
from harness.report.reports import _drawn_layers as drawn_layers
from harness.report.reports import _figures as figures
from harness.report.reports import _palette as palette
from harness.report.reports._content import Options
from harness.runner.plan import FLOOR, Cell
from runs import STRATEGIES, made_run
from support import a_workload

RUN = made_run()


def test_ratios_are_those_of_the_rows() -> None:
    drawn = figures.comparison(RUN, Options())
    found = {(row["strategy"], row["entries"]): row for row in rows(RUN)}
    assert len(drawn) == len(found)
    for each in drawn:
        row = found[each["strategy"], each["entries"]]
        assert each["peak"] == row["allocator_peak_x_floor"]
        assert each["delta"] == row["allocator_delta_x_floor"]
        if each["strategy"] != FLOOR:
            assert each["time"] == pytest.approx(1 / row["faster_than_reference"])
            assert each["work"] == pytest.approx(each["time"] * (1 - row["gc_share"]))


def test_lines_are_those_of_the_saved_run() -> None:
    lean = next(each for each in figures.comparison(RUN, Options()) if each["strategy"] == "lean")
    for field, meter in (("memory_lines", "allocator"), ("time_lines", "clock")):
        for line in lean[field].split(", "):
            cell = RUN.measurements[int(line) - figures.FIRST_LINE].cell
            assert (cell.strategy, cell.meter) == ("lean", meter)
            assert cell.workload.size == lean["entries"]


def test_repeats_are_off_their_own_median() -> None:
    found = figures.repeats(RUN, Options())
    off = sorted(
        each["off"]
        for each in found
        if (each["strategy"], each["figure"], each["payroll"]) == ("lean", "wall time", 0)
    )
    assert off == pytest.approx([-0.02, 0, 0.02])


def test_a_repeat_without_the_figure_is_no_point() -> None:
    run = made_run(sizes=(1000,), explained=False)
    bare = [
        Measurement(each.cell, {"allocator_delta_bytes": 1.0})
        if each.cell.meter == "allocator" and each.cell.repeat == 0
        else each
        for each in run.measurements
    ]
    peaks = [
        each["line"]
        for each in figures.repeats(Run(run.header, bare), Options())
        if (each["strategy"], each["figure"]) == ("lean", "peak")
    ]
    assert len(peaks) == 2


def test_layers_add_up_to_what_was_recorded() -> None:
    found, unit = drawn_layers.explanation(RUN)
    assert unit == f"x {FLOOR}"
    whole = sum(
        each["size"] for each in found if (each["strategy"], each["moment"]) == ("lean", "peak")
    )
    assert whole == pytest.approx(STRATEGIES["lean"])


@pytest.mark.parametrize("layer", LAYERS)
def test_every_layer_has_a_colour(layer: str) -> None:
    drawn = drawn_layers.drawn_as(layer)
    assert drawn in palette.LAYERS
    assert drawn != "other" or layer in (OTHER, RECORDING)


def test_the_front_is_what_nothing_beats() -> None:
    of_first = [each for each in figures.comparison(RUN, Options()) if each["payroll"] == 0]
    assert list(figures.front(of_first)) == ["lean", "quick"]


def test_without_floor_and_reference_there_are_no_ratios() -> None:
    based = figures.basis(made_run(strategies=("lean", "quick"), explained=False))
    assert (based.memory, based.time) == ("MB", "µs an entry")
    drawn = figures.comparison(made_run(strategies=("lean",)), Options())
    assert drawn[0]["peak"] == pytest.approx(1.0)
    assert drawn[0]["time"] == pytest.approx(200)


def test_the_realistic_payroll_nearest_to_10_000_comes_first() -> None:
    def of(entries: int, profile: Profile) -> Measurement:
        return Measurement(
            Cell("lean", "tracemalloc", a_workload(entries, profile)), {"peak_bytes": 1.0}
        )

    sizes = [(n, profile) for n in (1000, 9000, 100_000) for profile in Profile]
    found = figures.payrolls(Run(RUN.header, [of(*size) for size in sizes]), Options())
    assert "9,000 entries x 6 components, profile realistic" in found[figures.first_shown(found)][0]
