"""The page in a real browser: Chromium, headless, from a file."""

from __future__ import annotations

import os
import shutil
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from harness.model.compare import rows
from harness.model.run import Run, read
from harness.report.reports import _figures as figures
from harness.report.reports._content import Options
from harness.report.reports._palette import DARK, FRONT, INK, PAPER
from harness.report.reports.html import render
from harness.runner.plan import FLOOR, REFERENCE, Consume
from runs import HOSTILE, STRATEGIES, made_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
RUN = made_run(
    strategies=(FLOOR, REFERENCE, "lean", "quick", "middling", HOSTILE), errors={"bad": HOSTILE}
)
SHOWN = figures.first_shown(figures.payrolls(RUN, Options()))
Opened = tuple[Page, list[str]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    sandbox = os.geteuid() != 0  # Chromium has none for root
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, chromium_sandbox=sandbox)
        yield launched
        launched.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """A function that opens a run's page, and gives all that the browser complains of or asks."""
    contexts = []

    def open_page(run: Run = RUN, *, width: int = 1280, scheme: Any = "light") -> Opened:
        path = tmp_path / "report.html"
        path.write_text(render(run, Options()), encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        unwanted: list[str] = []
        page.on("console", lambda message: unwanted.append(message.text))
        page.on("pageerror", lambda error: unwanted.append(str(error)))
        page.on("dialog", lambda dialog: unwanted.append(dialog.message))
        page.on(
            "request",
            lambda asked: None if asked.url == path.as_uri() else unwanted.append(asked.url),
        )
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready=yes]")
        return page, unwanted

    yield open_page
    for context in contexts:
        context.close()


def texts(page: Page, chart: str) -> list[str]:
    return page.locator(f"[data-chart={chart}] svg text").all_text_contents()


def visible(page: Page, selector: str) -> list[str]:
    found: list[str] = page.locator(f"{selector} >> visible=true").all_text_contents()
    return found


def on_front(page: Page) -> int:
    return page.locator(f"[data-chart=map] .mark-symbol path[stroke='{FRONT}']").count()


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
def test_it_opens_without_error_and_without_any_request(
    opened: Callable[..., Opened], run: Run
) -> None:
    page, unwanted = opened(run)
    charts = page.locator("figure[data-chart]")
    assert page.locator("figure[data-chart] svg.marks").count() == charts.count()
    assert not unwanted


def test_the_figures_are_those_of_the_run(opened: Callable[..., Opened]) -> None:
    page, _ = opened()
    table = page.locator(f"#tables article[data-payroll='{SHOWN}'] tr[data-strategy]")
    found: dict[str, dict[str, str]] = {}
    for line in table.all():
        cells = line.locator("td").evaluate_all(
            "cells => cells.map(cell => [cell.dataset.field, cell.dataset.value])"
        )
        found.setdefault(str(line.get_attribute("data-strategy")), {}).update(dict(cells))
    for row in rows(RUN):
        if row["entries"] == 10_000:
            for field, value in found[row["strategy"]].items():
                assert (float(value) if value else None) == row.get(field)
    for each in figures.comparison(RUN, Options()):
        if each["payroll"] == SHOWN and each["peak"] is not None:
            assert each["peak_said"] in texts(page, "memory")
    assert f"{REFERENCE}" in texts(page, "map")


def test_the_filter_applies_to_charts_and_tables(opened: Callable[..., Opened]) -> None:
    page, unwanted = opened()
    drawn = [each for each in figures.comparison(RUN, Options()) if each["payroll"] == SHOWN]
    assert on_front(page) == len(list(figures.front(drawn)))
    page.get_by_label("lean", exact=True).uncheck()
    page.wait_for_function(
        "![...document.querySelectorAll('svg text')].some(text => text.textContent === 'lean')"
    )
    assert "lean" not in " ".join(visible(page, "#tables tr"))
    others = [each for each in drawn if each["strategy"] != "lean"]
    assert on_front(page) == len(list(figures.front(others)))
    page.get_by_role("button", name="none", exact=True).click()
    page.wait_for_function("[...document.querySelectorAll('figure')].every(each => each.hidden)")
    page.get_by_role("button", name="all", exact=True).click()
    page.wait_for_selector("[data-chart=memory] svg text:text-is('lean')")
    assert not unwanted


def test_a_column_sorts_by_its_figures_and_by_keyboard(opened: Callable[..., Opened]) -> None:
    page, _ = opened()
    table = page.locator(f"#tables article[data-payroll='{SHOWN}'] table").first
    button = table.get_by_role("button", name="delta B/entry")
    assert table.locator("th[aria-sort]").get_attribute("aria-sort") == "ascending"
    for key, direction in (("Enter", "ascending"), ("Space", "descending")):
        button.press(key)
        heading = table.locator("th[aria-sort]")
        assert heading.get_attribute("aria-sort") == direction
        values = table.locator("td[data-field=delta_bytes_per_entry]").evaluate_all(
            "cells => cells.map(cell => cell.dataset.value)"
        )
        numbers = [float(value) for value in values if value]
        assert numbers == sorted(numbers, reverse=direction == "descending")
        assert values[len(numbers) :] == [""]  # no figure: last


def test_the_column_sorted_from_the_start_turns_around(opened: Callable[..., Opened]) -> None:
    page, _ = opened()
    table = page.locator(f"#tables article[data-payroll='{SHOWN}'] table").first
    table.get_by_role("button", name="peak of all B/entry").click()
    assert table.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"


@pytest.mark.parametrize("width", [1280, 390])
def test_what_is_kept_is_read_as_a_table(opened: Callable[..., Opened], width: int) -> None:
    page, _ = opened(width=width)
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    nodes = {node["nodeId"]: node for node in tree}

    def roles(node: dict[str, Any]) -> list[str]:
        below = (nodes[child] for child in node["childIds"])
        return [node["role"]["value"], *(role for child in below for role in roles(child))]

    article = page.locator(f"#answer article[data-payroll='{SHOWN}']")
    # The page's first table, and the only one before the table of figures.
    tables = {node["backendDOMNodeId"]: node for node in tree if node["role"]["value"] == "table"}
    table = roles(tables[min(tables)])
    rows = article.locator(".kept tbody tr").count()
    assert table.count("row") == rows + 1
    assert table.count("columnheader") == 3
    assert table.count("rowheader") == rows
    assert table.count("cell") == 2 * rows


@pytest.mark.parametrize("width", [1280, 390])
def test_each_line_has_its_name_and_names_do_not_overlap(
    opened: Callable[..., Opened], width: int
) -> None:
    page, _ = opened(
        made_run(strategies=(*STRATEGIES, *(f"close{n}" for n in range(9)))), width=width
    )
    names = page.locator("[data-chart=growth-peak] svg .mark-text.role-mark text")
    boxes = [box for name in names.all() if (box := name.bounding_box())]
    assert len(boxes) == len(STRATEGIES) + 9
    assert max(box["x"] + box["width"] for box in boxes) <= width
    heights = sorted(box["y"] for box in boxes)
    assert all(below - above > 13 for above, below in pairwise(heights))


def test_the_axis_of_repeats_has_its_0_on_a_phone(opened: Callable[..., Opened]) -> None:
    page, _ = opened(width=390)
    assert "0%" in texts(page, "spread")


def test_each_stack_says_its_sum(opened: Callable[..., Opened]) -> None:
    page, _ = opened()
    assert {"0.50", "8.00"} <= {*texts(page, "peak")}


def test_another_payroll_can_be_picked(opened: Callable[..., Opened]) -> None:
    page, unwanted = opened()
    other = 1 - SHOWN
    page.locator("#payroll").select_option(str(other))
    said = [
        each["peak_said"]
        for each in figures.comparison(RUN, Options())
        if each["payroll"] == other and each["strategy"] == "lean"
    ]
    page.wait_for_selector(f"[data-chart=memory] svg text:text-is('{said[0]}')")
    titles = visible(page, "#answer .of")
    assert titles == ["1,000 entries x 6 components, profile realistic"]
    assert not unwanted


def test_a_hostile_name_stays_text(opened: Callable[..., Opened]) -> None:
    page, unwanted = opened()
    assert page.evaluate("window.hostile") is None
    assert any(HOSTILE in text for text in visible(page, "#tables th"))
    page.locator(".strategy", has_text="hostile").hover()
    page.locator("[data-chart=memory] svg .mark-rect path").last.hover(force=True)
    page.wait_for_selector("#vg-tooltip-element.visible")
    assert page.evaluate("window.hostile") is None
    assert not unwanted


PAYLOADS = (
    *(
        '"><img src=x onerror="window.hostile=1">',
        "'><svg onload=window.hostile=1>",
        "<!--<script>",
    ),
    *(
        "</title></style></textarea><script>window.hostile=1</script>",
        "javascript:window.hostile=1",
    ),
    *("{{ 7*7 }}", "'); window.hostile=1; ('", "datum.x || (window.hostile=1)", "&lt;script&gt;"),
    *("<iframe src=http://x.example/>", "<a href=javascript:window.hostile=1>x</a>", "${window}"),
)


def test_no_text_of_a_run_runs_or_asks(opened: Callable[..., Opened]) -> None:
    """As a name, a label, an error, the command and all of the environment."""
    run = made_run(strategies=(FLOOR, REFERENCE, *PAYLOADS), errors={"bad": "".join(PAYLOADS)})
    header = msgspec.structs.replace(
        run.header,
        command="".join(PAYLOADS),
        labels={each: f"{each} {other}" for each in PAYLOADS for other in PAYLOADS},
        environment={key: "".join(PAYLOADS) for key in (*run.header.environment, *PAYLOADS)},
    )
    page, unwanted = opened(Run(header, run.measurements))
    assert page.evaluate("window.hostile") is None
    assert page.locator("img, iframe, svg[onload], main a:not([href^='#'])").count() == 0
    assert {*PAYLOADS} <= {*page.locator("#tables tbody th").all_text_contents()}
    assert not unwanted


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits_light_and_dark(
    opened: Callable[..., Opened], width: int, scheme: str
) -> None:
    page, _ = opened(width=width, scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    label = page.locator("[data-chart=memory] svg text").first
    colour = label.evaluate("text => getComputedStyle(text).fill")
    wanted = INK if scheme == "light" else DARK[INK]
    assert colour == "rgb({}, {}, {})".format(*bytes.fromhex(wanted[1:]))
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    wanted = PAPER if scheme == "light" else DARK[PAPER]
    assert paper == "rgb({}, {}, {})".format(*bytes.fromhex(wanted[1:]))


def test_the_run_can_be_taken_out_again(opened: Callable[..., Opened], tmp_path: Path) -> None:
    page, unwanted = opened()
    with page.expect_download() as download:
        page.get_by_role("button", name="download it").click()
    path = tmp_path / "run.jsonl"
    download.value.save_as(path)
    assert read(path) == RUN
    page.locator("#measurements summary").click()
    page.wait_for_selector("#line-2")
    assert page.locator("#measurements tbody tr").count() == len(RUN.measurements)
    assert all(asked.startswith("blob:") for asked in unwanted)


def test_print_is_light_and_without_controls(opened: Callable[..., Opened]) -> None:
    page, _ = opened(scheme="dark")
    page.emulate_media(media="print")
    assert not page.locator("#controls").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf()[:4] == b"%PDF"
