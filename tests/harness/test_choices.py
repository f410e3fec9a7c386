"""A decision in every form, and the command as its user meets it, on a run of known figures."""

from __future__ import annotations

import json
import re
import shlex
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callmeter import discovery
from harness import cli
from harness.analysis.changes import Changes
from harness.analysis.choice import RULE, Limits, Verdict
from harness.analysis.decision import Decision, Source, decide
from harness.analysis.prediction import Basis, Prediction
from harness.analysis.ways import Payrolls, Way
from harness.model.run import FORMAT, Header, Measurement, Run
from harness.report import choices
from harness.report.choices import _sentences as sentences
from harness.runner.plan import REFERENCE
from strategies.traits import TRAITS
from support import ROOT, a_cell, a_run, failed, saved

ASKED_OF = Source("known.jsonl", "python -m harness choose")
RECORDS = sorted((ROOT / "results").glob("0*.md"))
BYTES_AND_SECONDS = {
    REFERENCE: (17_000, 25e-5),
    "yield_per": (6_700, 24e-5),
    "interned": (2_000, 6e-5),
    "arrow_columns": (240, 1e-5),
}


def measurements(strategy: str, entries: int) -> list[Measurement]:
    each, seconds = BYTES_AND_SECONDS[strategy]
    peak, delta = each * entries + 1e5, each * entries / 2
    figures = {
        "allocator": {"allocator_peak_bytes": peak, "allocator_delta_bytes": delta},
        "clock": {"wall_seconds": seconds * entries},
    }
    return [
        Measurement(a_cell(strategy, meter, entries=entries), found)
        for meter, found in figures.items()
    ]


@pytest.fixture(scope="module")
def run_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved run of four strategies at two sizes, and one that failed."""
    found = []
    for entries in (1_000, 10_000):
        for strategy in BYTES_AND_SECONDS:
            found += measurements(strategy, entries)
    run = a_run(*found, failed("my/way.py", "broken | quite"))
    return saved(run, tmp_path_factory.mktemp("runs") / "known.jsonl")


@pytest.mark.parametrize("form", ["adr", "markdown"])
def test_a_bar_in_a_name_ends_no_cell(form: str) -> None:
    found = [*measurements(REFERENCE, 1_000), failed("a | b", "broken")]
    decision = decide(a_run(*found), Limits(1_000, 1e9, None, ()), Payrolls(), None, ASKED_OF)
    rows = [
        line
        for line in discovery.load(choices, form).render(decision).split("\n")
        if "a \\|" in line
    ]
    assert rows
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {6}


@pytest.mark.parametrize("form", discovery.names(choices))
def test_a_way_that_needs_next_to_nothing_is_no_division_by_zero(form: str) -> None:
    """So little of 1,000 entries that it is nothing of one."""
    little = dict.fromkeys(("allocator_peak_bytes", "allocator_delta_bytes"), 5e-324)
    least = Measurement(a_cell("yield_per", "allocator"), little)
    run = a_run(*measurements(REFERENCE, 1_000), least)
    decision = decide(run, Limits(1, 1e5, None, ()), Payrolls(), None, ASKED_OF)
    assert "yield_per" in discovery.load(choices, form).render(decision)


def choose(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["harness", "choose", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


ASKED = ("--entries", "10000", "--memory")


@pytest.mark.parametrize("form", discovery.names(choices))
@pytest.mark.parametrize("limits", [("80MB", "--need", "list"), ("80MB", "--time", "1s"), ("1kB",)])
def test_every_form_says_the_answer_every_strategy_and_the_rule(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    run_path: Path,
    form: str,
    limits: tuple[str, ...],
) -> None:
    code = choose(monkeypatch, *ASKED, *limits, "--run", str(run_path), "--format", form)
    said = capsys.readouterr().out
    assert code == (limits == ("1kB",))
    for word in (*BYTES_AND_SECONDS, "my/way.py", "known.jsonl", "broken"):
        assert word in said
    if code == 0:
        assert RULE in " ".join(said.split())
    assert str(run_path.parent) not in said


@pytest.mark.parametrize(
    ("limits", "answer"),
    [
        (("200MB",), REFERENCE),
        (("80MB",), "yield_per"),
        (("80MB", "--time", "1s"), "interned"),
        (("21MB", "--need", "list"), "interned"),
        (("10MB",), "arrow_columns"),
        (("10MB", "--need", "list"), None),
        (("200MB", "--need", "hashable"), None),
    ],
)
def test_limits_decide(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    run_path: Path,
    limits: tuple[str, ...],
    answer: str | None,
) -> None:
    code = choose(monkeypatch, *ASKED, *limits, "--run", str(run_path), "--format", "json")
    found = json.loads(capsys.readouterr().out)
    assert found["recommended"] == answer
    assert code == (answer is None)
    fits = [each["strategy"] for each in found["strategies"] if each["fits"]]
    assert fits[:1] == ([answer] if answer else [])
    assert all(each["fits"] != bool(each["reasons"]) for each in found["strategies"])


def test_the_terminals_lines_are_short_and_say_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], run_path: Path
) -> None:
    choose(monkeypatch, *ASKED, "80MB", "--need", "list", "--run", str(run_path))
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 100
    for sentence in (
        "Recommended: yield_per",
        "needs 170 MB of 80 MB",
        "lacks list",
        "not measured: broken | quite",
        "10,000 entries are as measured",
        "The answer".lower(),
        "What my/way.py offers is unknown",
    ):
        assert sentence in said
    choose(monkeypatch, *ASKED, "1MB", "--run", str(run_path))
    assert "Nearest: arrow_columns misses --memory by 1.52 MB (2.52x" in capsys.readouterr().out


def test_a_prediction_says_that_it_extrapolates(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], run_path: Path
) -> None:
    words = ("--entries", "50000", "--memory", "1GB", "--run", str(run_path))
    choose(monkeypatch, *words)
    said = capsys.readouterr().out
    assert "at its peak (extrapolated)" in said
    assert "WARNING: extrapolated: 50,000 entries are beyond the measured 1,000 and 10,000" in said


def written_by(record: str) -> list[str]:
    """The words behind `choose` of the command that a decision record says it was written by."""
    (command,) = re.findall(r"^python -m harness choose (.*)$", record, re.MULTILINE)
    return shlex.split(command)


def test_a_decision_record_is_written_again_by_its_own_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], run_path: Path
) -> None:
    form = ("--format", "adr")
    choose(monkeypatch, *ASKED, "80MB", "--need", "list", "--run", str(run_path), *form)
    record = capsys.readouterr().out
    monkeypatch.chdir(run_path.parent)
    assert choose(monkeypatch, *written_by(record)) == 0
    assert capsys.readouterr().out == record
    headings = [line for line in record.splitlines() if line.startswith("## ")]
    assert headings == [
        "## Context and Problem Statement",
        "## Decision Drivers",
        "## Considered Options",
        "## Decision Outcome",
        "## Pros and Cons of the Options",
        "## More Information",
    ]


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.name)
def test_the_published_records_are_current(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], path: Path
) -> None:
    record = path.read_text(encoding="utf-8")
    monkeypatch.chdir(ROOT)
    choose(monkeypatch, *written_by(record))
    assert capsys.readouterr().out == record


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--entries", "5"), "Missing option '--memory'"),
        (("--entries", "0", "--memory", "5MB"), "'--entries'"),
        (("--entries", "9" * 400, "--memory", "5MB"), "'--entries'"),
        ((*ASKED, "12 parsecs"), "--memory '12 parsecs' is not a number and a unit"),
        ((*ASKED, "5MB", "--time", "soon"), "--time 'soon' is not a number and a unit"),
        ((*ASKED, "5MB", "--need", "mutabel"), "no trait 'mutabel'; did you mean mutable?"),
        ((*ASKED, "5MB", "--meter", "clock"), "there is no meter 'clock'"),
        ((*ASKED, "5MB", "--meter", "rss"), "the run has no figures of the meter rss"),
        ((*ASKED, "5MB", "--format", "adrr"), "did you mean adr?"),
        ((*ASKED, "5MB", "--profile", "distinct"), "the run has no lists of 6 components and"),
        ((*ASKED, "5MB", "--run", "/nowhere"), "cannot read the run"),
        ((*ASKED, "5MB", "--output", "/nowhere/x"), "cannot be written"),
    ],
)
def test_bad_input_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    run_path: Path,
    words: tuple[str, ...],
    complaint: str,
) -> None:
    run = () if "--run" in words else ("--run", str(run_path))
    assert choose(monkeypatch, *words, *run) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert complaint in said.err
    assert len(said.err.splitlines()) == 1


def test_a_link_to_itself_is_no_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    circle = tmp_path / "circle.jsonl"
    circle.symlink_to(circle)
    assert choose(monkeypatch, *ASKED, "5MB", "--run", str(circle)) == 2
    assert "error: cannot read the run" in capsys.readouterr().err


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    entries=st.integers(1, 10**9),
    memory=st.from_regex(r"[0-9]{1,5}(\.[0-9])? ?(B|kB|MB|GiB)", fullmatch=True),
    time=st.none() | st.from_regex(r"[0-9]{1,4}(us|ms|s)", fullmatch=True),
    needs=st.sets(st.sampled_from(sorted(TRAITS)), max_size=3),
    form=st.sampled_from(discovery.names(choices)),
)
def test_no_limits_give_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    run_path: Path,
    entries: int,
    memory: str,
    time: str | None,
    needs: set[str],
    form: str,
) -> None:
    words = ["--entries", str(entries), "--memory", memory, "--run", str(run_path)]
    words += ["--format", form, *(["--time", time] if time else [])]
    words += [word for need in needs for word in ("--need", need)]
    code = choose(monkeypatch, *words)
    said = capsys.readouterr()
    assert code in {0, 1} if said.out else code == 2
    assert len(said.err.splitlines()) == (code == 2)


def test_help_says_the_rule() -> None:
    command = discovery.load(cli, "choose")
    assert RULE in " ".join(str(command.__doc__).split())


def runner_up(**second: object) -> str:
    """The sentence on a runner-up that needs and gives up what the best does, but for `second`."""
    peak = Prediction(10.0, 0.0, Basis.MEASURED)
    way = Way("best", "", frozenset())
    best = Verdict(way, Limits(1, 100), peak, None, None, (), ())
    other = replace(best, way=replace(way, strategy="other"), **second)
    source = Source("run", "choose")
    run = Run(Header(FORMAT, 0, "", {}, {}), [])
    nothing = Changes((), (), (), (), ())
    decision = Decision(source, run, Payrolls(), best.limits, "rss", (best, other), nothing)
    return sentences.runner_up(decision)


def test_why_the_runner_up_is_not_the_first() -> None:
    assert runner_up().endswith("it gives up as little, and needs as much.")
    more = Prediction(11.0, 0.0, Basis.MEASURED)
    assert runner_up(peak=more).endswith("it gives up as little, and needs more.")
    assert runner_up(gives_up=("list",)).endswith("it gives up list.")
    assert runner_up(gives_up=None).endswith("it does not say what it gives up.")


def test_resident_memory_over_the_budget_is_warned_of() -> None:
    figures = {"allocator": 50.0, "rss": 80.0}
    run = a_run(
        *(
            Measurement(a_cell(REFERENCE, meter), {f"{meter}_peak_bytes": peak})
            for meter, peak in figures.items()
        )
    )
    for memory, is_warned in ((64.0, True), (100.0, False), (40.0, False)):
        decision = decide(run, Limits(1_000, memory), Payrolls(), None, Source("run", "choose"))
        warned = [note for note in sentences.notes(decision) if "--meter rss" in note]
        assert bool(warned) == is_warned
