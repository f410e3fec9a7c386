"""That the machine was busy, wherever times are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from harness.analysis.candidate import Payrolls
from harness.analysis.choice import Limits, Source, decide
from harness.analysis.difference import between
from harness.model.cell import REFERENCE
from harness.model.run import Run
from harness.report import comparison, decision, difference
from harness.report.busy import caveat
from harness.report.formats import html, text
from harness.report.stack import machine
from support import MACHINE, a_run, memory, times, with_baselines

if TYPE_CHECKING:
    from harness.report.document import Document

BUSY = "was busy while times were taken, 100% of the time"
MEASURED = with_baselines(*memory("lean", 1e6), *times("lean", *[0.1] * 5), **MACHINE)


def on(run: Run, others: float | None, stolen: float = 0.0) -> Run:
    """The run on a machine that others use so."""
    found = [
        msgspec.structs.replace(one, seconds=2.0, others=others, stolen=stolen, mhz=2100 + nth)
        if one.cell.meter == "clock"
        else one
        for nth, one in enumerate(run.measurements)
    ]
    return msgspec.structs.replace(run, measurements=found)


def drawn(document: Document) -> str:
    return " ".join(text.write(document, 80).split())


def test_a_comparison_names_the_command_that_takes_the_times_again() -> None:
    shown = drawn(comparison.document(on(MEASURED, 0.35)))
    assert (
        f"The machine {BUSY}: other processes used 35% of its processors (at worst 35%). Memory is "
        "not concerned. Take the times again alone: python -m harness compare --meter clock"
    ) in shown
    for run in (MEASURED, on(MEASURED, 0.02), on(MEASURED, None)):
        assert "busy" not in drawn(comparison.document(run))


def test_other_machines_are_named() -> None:
    found = caveat(on(MEASURED, None, stolen=0.2))
    assert "of the time: other machines on its host took 20% of them" in found
    assert "processes" not in found


@pytest.mark.parametrize(
    ("command", "end"),
    [
        ("python -m harness measure a:b --meter clock", "alone: {}"),
        ("python -m harness check --baseline a.jsonl", "alone."),
        ("import harness", "alone."),
    ],
)
def test_no_command_is_named_that_does_not_take_them_again(command: str, end: str) -> None:
    run = on(MEASURED, 0.5)
    header = msgspec.structs.replace(run.header, command=command)
    found = caveat(msgspec.structs.replace(run, header=header))
    assert found.endswith(end.format(command))


def test_a_difference_names_the_run_whose_times_are_concerned() -> None:
    shown = drawn(difference.document(between(MEASURED, on(MEASURED, 0.5)), ("old", "new")))
    assert f"The machine of new {BUSY}" in shown
    assert "The machine of old" not in shown
    of_memory = [a_run(*memory("lean", 1e6)), on(a_run(*memory("lean", 1e6)), 0.5)]
    assert "busy" not in drawn(difference.document(between(*of_memory), ("old", "new")))


def test_a_decision_warns_of_it() -> None:
    run = with_baselines(
        *memory(REFERENCE, 8e6), *times(REFERENCE, *[0.1] * 5), *MEASURED.measurements, **MACHINE
    )
    unique = {one.cell: one for one in on(run, 0.5).measurements}
    run = msgspec.structs.replace(run, measurements=list(unique.values()))
    made = decide(run, Limits(1000, 64e6), Payrolls(), None, Source("known.jsonl", "choose"))
    assert f"WARNING: The machine {BUSY}" in drawn(decision.document(made))


def test_data_and_the_page_have_it_too() -> None:
    document = comparison.document(on(MEASURED, 0.5))
    found = document.data["busy"]
    assert found["is_busy"] is True
    assert found["time"] == 1
    assert found["others"] == {"median": 0.5, "worst": 0.5}
    assert f"The machine {BUSY}" in html.write(document, 80)
    assert comparison.document(MEASURED).data["busy"] is None


def test_the_frequency_is_of_the_machine() -> None:
    assert "times at 2,1" in machine(on(MEASURED, 0.0))
    assert "MHz" not in machine(MEASURED)
