"""A real browser for the page of a report: Chromium, headless, from a file."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from stress import command
from support import saved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from harness.model.run import Run

    Opened = tuple[Page, list[str]]
    Open = Callable[..., Opened]

PAGES: dict[bytes, str] = {}
"""The page of a report, by the run: most tests open the same."""
BRIGHTNESS = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
"""A script that returns the parts of the page's colour."""
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("no Chromium: apt-get install chromium")
    sandbox = os.geteuid() != 0  # Chromium has none for root
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, chromium_sandbox=sandbox)
        yield launched
        launched.close()


@pytest.fixture
def shown(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """A function that opens a page's text; also returns what the browser complains of or asks."""
    contexts = []

    def show(text: str, *, width: int = 1280, scheme: Any = "light", fragment: str = "") -> Opened:
        path = tmp_path / "page.html"
        path.write_text(text, encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        unwanted: list[str] = []
        page.on("console", lambda message: unwanted.append(message.text))
        page.on("pageerror", lambda error: unwanted.append(str(error)))
        page.on("dialog", lambda dialog: unwanted.append(dialog.message))
        page.on("request", lambda asked: unwanted.append(asked.url))
        page.goto(path.as_uri() + fragment)
        page.wait_for_selector("html[data-ready=yes]")
        unwanted.remove(path.as_uri())
        return page, unwanted

    yield show
    for context in contexts:
        context.close()


@pytest.fixture
def opened(shown: Open, tmp_path: Path) -> Open:
    """A function that opens the page of a run's report."""

    def open_page(run: Run, *, width: int = 1280, scheme: Any = "light") -> Opened:
        run_path = saved(run, tmp_path / "run.jsonl")
        content = run_path.read_bytes()
        if content not in PAGES:
            PAGES[content] = command.run(["report", str(run_path), "--format", "html"]).out
        return shown(PAGES[content], width=width, scheme=scheme)

    return open_page
