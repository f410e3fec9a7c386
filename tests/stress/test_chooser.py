"""The page that chooses, in a real browser: it answers as `choose` does, and can be cited."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from callmeter import discovery
from harness import cli
from harness.analysis.candidate import RESIDENT, Payrolls, candidates
from harness.analysis.choice import Limits, judge, leanest
from harness.analysis.container import Service
from harness.analysis.evidence import evidence
from harness.cli._parser import parse
from harness.model.run import Run
from harness.model.saved import CHOSEN_FROM, read
from harness.payroll.generator import Profile
from harness.report.answer import NEEDS
from harness.report.page import chooser
from runs import HOSTILE, made_run
from stress import command
from stress.chromium import BRIGHTNESS

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from stress.chromium import Open

RUNS = {path.name: read(path) for path in CHOSEN_FROM}
PAGE = chooser.page(RUNS)
ORM, MUTABLE = NEEDS["keep the ORM"], NEEDS["keep a list of mutable objects"]
DISTINCT = Payrolls(profile=Profile.DISTINCT)
ASKED = (
    (Payrolls(), 20_000, 4, 512, None, ORM),
    (Payrolls(), 20_000, 4, 512, None, MUTABLE),
    (Payrolls(), 20_000, 4, 512, None, ()),
    (Payrolls(), 10_000, 1, 256, None, ORM),
    (Payrolls(), 10_000, 1, 512, 180, ()),
    (Payrolls(), 10_000, 8, 2000, 180, ("any-driver", "gc-untouched")),
    (Payrolls(), 1000, 2, 100, None, ("object-identity",)),
    (Payrolls(), 5000, 3, 300, None, ("contract-class", "list")),
    (Payrolls(), 70_000, 16, 4000, None, ("no-extra-packages",)),
    (Payrolls(), 100_000, 4, 512, None, ()),
    (Payrolls(), 300, 6, 64, 50, ("sqlalchemy-types",)),
    (Payrolls(), 10_000, 4, 512, None, ("orm-identity", "stream")),
    (DISTINCT, 10_000, 1, 512, None, MUTABLE),
    (DISTINCT, 4000, 1, 200, None, ORM),
)


def address(
    kind: Payrolls, entries: int, at_once: int, megabytes: int, base: int | None, needs: object
) -> str:
    names = ",".join(needs) if isinstance(needs, tuple) else ""
    of_base = "" if base is None else f"&base={base}+MB"
    return (
        f"#entries={entries}&at_once={at_once}&container={megabytes}+MB{of_base}"
        f"&values={kind.profile}-{kind.repetition}&components={kind.components}&need={names}"
    )


def move(page: Page, fragment: str) -> None:
    """Go to that choice, as a link or the bar of addresses does, and wait until it is there."""
    page.evaluate(
        """fragment => new Promise(resolve => {
            addEventListener("hashchange", () => setTimeout(resolve), { once: true });
            location.hash = fragment;
        })""",
        fragment,
    )


def texts(page: Page, selector: str) -> list[str]:
    """The texts as they are seen; those of a picture have no such form."""
    of_picture = page.locator(selector).all_text_contents()
    found: list[str] = page.locator(selector).all_inner_texts()
    return of_picture if selector.startswith("#chart") else found


def test_it_answers_as_choose_does(shown: Open) -> None:
    page, unwanted = shown(PAGE)
    for asked in ASKED:
        kind, entries, at_once, megabytes, base, needs = asked
        move(page, address(*asked))
        run = evidence(RUNS, kind, with_base=True).run
        service = Service(at_once, None if base is None else base * 1e6)
        limits = Limits(entries, megabytes * 1e6, needs=needs, service=service)
        judged = judge(candidates(run, kind, RESIDENT), limits)
        assert texts(page, "#ways tbody th") == [one.strategy for one in judged], asked
        assert texts(page, "#ways tr.fits th") == [one.strategy for one in judged if one.fits], (
            asked
        )
        verdict = page.locator("#fits").inner_text()
        assert verdict.startswith(f"{judged[0].strategy}: ") == judged[0].fits, asked
        least = [leanest(judged, traits) for traits in NEEDS.values()]
        assert texts(page, "#leanest b") == [one.strategy for one in least if one], asked
        for one, row in zip(judged, page.locator("#ways tbody tr").all(), strict=True):
            both = row.locator("td").nth(4).inner_text().replace(",", "")
            assert bool(both) == bool(one.need)
            if one.need:  # three digits, rounded up
                assert 1 <= float(both) * 1e6 / one.need.high + 1e-9 <= 1.01, asked
    assert not unwanted


def test_the_question_of_ten_minutes_is_answered_without_scrolling(shown: Open) -> None:
    """Keep the ORM, 4 at once, 512 MB, 20,000 entries: the answer, its cost and its reason."""
    page, _ = shown(PAGE, fragment=address(*ASKED[0]))
    for selector in ("#fits", "#facts", "#bar", "#why", "#leanest"):
        box = page.locator(selector).bounding_box()
        assert box
        assert box["y"] + box["height"] <= 800, selector
    facts, why = (page.locator(selector).inner_text() for selector in ("#facts", "#why"))
    assert "costs: batched ORM" in facts
    assert "faster than full_orm [reference]" in facts
    assert "gives up the fewest traits" in why
    assert "MB too much" in why
    assert "of what you picked they were not measured" in why


@pytest.mark.parametrize(
    ("fragment", "verdict"),
    [
        (
            address(Payrolls(repetition=5), 20_000, 4, 512, None, MUTABLE),
            "of one call's allocations, without the base",
        ),
        (address(DISTINCT, 20_000, 4, 512, None, ()), "Not measured in a container"),
        (address(Payrolls(components=3), 9, 1, 64, None, ()), "Not measured: such payrolls."),
    ],
    ids=["allocations", "at once", "components"],
)
def test_what_was_not_measured_is_no_guess(shown: Open, fragment: str, verdict: str) -> None:
    page, unwanted = shown(PAGE, fragment=fragment)
    assert verdict in page.locator("#fits").inner_text()
    assert not page.locator("#bar").is_visible()
    assert not page.locator("#ways tr.fits").count()
    assert "--meter rss --save run.jsonl" in page.locator("#commands").inner_text()
    assert not unwanted


def test_allocations_are_of_one_call_and_so_over_entries_alone(shown: Open) -> None:
    kind = Payrolls(repetition=5)
    page, _ = shown(PAGE, fragment=address(kind, 20_000, 4, 512, None, ()) + "&over=calls")
    assert "entries of each payroll" in texts(page, "#chart text")
    assert page.get_by_label("over calls at once").is_disabled()
    assert (
        "The allocations are extrapolated: measured at 1,000 and 10,000" in texts(page, "#why")[0]
    )
    page.get_by_label("Values repeat").select_option("realistic-1")
    assert "calls at once" in texts(page, "#chart text")


FRAGMENTS = (
    *("#%", "#entries=%E0%A4%A&need=%", "#entries=&at_once=&container=&values=&components="),
    *("#entries=1&need=__proto__,constructor&values=toString", "#__proto__=1&entries=2"),
    *("#entries=1000000000&at_once=256&container=999999999+GB", "#entries=1&container=1+B"),
    *("#entries=1e999&at_once=-0&base=NaN", "#stack=<b>&entries=5&over=<script>", "#runs"),
)


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_no_address_breaks_it(shown: Open, fragment: str) -> None:
    page, unwanted = shown(PAGE, fragment=fragment)
    assert page.locator("#fits").inner_text()
    page.get_by_role("button", name="Begin again").click()
    assert page.locator("#ways tr.fits").count() > 1
    assert not unwanted


def test_its_commands_can_be_read_and_repeat_the_answer(shown: Open) -> None:
    page, _ = shown(PAGE, fragment=address(*ASKED[4]))
    shown_commands = [*texts(page, "#commands")[0].splitlines(), *texts(page, "#repeat")]
    for line in shown_commands:
        _, _, _, name, *words = shlex.split(line)
        parse(discovery.load(cli, name).run, words)
    _, _, _, *words = shlex.split(shown_commands[-1])
    answered = json.loads(command.run([*words, "--format", "json"]).out)
    assert page.locator("#fits").inner_text().startswith(f"{answered['recommended']}: ")
    listed = [row["strategy"] for row in answered["rows"] if row["fits"]]
    assert texts(page, "#ways tr.fits th") == listed
    assert "peak_memory" in page.locator("#test").inner_text()


def test_every_figure_links_to_its_run_and_the_address_stays(shown: Open) -> None:
    fragment = address(*ASKED[0])
    page, _ = shown(PAGE, fragment=fragment)
    assert page.locator("#ways tbody tr").count() == sum(
        bool(row.locator("a").count()) for row in page.locator("#ways tbody tr").all()
    )
    page.locator("#facts a").first.click()
    assert page.evaluate("document.activeElement.id") == "run-0"
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    assert page.url.endswith(fragment)
    place = page.locator("#run-0")
    assert place.locator("a").get_attribute("href") == "./service.jsonl"
    assert RUNS["service.jsonl"].header.command in place.inner_text()
    assert RUNS["service.jsonl"].header.environment["commit"] in place.inner_text()


def test_a_choice_made_by_keyboard_is_in_the_address_and_comes_back(shown: Open) -> None:
    page, unwanted = shown(PAGE)
    page.get_by_label("Entries of each payroll").focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("20,000")
    page.keyboard.press("Tab")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("2")
    page.keyboard.press("Tab")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("1 GiB")
    page.get_by_role("button", name="only read").press("Enter")
    page.get_by_label("gc-untouched").press("Space")
    page.get_by_label("over entries").focus()
    page.keyboard.press("ArrowRight")
    before = texts(page, "#fits") + texts(page, "#ways tbody tr") + texts(page, "#chart text")
    fragment = page.evaluate("location.hash")
    assert "need=gc-untouched" in fragment
    assert "over=calls" in fragment
    again, others = shown(PAGE, fragment=fragment)
    after = texts(again, "#fits") + texts(again, "#ways tbody tr") + texts(again, "#chart text")
    assert after == before
    assert again.evaluate("location.hash") == fragment
    again.get_by_role("button", name="Begin again").click()
    assert again.get_by_label("Entries of each payroll").input_value() == "10000"
    assert again.get_by_role("button", name="keep the ORM").get_attribute("aria-pressed") == "true"
    move(again, fragment)
    assert again.get_by_label("Entries of each payroll").input_value() == "20,000"
    assert not unwanted
    assert not others


def test_the_link_is_copied(shown: Open) -> None:
    page, _ = shown(PAGE, fragment=address(*ASKED[0]))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the link").click()
    page.wait_for_function(
        "document.getElementById('copied').textContent || !document.getElementById('link').hidden"
    )
    if page.locator("#link").is_visible():  # a browser that does not let a file's page copy
        assert page.locator("#link input").input_value() == page.url
    else:
        assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_what_is_no_size_or_number_is_marked(shown: Open) -> None:
    page, unwanted = shown(PAGE)
    for label, wrong in (("Container", "a lot"), ("Entries", "-4"), ("Calls at once", "1.5")):
        field = page.get_by_role("textbox", name=label)
        before = field.input_value()
        field.fill(wrong)
        assert field.get_attribute("aria-invalid") == "true"
        assert not page.locator("#ways").is_visible()
        field.fill(before)
        assert page.locator("#ways").is_visible()
    assert not unwanted


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "fragment", ["", address(Payrolls(), 6000, 4, 1000, None, ()) + "&over=calls"]
)
def test_it_fits_light_and_dark(shown: Open, width: int, scheme: str, fragment: str) -> None:
    page, unwanted = shown(PAGE, width=width, scheme=scheme, fragment=fragment)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert (min(page.evaluate(BRIGHTNESS)) > 200) == (scheme == "light")
    boxes = [box for text in page.locator("#chart text").all() if (box := text.bounding_box())]
    assert len(boxes) > 10
    assert max(box["x"] + box["width"] for box in boxes) <= width
    fields = page.locator("input, select").all()
    assert all(field.evaluate("field => field.labels.length") for field in fields)
    assert not unwanted


def test_several_stacks_are_picked_by_name(shown: Open) -> None:
    run = RUNS["service.jsonl"]
    other = {**run.header.environment, "python": "CPython 3.14.0"}
    doubled = [
        replace(one, values={key: value * 2 for key, value in one.values.items()})
        for one in run.measurements
    ]
    newer = Run(replace(run.header, environment=other), doubled)
    page, unwanted = shown(chooser.page({**RUNS, "stacks/newer.jsonl": newer}))
    before = page.locator("#fits").inner_text()
    page.get_by_label("Stack").select_option("1")
    assert page.locator("#fits").inner_text() != before
    assert texts(page, "#facts a") == ["stacks/newer"]
    assert "3.14.0" in re.sub(r"\+|%20", " ", page.evaluate("location.hash"))
    assert "time not measured" in page.locator("#facts").inner_text()
    gone, _ = shown(PAGE, fragment=page.evaluate("location.hash"))
    assert "which this page does not have" in gone.locator("#copied").inner_text()
    assert not unwanted


def test_no_text_of_a_run_runs(shown: Open) -> None:
    names = ("full_orm", "lean", HOSTILE)
    run = made_run((1000, 10_000), strategies=names, at_once=(1, 4), explained=False)
    labels = dict.fromkeys(names, HOSTILE)
    hostile = Run(replace(run.header, command=HOSTILE, labels=labels), run.measurements)
    page, unwanted = shown(chooser.page({f"{HOSTILE}.jsonl": hostile}))
    assert page.evaluate("window.hostile") is None
    assert HOSTILE in texts(page, "#ways tbody th")
    assert not unwanted


def test_without_a_script_the_first_choice_is_a_table(shown: Open) -> None:
    page, _ = shown(PAGE)
    browser = page.context.browser
    assert browser
    still = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    try:
        bare = still.new_page()
        bare.goto(page.url)
        rows = texts(bare, "#answer tbody th")
        assert rows == texts(page, "#ways tbody th")
        (answer,) = texts(bare, "#answer .verdict >> visible=true")
        assert answer.startswith(f"{rows[0]}: ")
        assert not bare.locator("#picker").is_visible()
        assert bare.evaluate("document.documentElement.scrollWidth") <= 390
    finally:
        still.close()
