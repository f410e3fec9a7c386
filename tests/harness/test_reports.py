"""Every report format says the same run."""

from __future__ import annotations

import csv
import io
import json
import re

import msgspec
import pytest

from callmeter import discovery
from callmeter.worker import CHECK
from harness.model.compare import rows
from harness.model.run import Measurement, Run
from harness.report import reports
from harness.report.reports import _sentences as say
from harness.report.reports._content import SORT_KEYS, Options
from harness.report.reports._keeping import keeping
from harness.report.words import smaller
from harness.runner.plan import FLOOR, REFERENCE, Cell
from support import a_cell, a_run, failed, memory, times


def measurement(strategy: str, delta: float, peak: float, repeat: int = 0) -> Measurement:
    cell = a_cell(strategy, repeat=repeat)
    return Measurement(cell, {"delta_bytes": delta, "peak_bytes": peak})


RUN = a_run(
    measurement(FLOOR, 2e6, 2.1e6),
    measurement("lean", 2.2e6, 4.2e6),
    measurement("lean", 2.3e6, 4.2e6, 1),
    measurement(REFERENCE, 6e6, 16.8e6),
    failed("bad", "broken, quite"),
)
EVERY_FORMAT = pytest.mark.parametrize("form", discovery.names(reports))


def rendered(form: str, options: Options | None = None) -> str:
    text: str = discovery.load(reports, form).render(RUN, options or Options())
    return text


def rendered_run(run: Run) -> str:
    text: str = discovery.load(reports, "table").render(run, Options())
    return text


@EVERY_FORMAT
def test_every_format_has_every_strategy_and_the_error(form: str) -> None:
    text = rendered(form)
    for word in (FLOOR, "lean", REFERENCE, "bad", "broken, quite"):
        assert word in text
    assert not text.endswith("\n")


@EVERY_FORMAT
@pytest.mark.parametrize("sort", SORT_KEYS)
def test_every_format_can_be_sorted_by_every_key(form: str, sort: str) -> None:
    text = rendered(form, Options(sort=sort))
    first, last = ("lean", REFERENCE) if sort != "name" else (REFERENCE, "lean")
    start_of_row = r'^(\| |\s*"strategy": "|<tr data-strategy="|.*?<text [^>]*>|)'
    found = [re.search(start_of_row + name, text, re.MULTILINE) for name in (first, last)]
    positions = [match.start() for match in found if match]
    assert len(positions) == 2
    assert positions == sorted(positions)


def test_json_has_rows_with_the_promised_fields() -> None:
    found = {row["strategy"]: row for row in json.loads(rendered("json"))["rows"]}
    assert found["lean"]["delta_bytes_per_entry"] == 2250
    assert found["lean"]["peak_x_floor"] == 2
    assert found["lean"]["error"] is None
    assert found["bad"]["peak_bytes_per_entry"] is None
    assert found["bad"]["error"] == "broken, quite"


def test_csv_has_the_fields_of_json() -> None:
    from_csv = list(csv.DictReader(io.StringIO(rendered("csv"))))
    from_json = json.loads(rendered("json"))["rows"]
    assert [row["strategy"] for row in from_csv] == [row["strategy"] for row in from_json]
    assert from_csv[0].keys() == from_json[0].keys() - {"workload"}
    assert float(from_csv[0]["peak_bytes"]) == from_json[0]["peak_bytes"]


def test_the_table_says_what_it_means() -> None:
    text = rendered("table")
    assert "4.0x smaller" in text
    assert "lean needs least memory: its peak is 2.00x the floor's, 4.0x smaller than" in text
    assert "scaled in proportion from 1,000: an estimate" in text
    assert f"{REFERENCE}  retains 60 MB, needs 168 MB for a moment" in text
    assert "~ delta is not steady to 0.5% between repeats: lean 4.4%." in text
    assert "ERROR bad: broken, quite" in text


def test_a_size_as_measured_is_not_called_an_estimate() -> None:
    text = rendered("table", Options(scale_to=1000))
    assert "A payroll of 1,000 entries (as measured):" in text


def test_the_table_fits_a_terminal() -> None:
    assert max(map(len, rendered("table").splitlines())) <= 120


def test_a_run_of_errors_only_is_reported() -> None:
    run = Run(RUN.header, RUN.measurements[-1:])
    text = discovery.load(reports, "table").render(run, Options())
    assert "Nothing to rank: none was measured." in text


def test_in_markdown_what_follows_an_error_is_not_part_of_it() -> None:
    lines = discovery.load(reports, "markdown").render(RUN, Options()).splitlines()
    (error,) = [at for at, line in enumerate(lines) if line.startswith("- **error**")]
    assert lines[error + 1] == ""


def test_one_yardstick_is_one() -> None:
    assert "\nfloor: a yardstick, not ranked.\n" in rendered("table")


def test_ratios_in_words() -> None:
    assert smaller(2.04) == "2.0x smaller"
    assert smaller(0.5) == "2.0x larger"
    assert smaller(1.001) == "the same"
    assert smaller(12_104) == "over 1,000x smaller"
    assert smaller(1 / 12_104) == "over 1,000x larger"


def test_a_ratio_of_times_that_were_repeated_too_few_times_is_marked() -> None:
    text = rendered_run(a_run(*times(REFERENCE, 2.0, 2.0), *times("lean", 1.0, 1.0)))
    assert "2.0x faster ?" in text
    assert "?: from fewer than 3 repeats" in text
    text = rendered_run(a_run(*times(REFERENCE, 2.0, 2.0, 2.0), *times("lean", 1.0, 1.0, 1.0)))
    assert "2.0x faster" in text
    assert "?" not in text


def test_no_winner_is_better_than_what_it_is_not_told_apart_from() -> None:
    floor, reference, lean = memory(FLOOR, 2e6), memory(REFERENCE, 16e6), memory("lean", 15.9e6)
    slow = times(REFERENCE, 0.10, 0.11, 0.12)
    alike = times("lean", 0.095, 0.1, 0.112)
    found = rows(a_run(*floor, *reference, *lean, *slow, *alike))
    least, fastest = say.verdict(found)
    assert f"7.95x the floor's, the same as {REFERENCE}'s;" in least
    assert fastest == f"lean is fastest; not to be told apart from it: {REFERENCE}."
    (kept,) = keeping(found, {"lean": ["list"]})
    assert kept.fastest == "lean: not told apart"


def function(name: str, items: int | None, size: float) -> list[Measurement]:
    """What was measured of a user's function."""
    memory = {"delta_bytes": size, "peak_bytes": size, "allocator_peak_bytes": size}
    seconds = {"wall_seconds": size / 1e6, "cpu_seconds": size / 1e6, "gc_seconds": 0.0}
    return [
        Measurement(Cell(name, meter), figures, items=items)
        for meter, figures in (("tracemalloc", memory), ("clock", seconds))
    ]


def of_functions(*measurements: Measurement) -> Run:
    run = a_run(*measurements)
    header = msgspec.structs.replace(run.header, reference="a:read")
    return msgspec.structs.replace(run, header=header)


@EVERY_FORMAT
def test_every_format_has_functions_that_give_other_counts_or_nothing_or_fail(form: str) -> None:
    broken = Measurement(Cell("d:fails", CHECK), {}, "RuntimeError: no")
    run = of_functions(
        *function("a:read", 2_000, 4e6),
        *function("b:few", 5, 1e6),
        *function("c:none", 0, 1e3),
        broken,
    )
    text: str = discovery.load(reports, form).render(run, Options())
    for word in ("read", "few", "none", "fails", "RuntimeError: no"):
        assert word in text
    assert "growth-peak" not in text
    alone: str = discovery.load(reports, form).render(of_functions(broken), Options())
    assert "RuntimeError: no" in alone


def test_a_function_of_other_work_is_neither_ranked_nor_a_ratio() -> None:
    run = of_functions(*function("a:read", 2_000, 4e6), *function("b:few", 5, 1e6))
    text = rendered_run(run)
    assert text.count("other count") == 3  # of both peaks, and of the time
    assert "needs least memory" not in text
    same = rendered_run(
        of_functions(*function("a:read", 2_000, 4e6), *function("b:lean", 2_000, 1e6))
    )
    assert "b:lean needs least memory" in same
    failed = Measurement(Cell("b:few", CHECK), {}, "RuntimeError: no")
    assert "other count" not in rendered_run(of_functions(*function("a:read", 9, 1e6), failed))
