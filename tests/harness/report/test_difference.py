"""The document of what two runs differ in: in words that are true, in every format."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec
import pytest

from harness.analysis import gate
from harness.analysis.difference import between
from harness.model.cell import FLOOR
from harness.model.run import Run
from harness.report import difference as report
from harness.report.formats import json as as_json
from harness.report.formats import markdown, text
from support import MACHINE, a_run, failed, memory, times, with_baselines

if TYPE_CHECKING:
    from harness.report.document import Document

BEFORE = with_baselines(
    *memory("lean", 4e6, 4e6),
    *memory("steady", 4e6, 4.001e6),
    *times("lean", *[0.05] * 5),
    *times("steady", 0.05, 0.05),
    *memory("gone", 1e6),
    sqlalchemy="2.0.40",
    **MACHINE,
)
AFTER = with_baselines(
    *memory("lean", 8e6, 8e6, retained=1.03e6),
    *memory("steady", 4e6, 4.002e6),
    *times("lean", *[0.02] * 5),
    *times("steady", 0.05, 0.05),
    failed("bad", "broken, quite"),
    **MACHINE,
)
PAYROLL = "1,000 entries x 6 components, profile realistic"


def document(
    *limits: str, before: Run = BEFORE, after: Run = AFTER, name: str = "lean", every: bool = False
) -> Document:
    difference = between(before, after)
    found = gate.limits(limits)
    subjects = gate.to_judge(before, [name], found) if limits else []
    judged = gate.judged(difference, subjects, found) if limits else None
    return report.document(difference, ("old", "new"), every=every, gate=judged)


def lines(found: Document) -> list[str]:
    return [" ".join(line.split()) for line in text.write(found, 100).splitlines()]


def test_what_changed_is_a_table_and_the_rest_is_summed_up() -> None:
    shown = lines(document())
    changed = shown[shown.index(PAYROLL) : shown.index("Not shown without --all:")]
    assert changed[4:] == [
        "lean wall 0.50x -> 0.20x full_orm 2.5x faster 50.0 ms -> 20.0 ms",
        "lean cpu 0.50x -> 0.20x full_orm 2.5x faster 50.0 ms -> 20.0 ms",
        "lean traced_peak 4,000 -> 8,000 B/entry 2.0x larger",
        "lean traced_retained 1,000 -> 1,030 B/entry 3.0% larger",
        "",
    ]
    rest = " ".join(shown)
    assert "within the noise: traced_peak of 3 strategies, by 0.0% at most" in rest
    assert "undecided, with fewer than 5 repeats: wall of 1 strategy; cpu of 1" in rest
    assert f"Only in old, {PAYROLL}: gone." in rest
    assert f"FAILED in new, {PAYROLL}: bad: broken, quite" in rest
    assert "Changed: by more than 0.5% (traced_peak, traced_retained) and 10% (gc_share" in rest
    assert "they are ratios to full_orm's in the same run" in rest


@pytest.mark.parametrize("width", [60, 80, 100])
def test_it_is_as_wide_as_the_terminal(width: int) -> None:
    before, after = (
        with_baselines(*memory("shared_values_batched", peak), **MACHINE) for peak in (2e7, 3e7)
    )
    found = document("traced_peak:5%", before=before, after=after, name="shared_values_batched")
    assert max(map(len, text.write(found, width).splitlines())) <= width


def test_what_differs_between_the_machines_is_named_and_their_times_are_not_compared() -> None:
    assert lines(document())[3:5] == ["Environment, what differs:", "SQLAlchemy 2.0.40 -> 2.1.9"]
    elsewhere = a_run(*AFTER.measurements, **(MACHINE | {"processor": "another"}))
    shown = " ".join(lines(document(after=elsewhere)))
    assert "CPU one -> another" in shown
    assert "2.5x faster" in shown
    assert " ms" not in shown


def test_runs_that_do_not_compare_say_why() -> None:
    nothing = document(before=a_run(), after=a_run(*memory(FLOOR, 1e6)))
    assert "The two runs have no metric in common." in " ".join(lines(nothing))
    header = msgspec.structs.replace(AFTER.header, reference="lean")
    other = document(after=msgspec.structs.replace(AFTER, header=header))
    assert "Times are not compared: they are ratios to full_orm and lean." in " ".join(lines(other))
    short = document(before=a_run(*memory("lean", 4e6), cells=40))
    assert "INCOMPLETE: old was cut short; it has 1 of 40 cells." in " ".join(lines(short))
    assert short.data["incomplete"] == ("1 of 40 cells", None)


def test_the_verdict_comes_first() -> None:
    first, worst, *_ = markdown.write(document("traced_peak:5%", "wall:20%"), 80).split("\n\n")
    assert " ".join(first.split()) == (
        "**FAILED: 1 of 1 strategy worse by more than the limits (traced_peak 5%, wall 20%); "
        "1 failed or not measured.**"
    )
    worse = "lean, traced_peak, 1,000 entries: 4,000 -> 8,000 B/entry, +100%, the limit is 5%"
    assert worst.splitlines()[:2] == [f"- {worse}", "- bad: broken, quite"]
    passed = markdown.write(document("wall:20%", "lean=cpu:1%", after=BEFORE), 80)
    assert passed.startswith(
        "**PASSED: 1 strategy, none worse by more than the limits: wall 20%, lean: cpu 1%.**"
    )


def test_json() -> None:
    whole = json.loads(as_json.write(document("traced_peak:5%"), 80))
    assert whole["environment"] == [{"what": "sqlalchemy", "from": "2.0.40", "to": "2.1.9"}]
    assert whole["same_machine"] is True
    rows = {(each["strategy"], each["metric"]): each for each in whole["rows"]}
    peak, wall = rows["lean", "traced_peak"], rows["lean", "wall"]
    assert (peak["from"], peak["to"], peak["ratio"], peak["unit"]) == (4e6, 8e6, 2, "B")
    assert (peak["workload"]["size"], peak["verdict"]) == (1000, "beyond the noise")
    assert (wall["from"], wall["to_repeats"], wall["unit"]) == (0.5, 5, "x reference")
    assert [wall[end] for end in ("ratio_low", "ratio_high")] == pytest.approx([0.4, 0.4])
    assert peak["ratio_low"] is peak["ratio_high"] is None
    assert [(each["strategy"], each["run"]) for each in whole["only_in"]] == [("gone", "old")]
    assert [(each["strategy"], each["error"]) for each in whole["failures"]] == [
        ("bad", "broken, quite")
    ]
    assert whole["gate"]["limits"] == [{"name": None, "metric": "traced_peak", "limit": 0.05}]
    assert [each["limit"] for each in whole["gate"]["worse"]] == [0.05]
    assert not whole["gate"]["passed"]
    assert "gate" not in document().data
