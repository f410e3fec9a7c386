"""The page that chooses has what `choose` judges by, of every run, each figure with its run."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from callmeter.errors import UsageError
from harness.analysis.candidate import RESIDENT, Payrolls, candidates
from harness.analysis.evidence import evidence
from harness.model.cell import REFERENCE
from harness.model.run import Run
from harness.model.saved import CHOSEN_FROM, read
from harness.report.answer import NEEDS
from harness.report.page import chooser
from runs import HOSTILE, made_run
from strategies.support.traits import TRAITS
from support import figures_of

RUNS = {path.name: read(path) for path in CHOSEN_FROM}
PAGE = chooser.page(RUNS)
MOST = 2_000_000
SERVICE = made_run((1000, 10_000), ("rss",), at_once=(1, 4), calls=9, explained=False)
TIMES = made_run((1000, 10_000), ("allocator", "clock"), explained=False)


def way(page: str, name: str) -> dict[str, Any]:
    (kind,) = figures_of(page)["stacks"][0]["kinds"]
    (found,) = (one for one in kind["ways"] if one["strategy"] == name)
    return dict(found)


def test_the_published_page_has_every_payroll_of_every_run_and_is_small() -> None:
    (stack,) = figures_of(PAGE)["stacks"]
    found = [(kind["values"], kind["components"]) for kind in stack["kinds"]]
    pools = [f"realistic-{number}" for number in (1, 2, 5, 20, 50)]
    assert found == [(values, 6) for values in (*pools, "distinct-1")]
    assert len(PAGE.encode()) <= MOST


def test_the_points_are_those_that_choose_predicts_from() -> None:
    for kind, shown in ((Payrolls(), 0), (Payrolls(repetition=50), 4)):
        run = evidence(RUNS, kind, with_base=True).run
        ways = figures_of(PAGE)["stacks"][0]["kinds"][shown]["ways"]
        known = {one.strategy: one for one in candidates(run, kind, RESIDENT)}
        assert {one["strategy"] for one in ways} == known.keys()
        for one in ways:
            points = known[one["strategy"]].resident
            assert one["resident"] == {
                str(number): [list(point) for point in sorted(of)] for number, of in points.items()
            }
            assert set(one["offers"]) == known[one["strategy"]].offers


def test_a_figure_names_the_runs_that_it_is_from() -> None:
    page = chooser.page({"service.jsonl": SERVICE, "times.jsonl": TIMES})
    assert way(page, "lean")["from"] == {
        "resident": {"1": [0], "4": [0]},
        "base": {"1": [0], "4": [0]},
        "served": {"1": [0], "4": [0]},
        "allocated": {"1": [1]},
        "time": {"1": [1]},
    }
    assert [run["name"] for run in figures_of(page)["runs"]] == ["service", "times"]
    for part in ('href="./service.jsonl"', SERVICE.header.command, "commit "):
        assert part in page


def test_a_run_that_was_cut_short_says_so() -> None:
    short = Run(SERVICE.header, SERVICE.measurements[:20])
    assert "INCOMPLETE" not in PAGE
    shown = chooser.page({"service.jsonl": short}).split('id="runs"')[1]
    assert f"20 of {SERVICE.header.cells} cells" in shown


def test_times_are_those_of_one_call_at_sizes_that_were_measured() -> None:
    page = chooser.page({"service.jsonl": SERVICE, "times.jsonl": TIMES})
    assert way(page, "quick")["times"] == {"1000": "10x faster", "10000": "10x faster"}
    assert way(page, REFERENCE)["times"]["10000"] == "2.50 s"
    assert way(chooser.page({"service.jsonl": SERVICE}), "quick")["times"] == {}
    once = Run(TIMES.header, [one for one in TIMES.measurements if one.cell.repeat == 0])
    assert (
        way(chooser.page({"a.jsonl": once}), "lean")["times"]["1000"] == "too few repeats to tell"
    )


def test_stacks_are_never_combined() -> None:
    newer = {**SERVICE.header.environment, "python": "CPython 3.14.0"}
    busier = {**newer, "cores": "8"}
    runs = {
        "service.jsonl": SERVICE,
        "times.jsonl": TIMES,
        "stacks/newer.jsonl": Run(replace(SERVICE.header, environment=newer), SERVICE.measurements),
        "stacks/8.jsonl": Run(replace(SERVICE.header, environment=busier), SERVICE.measurements),
    }
    stacks = figures_of(chooser.page(runs))["stacks"]
    titles = [stack["title"] for stack in stacks]
    assert len({*titles}) == 3
    assert "CPython 3.14.0" in titles[1]
    assert titles[2] == f"{titles[1]} (2)"
    sources = [stack["kinds"][0]["ways"][0]["from"]["resident"]["1"] for stack in stacks]
    assert sources == [[0], [2], [3]]


def test_every_trait_can_be_asked_for_and_every_need_is_a_preset() -> None:
    asked = re.findall(r'name="need" value="([\w-]+)"', PAGE)
    assert asked == [*TRAITS]
    assert re.findall(r'data-preset="([^"]+)"', PAGE) == [*NEEDS]


def test_without_a_script_the_first_choice_is_answered() -> None:
    still = "".join(re.findall(r"<noscript>(.*?)</noscript>", PAGE, re.DOTALL))
    assert "10000 entries, 4 calls at once, a container of 512 MB, keep the ORM" in still
    for name in ("merged_orm", "thin_objects", "packed_columns"):
        assert f"least: {name}: needs " in still
    assert still.count("<tr><th") == len(figures_of(PAGE)["stacks"][0]["kinds"][0]["ways"]) + 1


def test_the_page_may_ask_for_nothing() -> None:
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', PAGE)
    assert policy.startswith("default-src 'none'; script-src 'unsafe-inline'; ")
    assert not re.findall(r'(?:src|href)="(?!\.|#|data:,)', PAGE)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_no_text_of_a_run_is_markup(text: str) -> None:
    text = f"{HOSTILE}{text}"
    memory = [
        replace(one, cell=replace(one.cell, name=name))
        for one in SERVICE.measurements[:1]
        for name in (REFERENCE, text)
    ]
    header = replace(SERVICE.header, command=text, labels={text: text}, offers={})
    page = chooser.page({f"{text}.jsonl": Run(header, memory)})
    assert page.count("<script>") == PAGE.count("<script>")
    assert "window.hostile = true</script>" not in page
    assert {one["strategy"] for one in figures_of(page)["stacks"][0]["kinds"][0]["ways"]} == {
        *(REFERENCE, text)
    }


def test_a_run_of_functions_is_refused() -> None:
    functions = made_run((1000,), explained=False)
    cells = [
        replace(one, cell=replace(one.cell, workload=type(one.cell.workload)()))
        for one in functions.measurements
    ]
    with pytest.raises(UsageError, match=r"b\.jsonl is of functions, not of strategies"):
        chooser.page({"a.jsonl": SERVICE, "b.jsonl": Run(functions.header, cells)})


def test_what_has_no_resident_memory_is_shown_by_what_it_allocates() -> None:
    page = chooser.page({"a.jsonl": made_run((1000, 10_000), ("allocator",), explained=False)})
    found = way(page, "lean")
    assert found["resident"] == {}
    assert [size for size, *_ in found["peak"]] == [1000, 10_000]
