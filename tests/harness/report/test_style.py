"""What is drawn can be seen, light and dark, and distinguished without its colour."""

from __future__ import annotations

import pytest

from harness.model.cell import FLOOR, REFERENCE
from harness.report.charts import palette

MARKS = palette.DARK.keys() - {palette.PAPER, palette.GRID}
"""Light colours; the lines of the grid are behind the marks, and meant to be faint."""


def luminance(colour: str) -> float:
    """The relative luminance of `#rrggbb`, from 0 to 1, as WCAG 2 defines it."""
    shares = (byte / 255 for byte in bytes.fromhex(colour[1:]))
    linear = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return sum(part * one for part, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colour", sorted(MARKS))
def test_marks_stand_out_from_the_paper(colour: str) -> None:
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast(colour, palette.PAPER) >= 3
    assert contrast(palette.DARK[colour], palette.DARK[palette.PAPER]) >= 3


def test_strategies_differ_by_point_and_by_line_in_any_order() -> None:
    names = [*(f"s{nth}" for nth in range(40)), REFERENCE, FLOOR, "raw_tuples"]
    styles = palette.styles(names, REFERENCE, [FLOOR, "raw_tuples"])
    assert len({(style.colour, style.shape) for style in styles.values()}) == len(names)
    assert len({(style.colour, style.dash) for style in styles.values()}) == len(names)
    colours = {style.colour for style in styles.values()} | {*palette.LAYERS.values()}
    assert colours <= palette.DARK.keys()
    assert palette.styles(reversed(names), REFERENCE, [FLOOR, "raw_tuples"]) == styles
