"""The generated blocks: the figures of a run, and why there are none where one failed."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callmeter import discovery
from callmeter.census import Kind
from callmeter.explanation import Explanation
from callmeter.layers import DOMAIN, ORM_INSTANCES
from callmeter.self_check import Reading
from callmeter.worker import EXPLAIN
from harness.base.errors import ResultsError
from harness.model.compare import FEWEST_TIMES
from harness.model.run import Measurement, Run
from harness.runner.plan import FLOOR, REFERENCE
from support import a_cell, a_run, saved
from tools.publish import blocks

if TYPE_CHECKING:
    from collections.abc import Iterable

SIZES = (1_000, 10_000)
PER_ENTRY = {
    FLOOR: (2_000, 2_100, 2_200, 1e-6),
    REFERENCE: (6_000, 16_800, 17_600, 200e-6),
    "shared_values_orm": (2_200, 11_000, 12_000, 220e-6),
    "slotted": (1_600, 2_100, 3_300, 40e-6),
    "interned": (1_800, 1_890, 2_080, 50e-6),
}
"""Bytes retained, at the peak and of all allocations, and seconds: of each entry, at any size."""

STREAMED = {"unstreamed_core": (4e6, 40e6), "slotted": (2e6, 3e6)}
"""Bytes of all allocations at each size."""

TIMED_OUT = "timed out after 2 s"
NO_METER = "no such kernel"


def measured(strategy: str, entries: int) -> list[Measurement]:
    delta, peak, of_all, seconds = (each * entries for each in PER_ENTRY[strategy])
    found = {
        "tracemalloc": {"delta_bytes": delta, "peak_bytes": peak},
        "allocator": {"allocator_delta_bytes": delta, "allocator_peak_bytes": of_all},
        "clock": {"wall_seconds": seconds, "cpu_seconds": seconds, "gc_seconds": seconds / 4},
    }
    return [
        Measurement(a_cell(strategy, meter, nth, entries), figures, seconds=3.0)
        for meter, figures in found.items()
        for nth in range(FEWEST_TIMES if meter == "clock" else 1)
    ]


def explained(strategy: str, entries: int) -> Measurement:
    retained = {DOMAIN: 1_500 * entries}
    kinds = [Kind("UUID", 2 * entries, 100 * entries, 10, 90 * entries)]
    explanation = Explanation({**retained, ORM_INSTANCES: 500 * entries}, retained, kinds)
    return Measurement(a_cell(strategy, EXPLAIN, entries=entries), {}, explanation=explanation)


def streamed(strategy: str, entries: int, peak: float) -> Measurement:
    cell = a_cell(strategy, "allocator", entries=entries)
    return Measurement(cell, {"allocator_peak_bytes": peak})


LISTS = a_run(
    *(each for size in SIZES for name in PER_ENTRY for each in measured(name, size)),
    *(explained(name, SIZES[-1]) for name in PER_ENTRY),
)
STREAMS = a_run(
    *(
        streamed(name, size, peak)
        for name, peaks in STREAMED.items()
        for size, peak in zip(SIZES, peaks, strict=True)
    )
)
RUNS = {
    name: STREAMS if name == "streams" else LISTS
    for name in discovery.names(blocks)
    if name not in {"dependencies", "selfcheck", "strategies", "traits", "trust"}  # made of no run
}
EVERY_RUN = pytest.mark.parametrize(("name", "run"), RUNS.items(), ids=RUNS)


KEPT, FAILED, UNAVAILABLE, LEFT_OUT = range(4)
SAYING = {FAILED: {"error": TIMED_OUT}, UNAVAILABLE: {"unavailable": NO_METER}}


def fated(run: Run, fates: Iterable[int]) -> Run:
    """The run with that fate for each of its measurements."""
    kept = [
        Measurement(each.cell, {}, **SAYING[fate]) if fate in SAYING else each
        for each, fate in zip(run.measurements, fates, strict=True)
        if fate != LEFT_OUT
    ]
    return Run(run.header, kept)


def where(run: Run, field: str, value: str, fate: int) -> Run:
    """The run with that fate for the cells of that strategy or meter."""
    hit = (getattr(each.cell, field) == value for each in run.measurements)
    return fated(run, (fate if is_hit else KEPT for is_hit in hit))


def lines_of(name: str, *paths: Path) -> list[str]:
    """The lines of the block, without the blanks that only align them."""
    text: str = discovery.load(blocks, name).make([*paths])
    return [re.sub(r"\s+", " ", line).strip() for line in text.splitlines()]


def made(name: str, run: Run) -> list[str]:
    with TemporaryDirectory() as folder:
        return lines_of(name, saved(run, Path(folder) / "run.jsonl"))


FIGURES = [
    (
        "answer",
        "| `interned` | 0.90x floor | 0.90x floor | 0.95x floor | 20.8 | 4.0x faster | 25% |",
        "| `slotted` | 0.80x floor | 1.00x floor | 1.50x floor | 33.0 * | 5.0x faster | 25% |",
        "- interned needs least memory: its peak of all allocations is 0.95x the floor's, "
        "8.5x smaller than full_orm's; it retains 0.90x the floor.",
    ),
    (
        "carried_over",
        "| `full_orm` | payroll, 10,000 |",
        "| of what it retains: the driver's values | 0% |",
        "| equal values shared would save | 90% |",
        "| of its peak: the ORM | 25% |",
        "| `shared_values_orm` | 37%, 68%, 1.1x slower |",
    ),
    (
        "census",
        "20,000 UUID: 1,000,000 bytes, 10 distinct values; sharing equal values would save 90%",
    ),
    (
        "compare",
        "**10,000 entries x 6 components, profile realistic**",
        "| full_orm | 200.0 | 0% | the same | 200.0 | 25% | 2,000 |",
    ),
    ("duration", "| clock | 30 | 90.0 | 3.00 | 0.21 |", "| tracemalloc | 10 | 30.0 | 3.00 | |"),
    ("growth", "**wall time**", "| interned | 50.0 | 50.0 | 50.0 | 0.00 |"),
    (
        "layers",
        "| peak, B/entry | full_orm | shared_values_orm | slotted |",
        "| domain objects | 1,500 (75%) | 1,500 (75%) | 1,500 (75%) |",
        "| domain objects | 1,500 (100%) | 1,500 (100%) | 1,500 (100%) |",
    ),
    (
        "own",
        "**10,000 entries x 6 components, profile realistic** beside `full_orm`; "
        "bytes are an item's, native ones included",
        "| `interned` | 1,800 | 2,080 | 20.8 | 25% | 30% | 12% | 4.0x faster |",
    ),
    (
        "published",
        "| floor, 10,000 entries: retained | 2,300 | 2,000 | -13.0% |",
        "| full_orm, 1,000 entries: peak | 19,500 | 16,800 | -13.8% |",
    ),
    (
        "streams",
        "| `slotted` | 2.00 | 3.00 | | | 1.50x |",
        "| `unstreamed_core` | 4.00 | 40.00 | | | 10.00x |",
    ),
    (
        "targets",
        "| `interned` | retains, x floor | <= 0.87 | 0.90 | no |",
        "| `shared_values_orm` | times faster than full_orm | >= 0.9 | 0.91 | yes |",
    ),
    ("twins", "| `interned` | `slotted` | 1,000 | +12.5% | -37.0% | +25.0% |"),
]


@pytest.mark.parametrize(("name", "lines"), [(name, lines) for name, *lines in FIGURES])
def test_the_figures_are_the_runs(name: str, lines: list[str]) -> None:
    found = made(name, RUNS[name])
    assert [line for line in lines if line not in found] == []


def test_the_figures_of_every_block_are_known() -> None:
    assert [name for name, *_ in FIGURES] == list(RUNS)


@EVERY_RUN
def test_a_strategy_that_failed_is_said_to_have(name: str, run: Run) -> None:
    """By every block that has anything of it."""
    for strategy in {each.cell.strategy for each in run.measurements}:
        lines = made(name, where(run, "strategy", strategy, FAILED))
        assert lines == made(name, run) or f"- **error** {strategy}: {TIMED_OUT}" in lines


@EVERY_RUN
def test_a_meter_that_is_not_available_is_said_to_be(name: str, run: Run) -> None:
    """By every block that has anything of it."""
    for meter in {each.cell.meter for each in run.measurements}:
        lines = made(name, where(run, "meter", meter, UNAVAILABLE))
        said = f"not available here: {meter}: {NO_METER}"
        assert lines == made(name, run) or any(said in line for line in lines)


@EVERY_RUN
@settings(max_examples=50)
@given(data=st.data())
def test_whatever_has_no_figures_the_block_says_why(
    name: str, run: Run, data: st.DataObject
) -> None:
    """Unless the run was cut short: it may be none that the block can be made of."""
    count = len(run.measurements)
    fates = data.draw(st.lists(st.integers(KEPT, LEFT_OUT), min_size=count, max_size=count))
    try:
        lines = made(name, fated(run, fates))
    except ResultsError as error:
        assert LEFT_OUT in fates
        assert len(str(error).splitlines()) == 1  # noqa: PT017
        return
    if LEFT_OUT not in fates:
        said = "\n".join(lines)
        assert lines == made(name, run) or TIMED_OUT in said or NO_METER in said


@pytest.mark.parametrize(
    "name", ["answer", "carried_over", "census", "layers", "published", "targets"]
)
def test_another_run_is_refused(name: str) -> None:
    with pytest.raises(ResultsError, match=r"^no "):
        made(name, a_run(*measured("slotted", 7)))


def test_a_run_without_the_meter_is_refused() -> None:
    by_clock = [each for each in LISTS.measurements if each.cell.meter == "clock"]
    for name in ("published", "targets", "twins"):
        with pytest.raises(ResultsError, match=r"^no \w+ of \w+ at [\d,]+ entries"):
            made(name, a_run(*by_clock))


def test_a_run_with_nothing_in_it_has_no_streams() -> None:
    assert made("streams", a_run())[0] == "| folded | largest over smallest |"


def test_readings_are_shown_right_or_wrong_or_not_there(tmp_path: Path) -> None:
    readings = [
        Reading("clock", "no-op", "0.000 s", "0.001 s", 0.01, "right", is_wrong=False),
        Reading("rss", "no-op", "", "", None, NO_METER, is_wrong=False),
        Reading("allocator", "no-op", "", "", None, TIMED_OUT, is_wrong=True),
    ]
    path = tmp_path / "selfcheck.json"
    path.write_bytes(msgspec.json.encode(readings))
    lines = lines_of("selfcheck", path)
    assert lines[2:] == [
        "| clock | no-op | 0.000 s | 0.001 s | 1.0% | right |",
        f"| rss | no-op | | | | {NO_METER} |",
        f"| allocator | no-op | | | | {TIMED_OUT} |",
    ]
    path.write_bytes(b"[[]]")
    with pytest.raises(ResultsError, match="cannot read the self-check"):
        lines_of("selfcheck", path)


@pytest.mark.parametrize("name", ["strategies", "traits"])
def test_what_is_made_of_no_run_names_the_strategies(name: str) -> None:
    named = {word for line in lines_of(name) for word in re.findall(r"`(\w+)`", line)}
    assert {"full_orm", "interned", "arrow_columns"} <= named


def test_a_stream_grows_over_the_sizes_that_it_was_measured_at() -> None:
    sizes = (100, 1_000, 10_000)
    whole = (streamed("unstreamed_core", size, 1e3 * size) for size in sizes)
    part = (streamed("slotted", size, 2e6) for size in sizes[:2])
    lines = made("streams", a_run(*whole, *part))
    assert next(line for line in lines if "`slotted`" in line).endswith("| 1.00x |")
    assert next(line for line in lines if "`unstreamed_core`" in line).endswith("| 100.00x |")
