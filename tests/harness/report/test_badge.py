"""The badge: one line that is the answer, whatever names hold, for every reader."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callmeter.errors import UsageError
from harness.model.cell import FLOOR, REFERENCE, Cell, Workload
from harness.model.run import Measurement, Run
from harness.report.charts.palette import INK, MEASURES, QUIET
from harness.report.document import Document
from harness.report.formats import badge
from runs import HOSTILE, made_run
from support import a_run, failed, memory, times

SVG = "{http://www.w3.org/2000/svg}"
PAPER = "#ffffff"
OPAQUE_TEXT = 4.5
"""The contrast that WCAG 1.4.3 asks of text."""


def drawn(run: Run) -> ET.Element:
    return ET.fromstring(badge.write(Document((), run=run), 80))  # noqa: S314 - ours


def texts(run: Run) -> list[str]:
    return [text.text or "" for text in drawn(run).iter(f"{SVG}text")]


def of_functions(**peaks: float) -> Run:
    measured = [
        Measurement(Cell(f"app:{name}()", "allocator", Workload()), {"peak": peak})
        for name, peak in peaks.items()
    ]
    return a_run(*measured)


def offering_a_list(*names: str) -> Run:
    run = made_run()
    offers = {name: ["list", "mutable"] for name in names}
    return Run(msgspec.structs.replace(run.header, offers=offers), run.measurements)


def test_of_strategies_it_is_the_leanest_list_relative_to_the_floor() -> None:
    assert texts(offering_a_list(REFERENCE, "quick")) == ["peak", "2.00x floor, quick"]
    assert texts(made_run()) == ["peak", "0.50x floor, lean"]  # nothing offers such a list


def test_of_functions_it_is_the_peak_of_the_one_that_needs_most() -> None:
    assert texts(of_functions(read=2.3e6)) == ["peak", "2.30 MB"]
    assert texts(of_functions(read=2.3e6, write=9e6)) == ["peak", "9.00 MB, write()"]


@pytest.mark.parametrize(
    ("run", "shown"),
    [
        (a_run(), "not measured"),
        (a_run(*times("lean", 0.1)), "not measured"),
        (a_run(failed("lean", "it broke")), "lean failed"),
        (a_run(failed("lean", "it broke"), *memory(FLOOR, 1e6)), "lean failed"),
    ],
)
def test_without_a_peak_it_does_not_claim_one(run: Run, shown: str) -> None:
    assert texts(run) == ["peak", shown]
    assert [part.get("fill") for part in drawn(run).iter(f"{SVG}rect")] == [QUIET, INK]


def test_what_was_left_out_is_in_the_title() -> None:
    run = a_run(*memory(FLOOR, 1e6), *memory("lean", 2e6), failed("b", "it broke"), cells=99)
    title = drawn(run).findtext(f"{SVG}title") or ""
    assert title.startswith("peak: lean needs 2.00 MB, 2.00x the floor; peak by tracemalloc; 1,000")
    assert "this run was cut short" in title
    assert "b failed: it broke" in title


def test_a_screen_reader_has_one_sentence_and_a_page_fetches_nothing() -> None:
    svg = badge.write(Document((), run=made_run()), 80)
    root = ET.fromstring(svg)  # noqa: S314 - ours
    assert root.get("role") == "img"
    assert root.get("aria-label") == root.findtext(f"{SVG}title")
    assert all(text.get("aria-hidden") == "true" for text in root.iter(f"{SVG}text"))
    assert svg.count("http") == 1  # the namespace
    assert len(svg) < 2_000


def test_its_texts_have_contrast_in_light_and_dark() -> None:
    for colour in (QUIET, MEASURES[0], INK):
        assert contrast(colour, PAPER) >= OPAQUE_TEXT


@given(st.text(min_size=1))
def test_any_name_is_text(name: str) -> None:
    run = a_run(*memory(FLOOR, 1e6), *memory(name, 2e6))
    root = drawn(run)
    label, answer = root.iter(f"{SVG}text")
    assert label.text == "peak"
    assert len(answer.text or "") <= badge.LONGEST
    end = float(answer.get("x") or 0) + float(answer.get("textLength") or 0)
    assert end <= float(root.get("width") or 0)


def test_nothing_of_the_run_is_taken_for_markup() -> None:
    svg = badge.write(Document((), run=a_run(*memory(FLOOR, 1e6), *memory(HOSTILE, 2e6))), 80)
    assert HOSTILE not in svg
    with pytest.raises(UsageError, match="badge shows a run"):
        badge.write(Document(()), 80)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, as WCAG 2 defines it."""
    less, more = sorted(map(_luminance, (one, other)))
    return (more + 0.05) / (less + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[nth : nth + 2], 16) / 255 for nth in (1, 3, 5))
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
