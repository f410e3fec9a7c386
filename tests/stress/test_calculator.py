"""The calculator of a report in a real browser: it judges as `choose --container` does."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from harness.analysis.candidate import RESIDENT, Payrolls, candidates
from harness.analysis.choice import Limits, judge
from harness.analysis.container import Service
from harness.analysis.prediction import Basis
from harness.model.cell import Cell
from harness.model.run import Measurement
from runs import made_run
from support import a_run, a_workload

if TYPE_CHECKING:
    from harness.model.run import Run
    from stress.chromium import Open

RUN = made_run((1000, 10_000, 20_000), at_once=(1, 2, 8), calls=30, explained=False)
AT_ONCE = "[data-chart=at_once-together-10000]"
ASK = """([container, atOnce, entries, base]) => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const { kinds, reference } = figures.calculator;
  const today = { strategy: reference, base: kinds[0].today };
  return prediction.judge(kinds[0].ways, { container, atOnce, entries, base }, today)
    .filter(({ need }) => need)
    .map(({ way, need, fits }) => [way.strategy, fits, need.basis, need.value, need.high]);
}"""


def crossing() -> Run:
    """Two at once have a larger fixed cost and, as it seems, a smaller one an entry."""
    peaks = {(1, 1000): 10e6, (1, 10_000): 100e6, (2, 1000): 30e6, (2, 10_000): 101e6}
    return a_run(
        *(
            Measurement(
                Cell("lean", "rss", replace(a_workload(entries), at_once=at_once)),
                {"rss_peak": peak, "rss_retained": peak, "base": 50e6},
            )
            for (at_once, entries), peak in peaks.items()
        )
    )


@pytest.mark.parametrize(
    "run",
    [
        RUN,
        crossing(),
        made_run((1000,), at_once=(1,), explained=False),
        made_run((1000, 10_000), at_once=(4,), calls=9, explained=False),
    ],
    ids=["many", "crossing", "one", "four"],
)
def test_it_judges_as_choose_does(opened: Open, run: Run) -> None:
    page, _ = opened(run)
    found = candidates(run, Payrolls(), RESIDENT)
    for asked in product(
        (60e6, 512e6, 2e9), (1, 2, 4, 9), (500, 1000, 6000, 15_000, 70_000), (None, 55e6)
    ):
        container, at_once, entries, base = asked
        judged = judge(found, Limits(entries, container, service=Service(at_once, base)))
        wanted = [
            (
                *(one.strategy, one.fits, [*Basis].index(one.peak.basis)),
                *(pytest.approx(size, rel=1e-9) for size in (one.need.value, one.need.high)),
            )
            for one in judged
            if one.need and one.peak
        ]
        assert [tuple(one) for one in page.evaluate(ASK, asked)] == wanted, asked


def test_it_recommends_and_draws_what_is_set_by_keyboard_alone(opened: Open) -> None:
    page, unwanted = opened(RUN)
    assert page.locator("#fits").inner_text().startswith("lean: 4 calls at once and the base need")
    page.get_by_label("Container", exact=True).focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("90 MB")
    page.wait_for_function("document.querySelector('#fits').textContent.includes('for 90 MB')")
    assert page.locator("#fits").inner_text().startswith("Nothing fits. Nearest, lean: ")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("300")
    page.wait_for_function("document.querySelector('#fits').textContent.includes('of 300 MB')")
    assert page.locator("#calculator tr.fits th").all_inner_texts() == ["lean", "quick"]
    assert page.locator("#calculator tr.over th").all_inner_texts() == ["middling", "full_orm"]
    page.keyboard.press("Tab")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("1")
    page.wait_for_function("document.querySelector('#fits').textContent.includes('1 call and')")
    page.locator("[name=way]").select_option("lean")
    page.wait_for_function("document.querySelector('#fits').textContent.startsWith('lean: ')")
    widths = page.locator("#bar [data-part]").evaluate_all(
        "bars => bars.map(bar => parseFloat(bar.getAttribute('width')))"
    )
    (base, calls) = widths
    assert 0 < calls < base < 30
    assert not unwanted


def test_the_container_is_a_line_of_the_chart_and_obeys_the_filter(opened: Open) -> None:
    page, unwanted = opened(RUN)
    chart = page.locator(AT_ONCE)
    line = chart.locator("svg .mark-rule.role-mark line").first
    assert line.get_attribute("aria-label") == "level: 512"
    page.get_by_label("Container", exact=True).fill("200 MB")
    page.wait_for_selector(f"{AT_ONCE} svg [aria-label='level: 200']", state="attached")
    page.get_by_label("lean", exact=True).uncheck()
    page.wait_for_function(
        "![...document.querySelectorAll('#calculator th')].some(th => th.textContent === 'lean')"
    )
    page.get_by_label("Container", exact=True).fill("a lot")
    page.wait_for_selector("#calculator [aria-invalid=true]")
    assert not page.locator("#results").is_visible()
    page.wait_for_selector(f"{AT_ONCE} svg [aria-label='level: 0'][opacity='0']", state="attached")
    page.get_by_label("Container", exact=True).fill("0.5 GiB")
    page.wait_for_selector("#results >> visible=true")
    assert "of 536.87 MB" in page.locator("#fits").inner_text()
    assert not unwanted


def test_a_base_that_is_typed_is_the_applications(opened: Open) -> None:
    page, _ = opened(RUN)
    page.get_by_label("Base", exact=True).fill("150 MB")
    page.wait_for_function("document.querySelector('#fits').textContent.length > 0")
    rows = page.locator("#calculator tbody tr").all()
    bases = {row.locator("th").inner_text(): row.locator("td").nth(1).inner_text() for row in rows}
    assert bases == {"full_orm": "150", "middling": "156", "lean": "156", "quick": "177"}


@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_the_page(opened: Open, width: int) -> None:
    page, _ = opened(RUN, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for field in page.locator("#calculator input, #calculator select").all():
        box = field.bounding_box()
        assert box
        assert box["x"] + box["width"] <= width


def test_without_a_script_the_measured_workloads_are_tables(opened: Open) -> None:
    page, _ = opened(RUN)
    browser = page.context.browser
    assert browser
    still = browser.new_context(java_script_enabled=False)
    try:
        bare = still.new_page()
        bare.goto(page.url)
        assert not bare.locator("#calculator").is_visible()
        captions = bare.locator("#service caption >> visible=true").all_inner_texts()
        assert sum("What a container must hold" in caption for caption in captions) == 9
        figures = json.loads(bare.locator("#figures").text_content() or "")
        assert figures["calculator"]["of"] == [0] * 9
    finally:
        still.close()
