"""The chart of a README is well-formed, shows the run's figures, and turns dark by itself."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from harness.model.cell import FLOOR, REFERENCE
from harness.model.run import Run
from harness.report.charts import marks
from harness.report.charts.palette import DARK, INK
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


def test_nothing_of_the_run_is_taken_for_markup() -> None:
    chart = drawn(made_run(strategies=(FLOOR, REFERENCE, HOSTILE), errors={"bad": HOSTILE}))
    assert HOSTILE not in chart
    assert any(HOSTILE[:20] in text for text in texts(chart))
