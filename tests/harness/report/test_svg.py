"""The chart of a README is well-formed, shows the run's figures, and turns dark by itself."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from callmeter.errors import UsageError
from harness.model.cell import FLOOR, REFERENCE
from harness.model.run import Run
from harness.report.charts import marks
from harness.report.charts.palette import DARK, INK, PALE
from harness.report.document import Document
from harness.report.formats import svg
from runs import HOSTILE, made_run

RUN = made_run()
TEXT = "{http://www.w3.org/2000/svg}text"


def drawn(run: Run) -> str:
    return svg.write(Document((), run=run, sort="peak"), 80)


def texts(chart: str) -> list[str]:
    return [text.text or "" for text in ET.fromstring(chart).iter(TEXT)]  # noqa: S314 - ours


def test_the_figures_are_those_of_the_payroll_nearest_to_10_000() -> None:
    shown = texts(drawn(RUN))
    assert "10,000 entries x 6 components, profile realistic" in shown
    assert "(16x smaller than full_orm)" in (ET.fromstring(drawn(RUN))[0].text or "")  # noqa: S314
    calls = [call for call in marks.calls(RUN, marks.groups(RUN, "peak")) if call["payroll"] == 1]
    assert len(calls) == 5
    for call in calls:
        assert {call["strategy"], call["peak_text"], call.get("time_text", FLOOR)} <= {*shown}


def test_light_and_dark_are_in_one_file_that_fetches_nothing() -> None:
    chart = drawn(RUN)
    assert f"[fill='{INK}']{{fill:{DARK[INK]}}}" in chart
    assert f'fill="{INK}"' in chart
    assert "prefers-color-scheme: dark" in chart
    assert "http://" not in chart.replace("http://www.w3.org/", "")


def test_what_is_pale_has_an_outline() -> None:
    pale = re.findall(rf'<path [^>]*fill-opacity="{PALE}"[^>]*>', drawn(RUN))
    assert len(pale) == 9  # each strategy's peak, and the collector's share of those timed
    for mark in pale:
        colours = re.search(r'fill="(#\w+)".* stroke="(#\w+)"', mark)
        assert colours
        assert colours[1] == colours[2] in DARK


def test_nothing_of_the_run_is_taken_for_markup() -> None:
    chart = drawn(made_run(strategies=(FLOOR, REFERENCE, HOSTILE), errors={"bad": HOSTILE}))
    assert HOSTILE not in chart
    assert any(HOSTILE[:20] in text for text in texts(chart))


@pytest.mark.parametrize(
    ("run", "headings"),
    [
        (made_run(meters=("tracemalloc",)), ["Memory, x floor (dashed line)"]),
        (made_run(meters=("clock",)), ["Time, x full_orm (dashed line)"]),
        (made_run(strategies=("lean",)), ["Memory, MB", "Time, µs an entry"]),
        (made_run(meters=()), []),
        (Run(RUN.header, []), []),
    ],
)
def test_what_was_not_measured_is_left_out(run: Run, headings: list[str]) -> None:
    shown = texts(drawn(run))
    assert [text for text in shown if text.startswith(("Memory", "Time"))] == headings
    assert headings or "Nothing was compared." in shown


def test_a_run_cut_short_says_so() -> None:
    chart = drawn(Run(RUN.header, RUN.measurements[:-1]))
    assert any("INCOMPLETE: this run was cut short" in text for text in texts(chart))


def test_without_a_run_there_is_nothing_to_draw() -> None:
    with pytest.raises(UsageError, match="svg shows a run"):
        svg.write(Document(()), 80)
