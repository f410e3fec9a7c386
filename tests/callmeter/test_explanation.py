"""Where the bytes go: parts that add up, the same in every process, and true."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from callmeter.driver_values import FILE
from callmeter.layers import LAYERS, OTHER, by_layer, layer_of
from callmeter.recording import Frame, Part
from harness.payroll.generator import Payroll
from harness.postgres.writer import provide
from harness.runner import plan
from harness.runner.scheduler import reading, run

if TYPE_CHECKING:
    from sqlalchemy import URL

    from callmeter.explanation import Explanation
    from harness.postgres.connection import Database

PAYROLL = Payroll(300)
SQLALCHEMY = "/venv/lib/python3/site-packages/sqlalchemy"
WAYS = ("full_orm", "joined_orm", "core_rows", "slotted", "yield_per", plan.FLOOR)


@pytest.fixture(scope="module")
def url(database: Database) -> URL:
    return provide(database, PAYROLL)


def explained(url: URL, *ways: str) -> list[Explanation]:
    found = list(run(plan.explanations(ways, PAYROLL), reading(lambda _: url), timeout=120))
    assert [m.error for m in found if m.error] == []
    by_way = {m.cell.strategy: m.explanation for m in found if m.explanation}
    return [by_way[way] for way in ways]


@pytest.fixture(scope="module")
def explanations(url: URL) -> dict[str, Explanation]:
    return dict(zip(WAYS, explained(url, *WAYS), strict=True))


@pytest.mark.parametrize("way", WAYS)
def test_little_is_unexplained(explanations: dict[str, Explanation], way: str) -> None:
    for sizes in (explanations[way].peak, explanations[way].retained):
        assert sizes.get(OTHER, 0) < 0.03 * sum(sizes.values())
        assert sizes.keys() <= set(LAYERS)


@pytest.mark.parametrize("way", ["full_orm", "core_rows"])
def test_parts_add_up_to_what_the_meter_reads(
    explanations: dict[str, Explanation], url: URL, way: str
) -> None:
    cell = plan.Cell(way, "allocator", plan.workload_of(PAYROLL))
    (metered,) = run([cell], reading(lambda _: url), timeout=120)
    peak, retained = explanations[way].peak, explanations[way].retained
    figures = metered.figures
    assert sum(peak.values()) == pytest.approx(figures["allocator_peak_bytes"], rel=0.01)
    assert sum(retained.values()) == pytest.approx(figures["allocator_delta_bytes"], rel=0.01)


def test_shares_are_the_same_in_every_process(
    explanations: dict[str, Explanation], url: URL
) -> None:
    (again,) = explained(url, "full_orm")
    before = explanations["full_orm"]
    for one, other in (
        (before.peak, again.peak),
        (before.retained, again.retained),
    ):
        for layer in LAYERS:
            share = one.get(layer, 0) / sum(one.values())
            assert other.get(layer, 0) / sum(other.values()) == pytest.approx(share, abs=0.02)


def test_what_is_retained_is_mostly_the_drivers(explanations: dict[str, Explanation]) -> None:
    """What the published explanation had wrong: the extra bytes are not the ORM's."""
    for way in ("full_orm", "core_rows"):
        sizes = explanations[way].retained
        total = sum(sizes.values())
        values = sum(size for layer, size in sizes.items() if layer.startswith("driver values"))
        orm = sum(size for layer, size in sizes.items() if "ORM" in layer)
        assert values > 0.75 * total
        assert orm < 0.02 * total


def part(size: int, *stack: tuple[str, str], native: tuple[str, ...] = ()) -> Part:
    frames = tuple(Frame(function, file, 1) for function, file in stack)
    return Part(size, "PYMALLOC_MALLOC", frames, native)


@pytest.mark.parametrize(
    ("stack", "layer"),
    [
        ([("UUID", FILE), ("fetchall", "/x/psycopg/cursor.py")], "driver values: UUID"),
        ([("fetchall", "/site-packages/psycopg/cursor.py")], "driver rows"),
        ([("all", f"{SQLALCHEMY}/engine/result.py")], "SQLAlchemy engine and result"),
        ([("x", f"{SQLALCHEMY}/orm/state.py")], "SQLAlchemy ORM: instances and their state"),
        ([("add", f"{SQLALCHEMY}/orm/identity.py")], "SQLAlchemy ORM: identity map"),
        ([("x", f"{SQLALCHEMY}/util/x.py"), ("y", f"{SQLALCHEMY}/orm/loading.py")],
         "SQLAlchemy ORM: loading and session"),
        ([("get", "/home/me/strategies/mine.py")], "domain objects"),
        ([("x", "/site-packages/django/db/models/query.py")], "Django ORM: loading"),
        ([("_run", asyncio.events.__file__)], "standard library: asyncio"),
        ([], OTHER),
    ],
)  # fmt: skip
def test_the_innermost_frame_of_a_layer_decides(stack: list[tuple[str, str]], layer: str) -> None:
    assert layer_of(part(1, *stack)) == layer


def test_what_a_driver_has_by_malloc_is_its_buffers() -> None:
    frame = Frame("execute", "/site-packages/psycopg/cursor.py", 1)
    assert layer_of(Part(1, "MALLOC", (frame,), ("PQgetResult",))) == "driver result buffers"


def test_layers_add_up_exactly() -> None:
    parts = [part(3, ("f", "/home/me/a.py")), part(5, ("f", f"{SQLALCHEMY}/orm/x.py")), part(7)]
    assert sum(by_layer(parts).values()) == 15
