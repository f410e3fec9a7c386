"""A decision as a document, on a run of known values."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decided import FORMS, INTERNED, RUN, SERVED, served, shown
from harness.analysis.container import Service
from harness.model.cell import REFERENCE
from harness.model.run import Measurement, Run
from strategies.support.traits import TRAITS
from support import a_cell


def test_the_terminals_lines_are_short_and_the_answer_comes_first() -> None:
    text = shown(80e6, None, "list")
    assert max(map(len, text.splitlines())) <= 80
    assert text.startswith(
        "By one call's allocations. Left out are the process's base, other calls"
    )
    assert "\nRecommended: yield_per, for 10,000 entries x 6 components" in text
    whole = " ".join(text.split())
    for sentence in (
        "within 80 MB, with list; as fast as full_orm; costs: batched ORM.",
        "It needs 67.1 MB at its peak (measured), retains 33.5 MB and takes 2.40 s +-10%: at worst "
        "84% of the memory budget.",
        "interned is both smaller and faster than the recommended yield_per: 20.1 MB and 600 ms "
        "+-10%, not 67.1 MB and 2.40 s +-10%. It also costs: no ORM, other classes.",
        "Runner-up: interned, 20.1 MB and 600 ms +-10%; gives up contract-class, orm-identity, "
        "orm-mapping.",
        "lacks list",
        "10,000 entries are as measured.",
        "WARNING: What my/way.py offers is unknown: no --need is taken as met.",
    ):
        assert sentence in whole


def test_where_nothing_fits_the_nearest_is_named_with_what_it_misses() -> None:
    text = shown(1e6)
    assert "\nNothing fits for 10,000 entries" in text
    assert "Nearest: arrow_columns, needs 2.50 MB of 1 MB." in text
    assert "Runner-up: none fits." in shown(10e6)


@pytest.mark.parametrize(
    ("entries", "warning"),
    [
        (50_000, "WARNING: extrapolated: 50,000 entries are beyond the measured 1,000 and 10,000"),
        (100, "WARNING: extrapolated: 100 entries are below the measured 1,000 and 10,000"),
        (5_000, "Interpolated between the measured 1,000 and 10,000 entries; two sizes cannot"),
    ],
)
def test_a_prediction_is_said_to_be_one(entries: int, warning: str) -> None:
    assert warning in " ".join(shown(1e9, entries=entries).split())


def test_a_payroll_of_one_entry_is_named_so() -> None:
    assert "for 1 entry x 6 components, profile" in shown(80e6, entries=1)
    assert "# Read payrolls of 1 entry with" in shown(80e6, form="adr", entries=1)


def test_a_container_is_shown_as_base_calls_and_headroom() -> None:
    text = served(512e6)
    assert max(map(len, text.splitlines())) <= 80
    assert text.startswith("interned is both smaller and faster than the recommended yield_per: ")
    whole = " ".join(text.split())
    for sentence in (
        "Recommended: yield_per, for 10,000 entries x 6 components, profile realistic, in each of "
        "4 calls at once, within a container of 512 MB; as fast as full_orm; costs: batched ORM.",
        "It needs 330 MB +-5% (60.0 MB +-5% of base, measured; 270 MB +-5% at the peak of 4 calls, "
        "measured)",
        "512 MB = 63 MB base + 4 calls 284 MB + 165 MB headroom",
        "# base 12% = 4 calls 56% . headroom 32%",
        "needs 742 MB of 512 MB",
        "--container from 98.5 MB arrow_columns,",
        "--at-once up to 2 full_orm, 6 yield_per, 13 interned; from there to 40 arrow_columns",
        "mapped from files (26.0 MB of yield_per), are in no figure",
    ):
        assert sentence in whole


def test_how_the_calls_at_once_are_known_is_said() -> None:
    assert "3 calls at once: by a line through the measured 1 and 4." in served(512e6, 3)
    assert "6 calls at once: by a line through the measured 1 and 4." in served(512e6, 6)
    four = [one for one in SERVED.measurements if one.cell.workload.at_once == 4]
    text = " ".join(served(1e9, 2, run=Run(SERVED.header, four)).split())
    assert "2 calls at once were not measured, only 4: they need no more than these" in text
    assert "at the peak of 2 calls, as of more calls at once, a bound" in text
    assert "times 1.50 as later calls of a worker peak" in " ".join(
        served(512e6, run=INTERNED).split()
    )


def without(name: str, at_once: int) -> Run:
    """The run that did not measure so many calls at once of that strategy."""
    others = [
        one
        for one in SERVED.measurements
        if one.cell.name != name or one.cell.workload.at_once != at_once
    ]
    return Run(SERVED.header, others)


def test_what_was_not_measured_at_once_is_not_judged_but_how_to_measure_it_is_named() -> None:
    text = " ".join(served(1e12, run=without("yield_per", 4)).split())
    assert "4 calls at once were not measured, only 1" in text
    assert (
        "WARNING: Not judged, because not measured with 4 calls at once, base included: "
        "yield_per. To judge all: python -m harness compare full_orm yield_per --entries 10000 "
        "--at-once 1,4 --meter rss --save run.jsonl, and choose "
        "with --run run.jsonl."
    ) in text
    one_call = " ".join(served(1e12, 1, run=without("yield_per", 4)).split())
    assert "More calls at once than 1 were not measured of yield_per, nor are judged." in one_call


def test_a_base_beside_a_given_one_that_was_not_measured_is_named() -> None:
    measurements = [
        one for one in SERVED.measurements if one.cell.name != REFERENCE or "wall" in one.values
    ]
    text = " ".join(served(1e12, base=1e8, run=Run(SERVED.header, measurements)).split())
    assert "its base beside full_orm's was not measured" in text
    assert "Not judged, because not measured with 4 calls at once, base included: " in text


def test_a_time_that_was_not_measured_at_once_is_no_bound() -> None:
    alone = [
        one
        for one in SERVED.measurements
        if "wall" not in one.values or one.cell.workload.at_once == 1
    ]
    text = " ".join(served(1e12, run=Run(SERVED.header, alone), time=99.0).split())
    assert "(as if one after the other)" in text
    assert "WARNING: 4 calls at once were not timed: the time is as if one ran after the" in text


def test_a_base_that_is_given_is_the_applications() -> None:
    assert "WARNING: the base is that of a process that only reads" in served(512e6)
    text = " ".join(served(512e6, base=100e6).split())
    assert "WARNING" not in text
    assert "100 MB +-6% of base, as given" in text
    assert "as given, with what a strategy's own is at worst above full_orm's" in text


def test_a_container_that_is_too_small_is_drawn_with_what_is_too_much() -> None:
    text = served(64e6)
    assert text.startswith("Nothing fits for 10,000 entries x 6 components, profile realistic, in")
    assert "arrow_columns, needs 88.6 MB of 64 MB" in text
    assert "too little" in text
    assert "| the container" in text


def test_a_container_as_data_has_its_base_need_and_headroom() -> None:
    data = json.loads(served(512e6, base=100e6, form="json"))
    assert data["judged_by"] == "rss_peak"
    assert data["limits"]["memory"] is None
    assert (data["limits"]["container"], data["limits"]["at_once"]) == (512e6, 4)
    row = data["rows"][0]
    assert row["base"]["value"] == 100e6
    assert row["need"]["high"] + row["headroom"] == pytest.approx(512e6)
    assert data["answers"]["by_container"]
    assert data["answers"]["by_at_once"]
    one_call = json.loads(shown(80e6, form="json"))
    assert one_call["limits"]["container"] is one_call["rows"][0]["base"] is None


@settings(max_examples=50)
@given(
    entries=st.integers(1, 10**9),
    memory=st.floats(1, 1e15) | st.just(5e-324),
    time=st.none() | st.floats(1e-6, 1e5),
    needs=st.sets(st.sampled_from(sorted(TRAITS)), max_size=3),
    form=st.sampled_from(FORMS),
    service=st.none() | st.builds(Service, st.integers(1, 256), st.none() | st.floats(1, 1e15)),
)
def test_any_limits_make_a_document(
    entries: int,
    memory: float,
    time: float | None,
    needs: set[str],
    form: str,
    service: Service | None,
) -> None:
    """One of the strategies needs so little that it is nothing of fewer entries."""
    known = SERVED if service else RUN
    meter, peak = ("rss", "rss_peak") if service else ("allocator", "peak")
    least = Measurement(a_cell("least", meter), {peak: 5e-324})
    run = Run(known.header, [*known.measurements, least])
    words = sorted(needs)
    text = shown(memory, time, *words, form=form, run=run, entries=entries, service=service)
    assert form == "adr" or "least" in text
