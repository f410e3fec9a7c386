"""Every format says what two runs differ in; the environment first, in words that are true."""

from __future__ import annotations

import csv
import io
import json

import pytest

from callmeter import discovery
from harness.analysis import gate
from harness.analysis.difference import Difference, between
from harness.model.run import Run
from harness.report import diffs
from harness.report.diffs._content import Shown
from harness.runner.plan import FLOOR
from support import MACHINE, a_run, failed, memory, times, with_baselines

BEFORE = with_baselines(
    *memory("lean", 4e6, 4e6),
    *memory("steady", 4e6, 4.001e6),
    *times("lean", 0.05, 0.05, 0.05),
    *times("steady", 0.05, 0.05),
    *memory("gone", 1e6),
    sqlalchemy="2.0.40",
    **MACHINE,
)
AFTER = with_baselines(
    *memory("lean", 8e6, 8e6, delta=1.03e6),
    *memory("steady", 4e6, 4.002e6),
    *times("lean", 0.02, 0.02, 0.02),
    *times("steady", 0.05, 0.05),
    failed("bad", "broken, quite"),
    **MACHINE,
)
EVERY_FORMAT = pytest.mark.parametrize("form", discovery.names(diffs))


def judged(difference: Difference, *words: str) -> gate.Gate:
    limits = gate.limits(words)
    before = difference.runs[0]
    return gate.judged(difference, gate.to_judge(before, ["lean"], limits), limits)


def rendered(
    form: str, *limits: str, every: bool = False, runs: tuple[Run, Run] | None = None
) -> str:
    difference = between(*(runs or (BEFORE, AFTER)))
    shown = Shown(("old", "new"), every, judged(difference, *limits) if limits else None)
    text: str = discovery.load(diffs, form).render(difference, shown)
    return text


@EVERY_FORMAT
def test_every_format_has_what_changed(form: str) -> None:
    text = rendered(form, "peak:5%")
    assert "lean" in text
    assert not text.endswith("\n")


@EVERY_FORMAT
def test_runs_with_nothing_in_common(form: str) -> None:
    rendered(form, runs=(a_run(), a_run()))
    rendered(form, runs=(a_run(), BEFORE))


def test_the_table() -> None:
    text = rendered("table", "peak:5%")
    environment, _, rest = text.partition("1,000 entries x 6 components")
    assert "SQLAlchemy 2.0.40 -> 2.1.9" in environment
    assert "from  old\nto    new" in environment
    lines = [" ".join(line.split()) for line in rest.splitlines()]
    assert "lean peak 4,000 B/entry 8,000 B/entry 2.0x larger" in lines
    assert "lean delta 1,000 B/entry 1,030 B/entry 3.0% larger" in lines
    assert "lean wall time 0.50x full_orm 0.20x full_orm 2.5x faster 50 -> 20 ms *" in lines
    assert "peak: 3 strategies, by 0.0% at most" in rest
    assert "wall time: 1 strategy, with fewer than 3 repeats" in rest
    assert "steady" not in rest.partition("Within the noise")[2].partition("Only in")[0]
    assert "Only in old, 1,000 entries x 6 components, profile realistic: gone." in rest
    assert "FAILED in new, 1,000 entries x 6 components, profile realistic: bad: broken" in rest
    assert "Times of two runs are not comparable" in rest
    assert max(map(len, text.splitlines())) <= 100


def test_all_shows_what_did_not_change() -> None:
    for form in ("table", "markdown"):
        assert "steady" in rendered(form, every=True)
        assert "at most" not in rendered(form, every=True)


def test_runs_of_other_payrolls_say_so() -> None:
    runs = a_run(*memory("lean", 1e6, entries=10)), a_run(*memory("lean", 1e6, entries=20))
    for form in ("table", "markdown"):
        assert "The two runs have no figure in common." in rendered(form, runs=runs)


def test_absolute_times_are_of_one_machine_only() -> None:
    elsewhere = a_run(*AFTER.measurements, **(MACHINE | {"processor": "another"}))
    text = rendered("table", runs=(BEFORE, elsewhere))
    assert "2.5x faster" in text
    assert " ms" not in text
    assert "CPU one -> another" in text


def test_a_floor_that_changed() -> None:
    lean = [*memory("lean", 4e6), *times("full_orm", 1, 1, 1)]
    runs = a_run(*memory(FLOOR, 2e6), *lean), a_run(*memory(FLOOR, 1e6), *memory("lean", 5e6))
    assert "2.00 -> 5.00x floor" in rendered("table", runs=runs)


def test_no_change_is_said() -> None:
    text = rendered("table", runs=(AFTER, AFTER))
    assert "Environment: the same in both. PostgreSQL 18.4 (embedded), SQLAlchemy 2.1.9" in text
    assert "Nothing changed by more than the noise of both runs." in text


def test_a_run_cut_short_is_named() -> None:
    short = a_run(*memory("lean", 4e6), cells=40)
    for form in ("table", "markdown"):
        text = rendered(form, runs=(short, AFTER))
        assert "INCOMPLETE: old was cut short; it has 1 of 40 cells." in text
    assert json.loads(rendered("json", runs=(short, AFTER)))["incomplete"] == [
        "1 of 40 cells",
        None,
    ]


def test_the_summary_begins_with_the_verdict() -> None:
    text = rendered("markdown", "peak:5%", "time:20%")
    first, _, third, *_ = text.splitlines()
    assert first == (
        "**FAILED: 1 of 1 strategy worse by more than the limits (peak 5%, time 20%); "
        "1 failed or not measured.**"
    )
    assert (
        third
        == "- lean, peak, 1,000 entries: 4,000 B/entry -> 8,000 B/entry, +100%, the limit is 5%"
    )
    assert "- bad: broken, quite" in text
    passed = rendered("markdown", "time:20%", runs=(BEFORE, BEFORE))
    assert passed.startswith(
        "**PASSED: 1 strategy, none worse by more than the limits: time 20%.**"
    )


def test_json() -> None:
    whole = json.loads(rendered("json", "peak:5%"))
    assert whole["environment"] == [{"what": "sqlalchemy", "from": "2.0.40", "to": "2.1.9"}]
    assert whole["same_machine"] is True
    (peak,) = [c for c in whole["changes"] if (c["strategy"], c["figure"]) == ("lean", "peak")]
    assert (peak["from"], peak["to"], peak["ratio"]) == (4e6, 8e6, 2)
    assert (peak["unit"], peak["verdict"]) == ("bytes", "beyond the noise")
    assert not whole["gate"]["passed"]
    assert [(each["figure"], each["limit"]) for each in whole["gate"]["worse"]] == [("peak", 0.05)]
    assert {each["strategy"] for each in whole["only_in"]} == {"gone", "bad"}
    assert "gate" not in json.loads(rendered("json"))


def test_csv_has_the_changes_of_json() -> None:
    from_csv = list(csv.DictReader(io.StringIO(rendered("csv"))))
    from_json = json.loads(rendered("json"))["changes"]
    assert [list(row) for row in from_csv] == [list(row) for row in from_json]
    assert [float(row["to"]) for row in from_csv] == [row["to"] for row in from_json]
