"""The document of a sweep: the answer in a line a stack, then a table, in every format."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from harness.model.run import Run
from harness.report import stacks as report
from harness.report.formats import csv as as_csv
from harness.report.formats import json as as_json
from harness.report.formats import markdown, text
from support import a_run, failed, memory, times, with_baselines

if TYPE_CHECKING:
    from harness.report.document import Document

NAMES = ("Python 3.11.7, SQLAlchemy 2.0.58", "Python 3.13.0, SQLAlchemy 2.1.9")
MISSING = [("Python 3.14, sqlalchemy==2.0.*", "cannot be made: there is no python3.14")]
FIRST = with_baselines(
    *memory("lean", 4e6, 4e6),
    *memory("steady", 4e6, 4e6),
    *times("lean", *[0.05] * 5),
    *times("steady", 0.05, 0.05),
)
SECOND = with_baselines(
    *memory("lean", 3e6, 3e6),
    *memory("steady", 4e6, 4.001e6),
    *times("lean", *[0.025] * 5),
    *times("steady", 0.051, 0.05),
    failed("bad", "broken, quite"),
)


def document(
    first: Run = FIRST, second: Run = SECOND, *, every: bool = False, wide: bool = False
) -> Document:
    measured = report.Measured(dict(zip(NAMES, (first, second), strict=True)), MISSING)
    return report.document(measured, every=every, wide=wide)


def lines(found: Document) -> list[str]:
    return text.write(found, 80).splitlines()


def test_the_answer_is_a_line_for_each_stack() -> None:
    words = " ".join(" ".join(lines(document())).split())
    assert f"[1] {NAMES[0]}: the first" in words
    assert (
        f"[2] {NAMES[1]}: peak of full_orm as before, 1 of 3 less (25.0%), 2 as before; "
        "time of full_orm as before, 1 of 3 faster (2.0x), 1 as before, "
        "1 undecided, with fewer than 5 repeats" in words
    )
    assert f"[-] {MISSING[0][0]}: {MISSING[0][1]}" in words
    assert "bad on [2] FAILED: broken, quite" in words


def test_a_few_calls_are_named() -> None:
    first, second = (a_run(*memory("lean", peak)) for peak in (4e6, 9e6))
    words = " ".join(" ".join(lines(document(first, second))).split())
    assert f"[2] {NAMES[1]}: peak of lean 2.2x more [-]" in words


def test_the_table_has_what_moved_and_with_all_the_rest() -> None:
    found = lines(document())
    assert max(map(len, found)) <= 80
    rows = [line.split() for line in found]
    assert ["lean", "traced_peak", "4.00", "MB", "-25.0%"] in rows
    assert ["lean", "wall", "50.0", "ms", "-50%"] in rows
    assert not any(row[:1] == ["steady"] for row in rows)
    assert "- 7 figures that did not move on any stack: --all" in found
    rows = [line.split() for line in lines(document(every=True))]
    assert ["steady", "traced_peak", "4.00", "MB", "=", "(+0.0%)"] in rows
    assert ["steady", "wall", "50.0", "ms", "?", "(+1%)"] in rows


def test_more_metrics_and_yardsticks_are_shown_where_they_are_asked_for() -> None:
    assert "other metrics that moved: cpu of 1: --wide" in " ".join(lines(document()))
    rows = [line.split()[:2] for line in lines(document(wide=True, every=True))]
    assert ["floor", "traced_peak"] in rows
    assert ["lean", "cpu"] in rows


def test_nothing_that_moved_is_a_sentence() -> None:
    run = a_run(*(one for name in "abc" for one in memory(name, 4e6, 4e6)))
    found = lines(document(run, run))
    assert "Nothing moved by more than the noise." in found
    assert "peak of all 3 as before" in " ".join(" ".join(found).split())


def test_data() -> None:
    whole = json.loads(as_json.write(document(), 80))
    assert [(one["stack"], one["error"]) for one in whole["stacks"]] == [
        *((name, None) for name in NAMES),
        *MISSING,
    ]
    rows = {(one["stack"], one.get("strategy"), one.get("metric")): one for one in whole["rows"]}
    peak, wall = (rows[NAMES[1], "lean", key] for key in ("traced_peak", "wall"))
    assert (peak["median"], peak["ratio"], peak["unit"]) == (3e6, 0.75, "B")
    assert (wall["ratio_low"], wall["ratio_high"], wall["unit"]) == (0.5, 0.5, "s")
    assert rows[NAMES[0], "lean", "wall"]["verdict"] is None
    assert rows[MISSING[0][0], None, None]["error"] == MISSING[0][1]
    assert [(one["strategy"], one["error"]) for one in whole["failures"]] == [
        ("bad", "broken, quite")
    ]
    flat = list(csv.DictReader(io.StringIO(as_csv.write(document(), 80))))
    assert flat[-1]["error"] == MISSING[0][1]
    assert len(flat) == len(whole["rows"])
    assert markdown.write(document(), 80).startswith("**What moves with the stack")
