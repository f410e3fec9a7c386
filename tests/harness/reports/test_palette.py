"""What is drawn can be seen, light and dark, and told apart without its colour."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.model import run as results
from harness.payroll import yardsticks as baselines
from harness.report.reports import _palette as palette
from harness.report.reports._content import Options
from harness.report.reports.html import render
from harness.runner.plan import REFERENCE

REFERENCE_RUN = results.read(Path(__file__).parents[3] / "results" / "reference.jsonl")
MARKS = palette.DARK.keys() - {palette.PAPER, palette.GRID}
"""Light colours; the lines of the grid are behind the marks, and meant to be faint."""


def luminance(colour: str) -> float:
    """Give the relative luminance of `#rrggbb`, from 0 to 1, as WCAG 2 defines it."""
    shares = (each / 255 for each in bytes.fromhex(colour[1:]))
    linear = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in shares
    )
    return sum(part * each for part, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colour", sorted(MARKS))
def test_marks_stand_out_from_the_paper(colour: str) -> None:
    assert contrast(colour, palette.PAPER) >= 3
    assert contrast(palette.DARK[colour], palette.DARK[palette.PAPER]) >= 3


def test_strategies_can_be_told_apart_by_point_and_by_line() -> None:
    names = [*(f"s{n}" for n in range(40)), REFERENCE, *baselines.ALL]
    found = palette.looks(names)
    assert len({(look.colour, look.shape) for look in found.values()}) == len(names)
    assert len({(look.colour, look.dash) for look in found.values()}) == len(names)


def test_a_strategy_looks_the_same_in_any_order_and_has_a_dark_colour() -> None:
    found = palette.looks([*(f"s{n}" for n in range(20)), REFERENCE, *baselines.ALL])
    drawn = {look.colour for look in found.values()} | {*palette.LAYERS.values()}
    assert drawn <= palette.DARK.keys()
    assert palette.looks(["b", "a"]) == palette.looks(["a", "b"])


def test_no_two_series_of_a_published_chart_look_the_same() -> None:
    figures = render(REFERENCE_RUN, Options()).split(' id="figures">')[1].split("</script>")[0]
    specs: dict[str, Any] = json.loads(figures)["specs"]
    lines = {"shape", "strokeDash"}
    told = {"map": {"shape"}, "growth-peak": lines, "growth-time": lines}
    for chart, channels in told.items():
        scales = {scale["name"]: scale for scale in specs[chart]["scales"]}
        colours = scales["color"]["range"]
        for channel in channels:
            assert scales[channel]["domain"] == scales["color"]["domain"]
            looks = [*zip(colours, map(str, scales[channel]["range"]), strict=True)]
            assert len({*looks}) == len(looks) > 12
