"""A run laid beside another one: the answer first, a row a strategy, both relative to the floor."""

from __future__ import annotations

import json
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callmeter import discovery
from callmeter.errors import UsageError
from harness.model.run import Run
from harness.report import beside, formats
from runs import made_run
from support import a_run, failed, memory, times, with_baselines

THEIRS = with_baselines(
    *memory("lean", 4e6, 4e6),
    *memory("steady", 3e6, 3e6),
    *times("lean", *[0.05] * 5),
    *times("steady", 0.05, 0.05),
    *memory("theirs", 1e6),
    python="CPython 3.11.7",
)
MINE = with_baselines(
    *memory("lean", 5e6, 5e6),
    *memory("steady", 3e6, 3e6),
    *times("lean", *[0.02] * 5),
    *times("steady", 0.05, 0.05),
    failed("bad", "broken, quite"),
    python="CPython 3.13.1",
)


def shown(mine: Run = MINE, theirs: Run = THEIRS, form: str = "text", **options: bool) -> str:
    document = beside.document(("mine.jsonl", mine), ("published.jsonl", theirs), **options)  # type: ignore[arg-type]
    drawn: str = discovery.load(formats, form).write(document, 80)
    return drawn


def rows(drawn: str) -> dict[str, list[str]]:
    found = [line.split() for line in drawn.splitlines()]
    return {
        line[0]: line[1:] for line in found if line and line[0] in ("lean", "steady", "full_orm")
    }


def test_the_answer_is_the_first_line_and_both_stacks_follow() -> None:
    whole = " ".join(shown().split())
    assert whole.startswith(
        "Memory of 2 of 3 strategies as in published.jsonl, 25.0% off at most; time beside "
        "full_orm: 0 of 2 not told apart, 1 undecided."
    )
    assert whole.index("CPython 3.13.1") < whole.index("CPython 3.11.7")


def test_a_row_has_both_runs_and_what_does_not_agree() -> None:
    found = rows(shown())
    assert found["lean"] == [
        *("2.50,", "2.00", "1.00,", "1.00", "0.20,", "0.50", "peak", "+25%,"),
        *("time", "-60%"),
    ]
    assert found["steady"][-2:] == ["time", "?"]
    assert found["full_orm"] == ["8.00,", "8.00", "1.00,", "1.00", "yes"]


def test_what_only_one_measured_and_what_failed_stand_below() -> None:
    whole = " ".join(shown().split())
    assert "Only in published.jsonl: theirs." in whole
    assert "FAILED in mine.jsonl: bad: broken, quite" in whole
    assert max(map(len, shown().splitlines())) <= 80


def test_a_run_beside_itself_agrees_on_every_workload() -> None:
    run = made_run()
    brief, full = shown(run, run), shown(run, run, full=True)
    assert brief.startswith("Memory of 4 of 4 strategies as in published.jsonl, 0.0% off at most;")
    assert "Also in both: 1,000 entries x 6 components" in " ".join(brief.split())
    assert "10,000 entries" in brief
    assert full.count("strategy ") == 2


def test_json_has_every_workload_and_its_units() -> None:
    data = json.loads(shown(form="json"))
    assert [one["name"] for one in data["runs"]] == ["mine.jsonl", "published.jsonl"]
    lean = next(row for row in data["rows"] if row["strategy"] == "lean")
    assert lean["metrics"]["traced_peak"] == {
        "mine": 2.5,
        "theirs": 2.0,
        "unit": "x floor",
        "ratio": 1.25,
        "ratio_low": None,
        "ratio_high": None,
        "verdict": "beyond the noise",
    }
    assert lean["metrics"]["wall"]["unit"] == "x reference"


def test_another_reference_leaves_out_times() -> None:
    header = msgspec.structs.replace(MINE.header, reference="lean")
    whole = " ".join(shown(Run(header, MINE.measurements)).split())
    assert "Times are not compared: they are relative to full_orm and lean." in whole


@pytest.mark.parametrize(
    ("theirs", "command"),
    [
        (a_run(*memory("lean", 1e6, entries=50)), "compare lean --entries 50 --save mine.jsonl"),
        (a_run(*memory("other", 1e6)), "compare --entries 1000 --save mine.jsonl"),
        (a_run(), "python -m harness compare --save mine.jsonl"),
    ],
)
def test_runs_with_nothing_in_common_name_the_command_that_measures_it(
    theirs: Run, command: str
) -> None:
    with pytest.raises(UsageError, match="has nothing in common with published") as e:
        shown(a_run(*memory("lean", 1e6)), theirs)
    assert str(e.value).endswith(command)
    assert len(str(e.value).splitlines()) == 1


def test_a_file_with_a_space_in_its_name_is_one_word_of_the_command() -> None:
    mine, theirs = (a_run(*memory("my way.py", 1e6, entries=entries)) for entries in (1000, 50))
    with pytest.raises(UsageError, match=r"compare 'my way\.py' --entries 50 --save"):
        shown(mine, theirs)


PEAKS = st.lists(st.floats(0, 1e12), min_size=1, max_size=3)
RUNS = st.builds(
    lambda floor, lean, wall: a_run(
        *memory("floor", *floor),
        *memory("lean", *lean),
        *times("full_orm", *wall),
        *times("lean", *wall),
    ),
    PEAKS,
    PEAKS,
    st.lists(st.floats(0, 1e6), min_size=1, max_size=6),
)


@settings(max_examples=50)
@given(RUNS, RUNS, st.sampled_from(["text", "markdown", "json", "csv"]))
def test_any_two_runs_are_drawn_or_have_nothing_in_common(
    mine: Run, theirs: Run, form: str
) -> None:
    with suppress(UsageError):
        assert "lean" in shown(mine, theirs, form)
