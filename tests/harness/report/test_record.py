"""The record of a decision: two screens, every figure of the analysis, commands that repeat it."""

from __future__ import annotations

import re
import shlex

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callmeter.errors import UsageError
from decided import GIVES_UP, RUN, SERVED, served, shown
from harness.cli import _options as option
from harness.model.cell import REFERENCE, Cell
from harness.model.run import Measurement, Run
from harness.payroll.generator import Profile
from harness.report import record as record_of
from harness.report.document import Document
from harness.report.formats import adr
from harness.report.record_checks import WORD, broken
from support import ROOT, a_workload

PUBLISHED = ROOT / "results" / "0001-read-premiums.md"


def record(container: float = 512e6, run: Run = SERVED) -> str:
    """The record of four calls at once in that container, its lines joined."""
    return " ".join(served(container, form="adr", run=run).split())


def of_other_values(run: Run, *, at_once: tuple[int, ...], times: float = 3) -> Run:
    """The run, with what yield_per and interned need so many times as much of, so many at once."""
    others = [
        Measurement(
            Cell(name, "rss", msgspec.structs.replace(distinct, at_once=number)),
            {"rss_peak": times * each * 10_000 * number + 2e6, "base": 60e6},
        )
        for name, each in (("yield_per", 6_700), ("interned", 2_000))
        for number in at_once
        for distinct in [a_workload(10_000, Profile.DISTINCT)]
    ]
    return Run(run.header, [*run.measurements, *others])


def test_the_published_record_is_two_screens() -> None:
    text = PUBLISHED.read_text(encoding="utf-8")
    lines = text.splitlines()
    assert len(lines) <= 100
    assert max(map(len, lines)) <= record_of.WIDTH


@settings(max_examples=20)
@given(
    st.floats(1e6, 2e9), st.integers(1, 12), st.sampled_from([None, 180e6]), st.integers(1, 200_000)
)
def test_no_line_is_wider_than_a_screen(
    container: float, at_once: int, base: float | None, entries: int
) -> None:
    text = served(container, at_once, base, form="adr", entries=entries)
    assert [line for line in text.splitlines() if len(line) > record_of.WIDTH] == []


@given(
    st.lists(st.text("ab -'\"$", max_size=9).map(shlex.quote), max_size=9),
    st.integers(10, 100),
)
def test_a_command_in_lines_is_the_command(words: list[str], width: int) -> None:
    command = " ".join(["python -m harness", *words])
    lines = broken(command, width)
    assert shlex.split("\n".join(lines).replace("\\\n", "")) == shlex.split(command)
    options = [sum(word.startswith("--") for word in WORD.findall(line)) for line in lines]
    assert all(len(line) <= width or options[nth] <= (nth > 0) for nth, line in enumerate(lines))


def test_it_has_what_a_decision_needs_in_that_order() -> None:
    text = shown(80e6, 3.0, form="adr")
    assert text.startswith("---\nstatus: proposed\n---\n\n# Read payrolls of 10,000 entries with")
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## Context",
        "## Options",
        "## Decision",
        "## What would change it",
        "## How it is checked",
    ]


def test_the_options_that_matter_have_figures_reasons_and_costs() -> None:
    text = record()
    for sentence in (
        "**yield_per**: 330 MB +-5%, 9.60 s +-10%; recommended; leanest to keep the ORM; costs: "
        "batched ORM.",
        "; runner-up; smaller and faster; leanest to keep a list of mutable objects; costs: no ORM",
        "; leanest to only read; costs: ",
        f"**{REFERENCE}**: 742 MB +-5%, 10.0 s +-10%; nearest rejected; as today; needs 742 MB of "
        "512 MB.",
    ):
        assert sentence in text
    assert "Memory and time are of 4 calls." in text


def test_the_decision_has_its_cost_in_the_sentence() -> None:
    text = record()
    for sentence in (
        "**yield_per; as fast as full_orm; costs: batched ORM.**",
        "That needs 742 MB +-5%: at worst 152% of the container.",
        "512 MB = 63 MB base + 4 calls 284 MB + 165 MB headroom. Beside full_orm's: 2.2x smaller.",
        "Callers can no longer rely on orm-identity (all entities of the payroll",
        "WARNING: the base is that of a process that only reads payrolls; what your application",
    ):
        assert sentence in text


def test_what_would_change_it_is_asked_of_the_same_rule() -> None:
    """The places are those that the document of the decision has, to the digit."""
    text, document = record(), " ".join(served(512e6).split())
    assert "--at-once up to 2 full_orm, 6 yield_per, 13 interned" in document
    assert (
        "**Calls at once**: yield_per from 3 up to 6; just below full_orm, just above int" in text
    )
    start, end = re.search(
        r"\*\*Container\*\*: yield_per from (\S+ MB) to (\S+ MB);", text
    ).groups()  # type: ignore[union-attr]
    assert f"{start} yield_per (the answer), {end} full_orm" in document
    assert "below 98.5 MB nothing that fits" in text
    assert "**What callers rely on**: if orm-identity is needed: nothing that fits." in text
    assert "yield_per needs none but SQLAlchemy and the driver" in text


def test_values_that_repeat_less_are_asked_about_where_they_were_measured() -> None:
    measured = record(512e6, of_other_values(SERVED, at_once=(1, 4)))
    assert "with profile distinct interned." in measured
    run = of_other_values(SERVED, at_once=(1,))
    alone = record(512e6, run)
    for text in (alone, " ".join(served(512e6, run=run).split())):
        warning = "WARNING: One call of yield_per peaks 2.94x as high with profile distinct (RSS pe"
        assert text.count(warning) == text.count("2.94x") == 1
        assert "of 512 MB are needed, which does not fit" in text
    fits = record(512e6, of_other_values(SERVED, at_once=(1, 4), times=1.2))
    assert "**Values that repeat less**: with profile distinct yield_per. One call of" in fits
    assert "grows as much, at worst 402 MB of 512 MB are needed, which fits." in fits
    assert "WARNING: One call" not in fits
    assert "Not measured so with 4 calls: measure with --profile distinct." in alone
    assert "peaks" not in record()


def test_the_commands_repeat_it_and_can_be_read() -> None:
    text = shown(80e6, 3.0, form="adr")
    joined = text.replace(" \\\n    ", " ").splitlines()
    commands = [line for line in joined if line.startswith("python -m harness ")]
    assert [shlex.split(line)[3] for line in commands] == ["compare", "choose", "report", "check"]
    assert commands[1] == ("python -m harness choose --entries 10,000 --need list --run run.jsonl")
    assert '@pytest.mark.peak_memory("67.5 MB")' in text
    assert "oom_kill" in record()


def test_a_file_with_a_space_in_its_name_is_one_word_of_the_commands() -> None:
    measurements = [
        msgspec.structs.replace(one, cell=msgspec.structs.replace(one.cell, name="my way.py"))
        if one.cell.name == "yield_per"
        else one
        for one in SERVED.measurements
    ]
    offers = {**SERVED.header.offers, "my way.py": SERVED.header.offers["yield_per"]}
    run = Run(msgspec.structs.replace(SERVED.header, offers=offers), measurements)
    text = served(512e6, form="adr", run=run).replace(" \\\n    ", " ")
    commands = [shlex.split(line) for line in text.splitlines() if line.startswith("python -m ")]
    assert commands[0][4:6] == [REFERENCE, "my way.py"]
    assert commands[-1][4] == "my way.py"
    alone = [one for one in measurements if one.cell.workload.at_once == 1]
    others = [one for one in measurements if one.cell.name != "my way.py"]
    unmeasured = Run(run.header, [*others, *(one for one in alone if one.cell.name == "my way.py")])
    assert "compare full_orm 'my way.py' --entries" in record(1e12, unmeasured)


def test_without_anything_that_fits_it_records_that() -> None:
    text = shown(1e6, form="adr")
    assert "# No strategy reads payrolls of 10,000 entries within the limits" in text
    assert "None: nothing fits. Nearest: arrow_columns, needs 2.50 MB of 1 MB." in text
    assert "**Memory**: from 2.52 MB on arrow_columns." in text


def test_a_package_that_may_not_be_added_changes_it() -> None:
    offers = {
        name: lost | {"no-extra-packages"} for name, lost in GIVES_UP.items() if name == "yield_per"
    }
    known = {
        name: sorted({*traits} - offers.get(name, set()))
        for name, traits in RUN.header.offers.items()
    }
    run = Run(msgspec.structs.replace(RUN.header, offers=known), RUN.measurements)
    assert "**Packages**: if none may be added: interned." in " ".join(
        shown(80e6, form="adr", run=run).split()
    )


def test_it_is_of_decisions_only() -> None:
    with pytest.raises(UsageError, match="adr records a decision: of choose"):
        adr.write(Document(()), 80)
    read = option.one_format(option.RUN_FORMATS)
    with pytest.raises(UsageError, match="--format adr is for a decision, by choose; there are"):
        read("adr", "--format")
    with pytest.raises(UsageError, match="--format svg is for a run, by compare, measure"):
        option.one_format(option.DECISION_FORMATS)("svg", "--format")
    assert read("json", "--format") == "json"
