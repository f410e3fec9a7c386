"""The pages as a screen reader and a keyboard find them: axe-core finds no violation.

AXE names axe-core's script, axe.min.js, of its npm package; `.ci/run` fetches it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.report import comparison
from harness.report.formats import html
from runs import HOSTILE, made_run
from support import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from stress.chromium import Open

AXE = os.environ.get("AXE", "")
RUN_AXE = """async () => {
  const found = await axe.run(document, {
    resultTypes: ["violations"],
    rules: { "target-size": { enabled: true } },
  });
  return found.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 200))]);
}"""
CHOOSE = (ROOT / "results" / "choose.html").read_text(encoding="utf-8")
RUN = made_run((1000, 2000), at_once=(1, 2), calls=9, errors={"bad": HOSTILE})
PAGE = html.write(comparison.document(RUN, full=True), 80)
LOOKS = pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
)
pytestmark = pytest.mark.skipif(not AXE, reason="AXE names no axe.min.js: npm pack axe-core")


def violations(page: Page) -> list[tuple[str, Any]]:
    """What axe-core finds where all that can be opened is open."""
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    page.evaluate(Path(AXE).read_text(encoding="utf-8"))
    found: list[tuple[str, Any]] = page.evaluate(RUN_AXE)
    return found


def pick_wrongly(page: Page) -> None:
    page.get_by_role("textbox", name="Container").fill("a lot")


def give_up_to_copy(page: Page) -> None:
    page.evaluate("void (navigator.clipboard.writeText = () => Promise.reject(new Error()))")
    page.get_by_role("button", name="Copy the link").click()
    page.wait_for_selector("#link input")


PICKED = "#entries=20000&at_once=4&container={}+MB&values=realistic-1&components=6&need={}"
STATES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "over calls": (PICKED.format(512, "") + "&over=calls", lambda _: None),
    "nothing fits": (PICKED.format(64, "orm-identity,stream"), lambda _: None),
    "not measured": ("#entries=9&components=3", lambda _: None),
    "an unknown link": ("#stack=<b>&entries=5&over=<script>", lambda _: None),
    "no size": ("", pick_wrongly),
    "a link to copy": ("", give_up_to_copy),
}


@LOOKS
def test_the_page_that_chooses(shown: Open, width: int, scheme: str) -> None:
    page, _ = shown(CHOOSE, width=width, scheme=scheme)
    assert violations(page) == []


@pytest.mark.parametrize("state", STATES)
def test_the_page_that_chooses_in_another_state(shown: Open, state: str) -> None:
    fragment, act = STATES[state]
    page, _ = shown(CHOOSE, width=390, fragment=fragment)
    act(page)
    assert violations(page) == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_page_of_a_run(opened: Open, width: int, scheme: str) -> None:
    page, _ = opened(RUN, width=width, scheme=scheme)
    assert violations(page) == []


@pytest.mark.parametrize(
    ("name", "width", "scheme"), [("reference", 390, "light"), ("service", 1280, "dark")]
)
def test_the_published_pages(shown: Open, name: str, width: int, scheme: str) -> None:
    text = (ROOT / "results" / f"{name}.html").read_text(encoding="utf-8")
    page, _ = shown(text, width=width, scheme=scheme)
    assert violations(page) == []


@pytest.mark.parametrize("text", [CHOOSE, PAGE], ids=["choose", "run"])
def test_a_page_without_a_script(shown: Open, text: str) -> None:
    """What stands in noscript, made visible: where no script runs, neither does axe-core."""
    still = re.sub(r"<script\b.*?</script>", "", text, flags=re.DOTALL)
    still = re.sub(r"(</?)noscript\b", r"\1div", still)
    page, _ = shown(still.replace("<html ", '<html data-ready="yes" ', 1), width=390)
    assert violations(page) == []


def test_a_changed_answer_is_read_out(shown: Open) -> None:
    page, _ = shown(CHOOSE)
    role = page.locator("#fits").get_attribute("role")
    assert role == "status"  # which screen readers read out, politely, when its text changes
    before = page.locator("#fits").inner_text()
    page.get_by_role("textbox", name="Entries").fill("90,000")
    assert page.locator("#fits").inner_text() != before
