"""The picture is well-formed, says the run's figures, and turns dark by itself."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from harness.model.run import Run
from harness.report.reports import _figures as figures
from harness.report.reports._content import Options
from harness.report.reports._palette import DARK, INK, PALE
from harness.report.reports.svg import render
from harness.runner.plan import FLOOR, REFERENCE, Consume
from runs import HOSTILE, made_run

RUN = made_run()
TEXT = "{http://www.w3.org/2000/svg}text"


def texts(picture: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(picture).iter(TEXT)]  # noqa: S314 - ours


def test_the_figures_are_those_of_the_payroll_nearest_to_10_000() -> None:
    said = texts(render(RUN, Options()))
    assert "10,000 entries x 6 components, profile realistic" in said
    for each in figures.comparison(RUN, Options()):
        if each["entries"] == 10_000:
            assert each["strategy"] in said
            assert each["peak_said"] in said
            assert each.get("time_said", REFERENCE) in [*said, REFERENCE]


def test_light_and_dark_are_in_one_file() -> None:
    picture = render(RUN, Options())
    assert f"[fill='{INK}']{{fill:{DARK[INK]}}}" in picture
    assert f'fill="{INK}"' in picture
    assert "prefers-color-scheme: dark" in picture
    assert "http://" not in picture.replace("http://www.w3.org/", "")


def test_what_is_pale_has_an_outline() -> None:
    pale = re.findall(rf'<path [^>]*fill-opacity="{PALE}"[^>]*>', render(RUN, Options()))
    assert len(pale) == 9  # each strategy's peak, and the collector's share of those timed
    for mark in pale:
        found = re.search(r'fill="(#\w+)".* stroke="(#\w+)"', mark)
        assert found
        assert found[1] == found[2] in DARK


def test_nothing_of_the_run_is_taken_for_markup() -> None:
    run = made_run(strategies=(FLOOR, REFERENCE, HOSTILE), errors={"bad": HOSTILE})
    picture = render(run, Options())
    assert HOSTILE not in picture
    assert any(HOSTILE[:20] in text for text in texts(picture))


@pytest.mark.parametrize(
    "run",
    [
        made_run(meters=("tracemalloc",)),
        made_run(meters=("clock",)),
        made_run(strategies=("lean",)),
        made_run(consume=Consume.FOLD, explained=False),
        made_run(meters=()),
        made_run(meters=(), explained=False, errors={"bad": "broken"}),
        Run(RUN.header, []),
    ],
)
def test_what_was_not_measured_is_left_out(run: Run) -> None:
    assert texts(render(run, Options()))


def test_a_run_cut_short_says_so() -> None:
    picture = render(Run(RUN.header, RUN.measurements[:-1]), Options())
    assert any("INCOMPLETE: this run was cut short" in text for text in texts(picture))


def test_a_picture_is_the_same_each_time() -> None:
    assert render(RUN, Options()) == render(RUN, Options())
