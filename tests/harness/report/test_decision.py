"""A decision as a document and as a record, on a run of known values."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callmeter import discovery
from harness.analysis.candidate import Payrolls
from harness.analysis.choice import Limits, Source, decide
from harness.model.cell import REFERENCE
from harness.model.run import Measurement, Run
from harness.report import decision, formats, record
from strategies.support.traits import TRAITS
from support import a_cell, a_run, failed

BYTES_AND_SECONDS = {
    REFERENCE: (17_000, 25e-5),
    "yield_per": (6_700, 24e-5),
    "interned": (2_000, 6e-5),
    "arrow_columns": (240, 1e-5),
}
GIVES_UP = {
    REFERENCE: set(),
    "yield_per": {"orm-identity"},
    "interned": {"contract-class", "orm-identity", "orm-mapping"},
    "arrow_columns": {"list", "mutable", "contract-class", "orm-identity", "orm-mapping"},
}
FORMS = ["text", "markdown", "csv", "json", "adr"]


def measured(strategy: str, entries: int) -> list[Measurement]:
    each, seconds = BYTES_AND_SECONDS[strategy]
    values = {
        "allocator": {"peak": each * entries + 1e5, "retained": each * entries / 2},
        "clock": {"wall": seconds * entries},
    }
    return [
        Measurement(a_cell(strategy, meter, entries=entries), found)
        for meter, found in values.items()
    ]


def with_offers(run: Run) -> Run:
    offers = {name: sorted(TRAITS.keys() - lost) for name, lost in GIVES_UP.items()}
    return Run(msgspec.structs.replace(run.header, offers=offers), run.measurements)


RUN = with_offers(
    a_run(
        *(
            measurement
            for entries in (1_000, 10_000)
            for strategy in BYTES_AND_SECONDS
            for measurement in measured(strategy, entries)
        ),
        failed("my/way.py", "broken | quite"),
    )
)


def shown(
    memory: float,
    time: float | None = None,
    *needs: str,
    form: str = "text",
    run: Run = RUN,
    entries: int = 10_000,
) -> str:
    """What `choose` writes of these limits, to 80 columns."""
    limits = Limits(entries, memory, time, needs)
    made = decide(run, limits, Payrolls(), None, Source("known.jsonl", "choose --entries"))
    document = record.document(made) if form == "adr" else decision.document(made)
    text: str = discovery.load(formats, "markdown" if form == "adr" else form).write(document, 80)
    return text


def test_the_terminals_lines_are_short_and_the_answer_comes_first() -> None:
    text = shown(80e6, None, "list")
    assert max(map(len, text.splitlines())) <= 80
    assert text.startswith("Recommended: yield_per, for 10,000 entries x 6 components")
    whole = " ".join(text.split())
    for sentence in (
        "It needs 67.1 MB at its peak (measured), retains 33.5 MB and takes 2.40 s +-10%: at worst "
        "84% of the memory budget. It gives up 1 trait of full_orm: orm-identity.",
        "Runner-up: interned, 20.1 MB and 600 ms +-10%; gives up contract-class, orm-identity, "
        "orm-mapping.",
        "lacks list",
        "10,000 entries are as measured.",
        "WARNING: What my/way.py offers is unknown: no --need is taken as met.",
    ):
        assert sentence in whole


def test_where_nothing_fits_the_nearest_is_named_with_what_it_misses() -> None:
    text = shown(1e6)
    assert text.startswith("Nothing fits for 10,000 entries")
    assert "Nearest: arrow_columns, needs 2.50 MB of 1 MB." in text
    assert "Chosen option: none" in shown(1e6, form="adr")
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


def test_a_record_has_the_sections_of_madr_and_the_commands_to_repeat_it() -> None:
    text = shown(80e6, 3.0, form="adr")
    assert text.startswith("---\nstatus: proposed\n---\n\n# Read payrolls of 10,000 entries with")
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## Context and Problem Statement",
        "## Decision Drivers",
        "## Considered Options",
        "## Decision Outcome",
        "## Pros and Cons of the Options",
        "## More Information",
    ]
    for line in (
        "- Good, because the peak goes from 170 MB to 67.1 MB: 2.5x smaller.",
        "- Neutral, because the time goes from 2.50 s +-10% to 2.40 s +-10%: alike.",
        "--profile realistic --meter allocator --meter clock --dsn postgresql://...",
        "```sh\nchoose --entries\n```",
    ):
        assert line in text
    assert "Good, because nothing changes" in shown(200e6, form="adr")


@settings(max_examples=50)
@given(
    entries=st.integers(1, 10**9),
    memory=st.floats(1, 1e15) | st.just(5e-324),
    time=st.none() | st.floats(1e-6, 1e5),
    needs=st.sets(st.sampled_from(sorted(TRAITS)), max_size=3),
    form=st.sampled_from(FORMS),
)
def test_any_limits_make_a_document(
    entries: int, memory: float, time: float | None, needs: set[str], form: str
) -> None:
    """One of the strategies needs so little that it is nothing of fewer entries."""
    least = Measurement(a_cell("least", "allocator"), {"peak": 5e-324, "retained": 5e-324})
    run = Run(RUN.header, [*RUN.measurements, least])
    text = shown(memory, time, *sorted(needs), form=form, run=run, entries=entries)
    assert "least" in text
