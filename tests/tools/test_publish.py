"""What is generated in the documents is what the committed runs say, today."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from msgspec.structs import replace

from callmeter.errors import Error
from harness.model.saved import CHOSEN_FROM
from runs import made_run
from support import ROOT, a_run, failed, memory, saved, times
from tools.copies.called import Called
from tools.publish import documents
from tools.publish.__main__ import main
from tools.publish.blocks import BLOCKS
from tools.publish.documents import block, renewed
from tools.publish.graph import imports, mermaid

if TYPE_CHECKING:
    from harness.model.run import Run

MARKED = "before\n<!-- block: {} -->\n{}<!-- end -->\nafter\n"


def drawn(name: str, *paths: Path) -> str:
    return block(name, [*paths], ROOT)


def test_nothing_published_is_out_of_date(capsys: pytest.CaptureFixture[str]) -> None:
    """Of a picture the texts are compared: where they stand depends on a machine's fonts."""
    assert main(["--check"]) == 0, capsys.readouterr().out


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what a report and the record are made of, and one stale document."""
    monkeypatch.setattr(documents, "REPORTS", documents.REPORTS[-2:-1])  # it is quickly drawn
    (tmp_path / "results").mkdir()
    for name in ("0001-read-premiums.md", *(path.name for path in CHOSEN_FROM)):
        shutil.copy(ROOT / "results" / name, tmp_path / "results")
    (tmp_path / "README.md").write_text(MARKED.format("answer", "stale\n"), encoding="utf-8")
    return tmp_path


def test_what_is_out_of_date_is_named_and_renewed(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--check"], checkout) == 1
    assert "README.md is out of date" in capsys.readouterr().out
    assert "stale" in (checkout / "README.md").read_text(encoding="utf-8")
    assert main([], checkout) == 0
    after = (checkout / "README.md").read_text(encoding="utf-8")
    assert after == MARKED.format("answer", f"\n{drawn('answer')}\n\n")
    assert main(["--check"], checkout) == 0


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        (MARKED.format("anser", ""), r"no block 'anser'; did you mean answer\?"),
        (MARKED.format("times results/not-there.jsonl", ""), "No such file"),
        ("<!-- block: answer -->\n" + MARKED.format("times", ""), "a block does not end"),
        ("<!-- block: answer -->\n", "a block does not end"),
    ],
)
def test_a_wrong_mark_is_one_clear_line(document: str, complaint: str) -> None:
    with pytest.raises(Error, match=complaint) as caught:
        renewed(document, ROOT)
    assert len(str(caught.value).splitlines()) == 1


def test_a_mark_within_a_line_is_text() -> None:
    text = "write `<!-- block: answer -->` and `<!-- end -->`\n"
    assert renewed(text, ROOT) == text


@pytest.mark.parametrize("name", BLOCKS)
def test_what_is_renewed_stays_as_it_is(name: str) -> None:
    once = renewed(MARKED.format(name, ""), ROOT)
    assert renewed(once, ROOT) == once


def test_strategies_are_ranked_with_their_ratios(tmp_path: Path) -> None:
    lines = drawn("strategies", saved(made_run(), tmp_path / "run.jsonl")).splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if "|" in line]
    assert [row[0] for row in rows[2:]] == ["lean", "quick", "middling", "full_orm"]
    assert rows[2][1:] == ["10.0 MB (0.50x)", "10.0 MB (0.50x)", "1.2x faster", "nothing"]
    assert rows[5][1:] == ["160 MB (8.00x)", "60.0 MB (3.00x)", "2.50 s", "as today"]


def test_what_failed_or_is_missing_stands_below_the_figures(tmp_path: Path) -> None:
    run = a_run(*memory("a", 1e6), *times("a", 0.1), failed("b", "it broke"), cells=9)
    text = drawn("strategies", saved(run, tmp_path / "run.jsonl"))
    assert "- b: it broke" in text
    assert "- A run was cut short; it has 3 of 9 cells." in text


def test_a_note_on_several_workloads_stands_once(tmp_path: Path) -> None:
    run = made_run(meters=("allocator",), repetitions=(1, 20), explained=False)
    found = [
        replace(one, allocators=["pyarrow"]) if one.cell.name == "lean" else one
        for one in run.measurements
    ]
    shown = drawn("repetition", saved(replace(run, measurements=found), tmp_path / "run.jsonl"))
    assert shown.count("- lean: the allocator of pyarrow is not counted") == 1
    assert "lean, lean" not in shown


def test_only_what_was_timed_has_a_row_of_times(tmp_path: Path) -> None:
    run = a_run(*memory("floor", 1e6), *times("full_orm", 0.2, 0.2), failed("b", "it broke"))
    lines = drawn("times", saved(run, tmp_path / "run.jsonl")).splitlines()
    rows = [line.split("|")[1].strip() for line in lines if line.startswith("| ")]
    assert rows == ["strategy", "full_orm"]
    assert "- b: it broke" in lines


def test_the_stress_suites_figures_are_shown(tmp_path: Path) -> None:
    made = {"seconds": 60, "date": "2026-11-29", "commit": "abc"}
    stages = {"seeding": [3, 3], "saving": [3, 2]}
    faults = {"tried": 6, "held": 5, "faults": {"a signal": stages}, **made}
    inputs = {"tried": 1200, "held": 1200, "figures": {"containers": 6}, **made}
    path = tmp_path / "stress.json"
    path.write_text(json.dumps({"parts": {"signals": faults, "arguments": inputs}}))
    shown = drawn("stress", path)
    assert shown.startswith("1,206 tried in 2 parts, 1,205 held.")
    lines = (line.split("|")[1:-1] for line in shown.splitlines() if line.startswith("| "))
    rows = [[cell.strip() for cell in cells] for cells in lines]
    assert rows == [
        *(["fault", "seeding", "saving"], ["a signal", "3", "2 of 3"]),
        ["part", "held", "figures"],
        *(["signals", "5 of 6", ""], ["arguments", "1,200", "containers 6"]),
    ]
    assert shown.count("2026-11-29, commit abc") == 1


def test_what_was_proved_and_what_was_mistaken_are_shown(tmp_path: Path) -> None:
    made = {"environment": {"date": "2026-11-30", "commit": "abc"}}
    proof, copies = tmp_path / "prove.json", tmp_path / "copies.json"
    roles = {"recommended": {"runs": 90, "died": 1, "wrong": 1}}
    proof.write_text(json.dumps({**made, "limited by": "the kernel", "roles": roles}))
    row = Called("wall", 7, windows=9, equal=0.041, first=0.05, slower=0.9)._asdict()
    called = {"command": "python -m tools.copies", "takes_longer_by": 0.1, "called": [row]}
    copies.write_text(json.dumps({**made, **called}))
    shown = drawn("proof", proof)
    assert [cell.strip() for cell in shown.splitlines()[2].split("|")[1:-1]] == [
        *("the recommended strategy", "90", "1", "1")
    ]
    assert "Limited by the kernel. 2026-11-30, commit abc" in shown
    cells = [cell.strip() for cell in drawn("copies", copies).splitlines()[4].split("|")[1:-1]]
    assert cells == ["wall time", "7", "4.1%", "5.0%", "90.0%"]


def test_the_layers_are_of_the_largest_payroll_explained(tmp_path: Path) -> None:
    shown = drawn("layers", saved(made_run(), tmp_path / "run.jsonl"))
    assert shown.splitlines()[0].split() == [
        "|",
        "peak,",
        "bytes",
        "an",
        "entry",
        "|",
        "full_orm",
        "|",
        "|",
    ]
    assert "lean" not in shown
    assert shown.count("| total") == 2
    assert "<sub>10,000 entries, as memray recorded" in shown


def test_every_stack_has_a_column_of_ratios_to_its_floor(tmp_path: Path) -> None:
    paths = []
    for python in ("CPython 3.11.7", "CPython 3.14.0"):
        run = made_run()
        header = replace(run.header, environment=run.header.environment | {"python": python})
        paths.append(saved(replace(run, header=header), tmp_path / f"{python}.jsonl"))
    shown = drawn("stacks", *paths)
    row = next(line for line in shown.splitlines() if line.startswith("| lean "))
    assert [cell.strip() for cell in row.split("|")[1:-1]] == ["lean", "0.50x", "0.50x"]
    heading = shown.splitlines()[2]
    assert "3.11, " in heading
    assert "3.14, " in heading


def rows_of_writing(run: Run, path: Path) -> list[list[str]]:
    lines = [line for line in drawn("writing", saved(run, path)).splitlines() if "|" in line]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:]]


def test_functions_that_write_are_shown_with_what_was_measured(tmp_path: Path) -> None:
    copy, add = (f"ways:{way}(emptied(engine), premiums)" for way in ("copy", "add_all"))
    peaks = [
        replace(one, values={"peak": one.values["traced_peak"]})
        for one in (*memory(add, 30e6), *memory(copy, 0.05e6))
    ]
    run = a_run(*peaks, *times(copy, *[0.2] * 5), *times(add, *[0.6] * 5))
    run = replace(run, header=replace(run.header, reference=copy))
    assert rows_of_writing(run, tmp_path / "run.jsonl") == [
        ["copy", "50.0 kB", "200 ms", "200 ms", ""],
        ["add_all", "30.0 MB", "600 ms", "600 ms", "3.0x slower"],
    ]
    without_times = replace(run, measurements=peaks)
    assert rows_of_writing(without_times, tmp_path / "memory.jsonl") == [
        ["copy", "50.0 kB"],
        ["add_all", "30.0 MB"],
    ]


def test_the_graph_leaves_out_what_follows_and_refuses_a_circle(tmp_path: Path) -> None:
    sources = {"cli": "from harness import report, model", "report": "import harness.model.run"}
    for name, text in {**sources, "model": "import other"}.items():
        (tmp_path / "harness" / name).mkdir(parents=True)
        (tmp_path / "harness" / name / "__init__.py").write_text(text)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.py").write_text("import os")
    folders = [tmp_path / "harness", tmp_path / "other"]
    assert imports(folders)["cli"] == ["model", "report"]
    arrows = [line.strip() for line in mermaid(folders) if "-->" in line]
    assert arrows == ["cli --> report", "report --> model", "model --> other"]
    (tmp_path / "other" / "a.py").write_text("import harness.cli")
    with pytest.raises(Error, match="packages import each other: "):
        mermaid(folders)


def test_times_of_a_busy_machine_are_not_published(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [
        msgspec.structs.replace(one, seconds=2.0, others=0.5, stolen=0.0)
        for one in times("lean", *[0.1] * 5)
    ]
    (checkout / "results" / "stacks").mkdir()
    for name in ("busy", "stacks/busy"):
        saved(a_run(*found), checkout / "results" / f"{name}.jsonl")
    assert main([], checkout) == 1
    line, of_a_stack = capsys.readouterr().err.splitlines()
    assert line.startswith("results/busy.jsonl: the machine was busy during 100% of the time")
    assert of_a_stack.startswith("results/stacks/busy.jsonl: the machine was busy")
    assert "stale" in (checkout / "README.md").read_text(encoding="utf-8")
