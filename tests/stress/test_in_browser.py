"""The page of a report in a real browser."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec
import pytest

from harness.model.cell import FLOOR, REFERENCE, Consume
from harness.model.run import Run
from harness.model.saved import read
from runs import HOSTILE, STRATEGIES, made_run
from stress import command
from stress.chromium import BRIGHTNESS

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from stress.chromium import Open

RUN = made_run(
    strategies=(FLOOR, REFERENCE, "lean", "quick", "middling", HOSTILE), errors={"bad": HOSTILE}
)
PAYLOADS = (
    *('"><img src=x onerror="window.hostile=1">', "'><svg onload=window.hostile=1>", "${window}"),
    *(
        "</title></style></textarea><script>window.hostile=1</script>",
        "javascript:window.hostile=1",
    ),
    *("{{ 7*7 }}", "'); window.hostile=1; ('", "datum.x || (window.hostile=1)", "&lt;script&gt;"),
    *(
        "<iframe src=http://x.example/>",
        "<a href=javascript:window.hostile=1>x</a>",
        "<!--<script>",
    ),
)


def texts(page: Page, chart: str) -> list[str]:
    return page.locator(f"[data-chart={chart}] svg text").all_text_contents()


def visible(page: Page, selector: str) -> list[str]:
    found: list[str] = page.locator(f"{selector} >> visible=true").all_text_contents()
    return found


@pytest.mark.parametrize(
    "run",
    [
        RUN,
        made_run(strategies=("lean",)),
        made_run(meters=("tracemalloc",), explained=False),
        made_run(consume=Consume.FOLD, explained=False),
        made_run(meters=()),
        made_run(meters=(), explained=False, errors={"bad": HOSTILE}),
        Run(RUN.header, []),
    ],
    ids=["whole", "one", "tracemalloc", "fold", "explanation", "errors", "empty"],
)
def test_it_opens_without_error_and_without_any_request(opened: Open, run: Run) -> None:
    page, unwanted = opened(run)
    charts = page.locator("figure[data-chart]")
    assert page.locator("figure[data-chart] svg.marks").count() == charts.count()
    assert not unwanted


def test_the_figures_are_those_of_the_run(opened: Open, tmp_path: Path) -> None:
    page, _ = opened(RUN)
    answer = command.run(["report", str(tmp_path / "run.jsonl"), "--full", "--format", "json"]).out
    wanted = {
        (row["strategy"], key, str(sample["median"]))
        for row in json.loads(answer)["rows"]
        if row["workload"]["size"] == 10_000
        for key, sample in row["metrics"].items()
        if sample and key in {"peak", "retained", "traced_peak", "wall"}
    }
    script = (
        "cells => cells.map(c => [c.parentNode.dataset.strategy, c.dataset.field, c.dataset.value])"
    )
    cells = page.locator("#tables td >> visible=true").evaluate_all(script)
    assert wanted <= {tuple(cell) for cell in cells}
    assert len(wanted) > len(STRATEGIES)


def test_the_filter_applies_to_charts_and_tables(opened: Open) -> None:
    page, unwanted = opened(RUN)
    assert "lean" in texts(page, "memory")
    page.get_by_label("lean", exact=True).uncheck()
    page.wait_for_function(
        "![...document.querySelectorAll('svg text')].some(text => text.textContent === 'lean')"
    )
    assert "lean" not in " ".join(visible(page, "#tables tr"))
    page.get_by_role("button", name="none", exact=True).click()
    page.wait_for_function("[...document.querySelectorAll('figure')].every(each => each.hidden)")
    page.get_by_role("button", name="all", exact=True).click()
    page.wait_for_selector("[data-chart=memory] svg text:text-is('lean')")
    assert not unwanted


def test_a_column_sorts_by_its_figures_and_by_keyboard(opened: Open) -> None:
    page, _ = opened(RUN)
    table = page.locator("#tables table >> visible=true").first
    assert table.locator("th[aria-sort]").get_attribute("aria-sort") == "ascending"
    place = table.locator("th:not([aria-sort])").nth(1).evaluate("cell => cell.cellIndex")
    name = table.locator("tbody tr").first.locator("td").nth(place - 1).get_attribute("data-field")
    for key, direction in (("Enter", "ascending"), ("Space", "descending")):
        table.locator("th button").nth(place).press(key)
        assert table.locator("th[aria-sort]").get_attribute("aria-sort") == direction
        values = table.locator(f"td[data-field='{name}']").evaluate_all(
            "cells => cells.map(cell => cell.dataset.value)"
        )
        numbers = [float(value) for value in values if value]
        assert numbers == sorted(numbers, reverse=direction == "descending")
        assert len(set(numbers)) > 1
        assert not any(values[len(numbers) :])  # no figure: last


@pytest.mark.parametrize("width", [1280, 390])
def test_the_names_of_lines_do_not_overlap(opened: Open, width: int) -> None:
    names = (*STRATEGIES, *(f"close{n}" for n in range(9)))
    page, _ = opened(made_run(strategies=names), width=width)
    lines = page.locator("[data-chart=growth-peak] svg .mark-text.role-mark text")
    boxes = [box for line in lines.all() if (box := line.bounding_box())]
    assert len(boxes) == len(names)
    assert max(box["x"] + box["width"] for box in boxes) <= width
    heights = sorted(box["y"] for box in boxes)
    assert all(below - above > 13 for above, below in pairwise(heights))


def test_another_payroll_can_be_picked(opened: Open) -> None:
    page, unwanted = opened(RUN)
    picker = page.locator("#payroll")
    picker.select_option("1" if picker.input_value() == "0" else "0")
    page.wait_for_selector("#answer .of:has-text('1,000 entries') >> visible=true")
    assert visible(page, "#answer .of") == ["1,000 entries x 6 components, profile realistic"]
    assert not unwanted


def test_no_text_of_a_run_runs_or_asks(opened: Open) -> None:
    """As a name, a label, an error, the command and all of the environment."""
    names = (FLOOR, REFERENCE, HOSTILE, *PAYLOADS)
    run = made_run(strategies=names, errors={"bad": "".join(PAYLOADS)})
    header = msgspec.structs.replace(
        run.header,
        command="".join(PAYLOADS),
        labels={name: f"{name} {other}" for name in PAYLOADS for other in PAYLOADS},
        environment={key: "".join(PAYLOADS) for key in (*run.header.environment, *PAYLOADS)},
    )
    page, unwanted = opened(Run(header, run.measurements))
    page.locator(".strategy", has_text="hostile").first.hover()
    page.locator("[data-chart=memory] svg .mark-rect path").last.hover(force=True)
    page.wait_for_selector("#vg-tooltip-element.visible")
    assert page.evaluate("window.hostile") is None
    assert page.locator("img, iframe, svg[onload], main a:not([href^='#'])").count() == 0
    assert {HOSTILE, *PAYLOADS} <= {*page.locator("#tables tbody th").all_text_contents()}
    assert not unwanted


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits_light_and_dark(opened: Open, width: int, scheme: str) -> None:
    page, _ = opened(RUN, width=width, scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert (min(page.evaluate(BRIGHTNESS)) > 200) == (scheme == "light")
    label = page.locator("[data-chart=memory] svg text").first
    colour = label.evaluate("text => getComputedStyle(text).fill.match(/\\d+/g).map(Number)")
    assert (max(colour) < 100) == (scheme == "light")


def test_the_run_can_be_downloaded(opened: Open, tmp_path: Path) -> None:
    page, unwanted = opened(RUN)
    with page.expect_download() as download:
        page.get_by_role("button", name="download it").click()
    path = tmp_path / "downloaded.jsonl"
    download.value.save_as(path)
    assert read(path) == RUN
    page.locator("#measurements summary").click()
    page.wait_for_selector("#line-2")
    assert page.locator("#measurements tbody tr").count() == len(RUN.measurements)
    assert all(asked.startswith("blob:") for asked in unwanted)


def test_print_is_light_and_without_controls(opened: Open) -> None:
    page, _ = opened(RUN, scheme="dark")
    page.emulate_media(media="print")
    assert not page.locator("#controls").is_visible()
    assert min(page.evaluate(BRIGHTNESS)) == 255
    assert page.pdf()[:4] == b"%PDF"
