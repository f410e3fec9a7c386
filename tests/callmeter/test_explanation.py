"""Where the bytes go: parts that add up, the same in every process, and true."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from callmeter.census import census
from callmeter.driver_values import FILE
from callmeter.layers import LAYERS, OTHER, by_layer, layer_of
from callmeter.recording import Frame, Part
from psycopg.adapt import Transformer
from psycopg.pq import Format

from harness import plan
from harness.measure import reading, run
from harness.payroll import Payroll, entries
from harness.postgres.dataset import provide

if TYPE_CHECKING:
    from callmeter.explanation import Explanation
    from sqlalchemy import URL

    from harness.postgres.database import Database

PAYROLL = Payroll(300)
SQLALCHEMY = "/venv/lib/python3/site-packages/sqlalchemy"
WAYS = ("full_orm", "joined_orm", "core_rows", "slotted", "yield_per", plan.FLOOR)


@pytest.fixture(scope="module")
def url(database: Database) -> URL:
    return provide(database, PAYROLL)


def explained(url: URL, *ways: str) -> list[Explanation]:
    found = run(plan.explanations(ways, PAYROLL), reading(lambda _: url), timeout=120)
    by_way = {m.cell.strategy: m.explanation for m in found if m.explanation}
    return [by_way[way] for way in ways]


@pytest.fixture(scope="module")
def explanations(url: URL) -> dict[str, Explanation]:
    return dict(zip(WAYS, explained(url, *WAYS), strict=True))


@pytest.mark.parametrize("way", WAYS)
def test_little_is_unexplained(explanations: dict[str, Explanation], way: str) -> None:
    for sizes in (explanations[way].peak_bytes, explanations[way].retained_bytes):
        assert sizes.get(OTHER, 0) < 0.03 * sum(sizes.values())
        assert sizes.keys() <= set(LAYERS)


@pytest.mark.parametrize("way", ["full_orm", "core_rows"])
def test_parts_add_up_to_what_the_meter_reads(
    explanations: dict[str, Explanation], url: URL, way: str
) -> None:
    size = (PAYROLL.entries, PAYROLL.components, PAYROLL.profile)
    (metered,) = run([plan.Cell(way, "allocator", *size)], reading(lambda _: url), timeout=120)
    peak, retained = explanations[way].peak_bytes, explanations[way].retained_bytes
    figures = metered.figures
    assert sum(peak.values()) == pytest.approx(figures["allocator_peak_bytes"], rel=0.01)
    assert sum(retained.values()) == pytest.approx(figures["allocator_delta_bytes"], rel=0.01)


def test_shares_are_the_same_in_every_process(
    explanations: dict[str, Explanation], url: URL
) -> None:
    (again,) = explained(url, "full_orm")
    before = explanations["full_orm"]
    for one, other in (
        (before.peak_bytes, again.peak_bytes),
        (before.retained_bytes, again.retained_bytes),
    ):
        for layer in LAYERS:
            share = one.get(layer, 0) / sum(one.values())
            assert other.get(layer, 0) / sum(other.values()) == pytest.approx(share, abs=0.02)


def test_what_is_retained_is_mostly_the_drivers(explanations: dict[str, Explanation]) -> None:
    """What the published explanation had wrong: the extra bytes are not the ORM's."""
    for way in ("full_orm", "core_rows"):
        sizes = explanations[way].retained_bytes
        total = sum(sizes.values())
        values = sum(size for layer, size in sizes.items() if layer.startswith("driver values"))
        orm = sum(size for layer, size in sizes.items() if "ORM" in layer)
        assert values > 0.75 * total
        assert orm < 0.02 * total


def test_the_census_sees_duplicates_and_their_saving() -> None:
    """Checked against objects that really share: the floor is what sharing leaves."""
    shared = list(entries(PAYROLL))
    fresh = [next(entries(PAYROLL, [index])) for index in range(PAYROLL.entries)]
    with_pools = {kind.type: kind for kind in census(shared)}
    without = {kind.type: kind for kind in census(fresh)}
    assert with_pools["UUID"].distinct == without["UUID"].distinct
    saved = sum(kind.bytes for kind in without.values()) - sum(
        kind.bytes for kind in with_pools.values()
    )
    computed = sum(kind.saving or 0 for kind in without.values()) - sum(
        kind.saving or 0 for kind in with_pools.values()
    )
    assert computed == pytest.approx(saved, rel=0.01)


def test_the_census_counts_what_is_there() -> None:
    kinds = {kind.type: kind for kind in census(list(entries(PAYROLL)))}
    assert kinds["PremiumEntry"].objects == PAYROLL.entries
    assert kinds["PremiumComponent"].objects == PAYROLL.entries * PAYROLL.components
    assert kinds["PremiumEntry"].distinct is None
    assert "Status" not in kinds, "enum members exist once and for all"


def test_the_census_leaves_out_what_was_there_before() -> None:
    older = [["kept"], {"by": "others"}]
    kinds = {kind.type: kind.objects for kind in census([older[0], older[1], ["new"]], older)}
    assert kinds == {"list": 2, "str": 1}


def test_the_census_takes_types_that_only_c_can_make() -> None:
    load = Transformer().get_loader(2950, Format.BINARY).load
    assert {kind.type for kind in census([load])} >= {"list", type(load).__qualname__}


def part(size: int, *stack: tuple[str, str], native: tuple[str, ...] = ()) -> Part:
    frames = tuple(Frame(function, file, 1) for function, file in stack)
    return Part(size, "PYMALLOC_MALLOC", frames, native)


class Tells:
    """An object whose class tells another size, and that is lazy: who asks its class wakes it."""

    def __sizeof__(self) -> int:
        raise AttributeError("half made")

    @property
    def __class__(self) -> type:
        raise AssertionError("woken")

    @__class__.setter
    def __class__(self, value: type) -> None: ...


def test_the_census_believes_no_class_about_its_size_and_wakes_nothing() -> None:
    kinds = {kind.type: kind for kind in census([Tells() for _ in range(10)])}
    assert kinds["Tells"].objects == 10
    assert 16 <= kinds["Tells"].bytes / 10 < 200


@pytest.mark.parametrize(
    ("stack", "layer"),
    [
        ([("UUID", FILE), ("fetchall", "/x/psycopg/cursor.py")], "driver values: UUID"),
        ([("fetchall", "/site-packages/psycopg/cursor.py")], "driver rows"),
        ([("execute", "/site-packages/psycopg/cursor.py")], "driver result buffers"),
        ([("all", f"{SQLALCHEMY}/engine/result.py")], "SQLAlchemy engine and result"),
        ([("x", f"{SQLALCHEMY}/orm/state.py")], "SQLAlchemy ORM: instances and their state"),
        ([("add", f"{SQLALCHEMY}/orm/identity.py")], "SQLAlchemy ORM: identity map"),
        ([("x", f"{SQLALCHEMY}/util/x.py"), ("y", f"{SQLALCHEMY}/orm/loading.py")],
         "SQLAlchemy ORM: loading and session"),
        ([("get", "/home/me/strategies/mine.py")], "domain objects"),
        ([("x", "/site-packages/django/db/models/query.py")], "other libraries"),
        ([("_run", asyncio.events.__file__)], "other libraries"),
        ([], OTHER),
    ],
)  # fmt: skip
def test_the_innermost_frame_of_a_layer_decides(stack: list[tuple[str, str]], layer: str) -> None:
    assert layer_of(part(1, *stack, native=("PyType_GenericAlloc",))) == layer


def test_layers_add_up_exactly() -> None:
    parts = [part(3, ("f", "/home/me/a.py")), part(5, ("f", f"{SQLALCHEMY}/orm/x.py")), part(7)]
    assert sum(by_layer(parts).values()) == 15
