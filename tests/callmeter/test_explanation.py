"""The layers: parts that add up, the same in every process, and true."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from callmeter.driver_values import FILE
from callmeter.explanation import Explanation
from callmeter.layers import LAYERS, OTHER, RECORDING, by_layer, layer_of
from callmeter.recording import Frame, Part
from callmeter.worker import EXPLAIN, Answer, Job
from callmeter.worker_pool import ask_once
from harness.payroll.generator import Payroll, entries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import URL

    from strategies.support.contract import PremiumEntry

PAYROLL = Payroll(300)
STRATEGIES = ("full_orm", "core_rows", "packed_objects")
SQLALCHEMY = "/venv/lib/python3/site-packages/sqlalchemy"


@pytest.fixture(scope="module")
def url(written: Callable[[Iterable[PremiumEntry]], URL]) -> URL:
    return written(entries(PAYROLL))


def done(url: URL, strategy: str, task: str) -> Answer:
    """Return what a fresh process answers of a strategy's read."""
    dsn = url.render_as_string(hide_password=False)
    setup = f"import uuid, sqlalchemy; engine = sqlalchemy.create_engine({dsn!r})"
    call = f"get_premiums_for_payroll(engine, uuid.UUID({str(PAYROLL.id)!r}))"
    arguments = {"where": f"strategies.{strategy}", "call": call, "setup": setup}
    answer = ask_once(Job("callmeter.loader:make_call", arguments, task), 60)
    assert answer.error is None
    return answer


def explained(url: URL, strategy: str) -> Explanation:
    return Explanation.from_json(done(url, strategy, EXPLAIN).explanation or {})


@pytest.fixture(scope="module")
def explanations(url: URL) -> dict[str, Explanation]:
    return {strategy: explained(url, strategy) for strategy in STRATEGIES}


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_parts_add_up_to_what_the_meter_reads_and_little_is_unexplained(
    explanations: dict[str, Explanation], url: URL, strategy: str
) -> None:
    values = done(url, strategy, "allocator").values
    for moment in ("peak", "retained"):
        sizes = getattr(explanations[strategy], moment)
        assert sum(sizes.values()) == pytest.approx(values[moment], rel=0.01)
        assert sizes.get(OTHER, 0) < 0.03 * sum(sizes.values())
        assert sizes.keys() <= set(LAYERS)


def test_shares_are_the_same_in_every_process(
    explanations: dict[str, Explanation], url: URL
) -> None:
    again, before = explained(url, "full_orm"), explanations["full_orm"]
    for first, second in ((before.peak, again.peak), (before.retained, again.retained)):
        for layer in LAYERS:
            share = first.get(layer, 0) / sum(first.values())
            assert second.get(layer, 0) / sum(second.values()) == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize("strategy", ["full_orm", "core_rows"])
def test_what_is_retained_is_mostly_the_drivers_values_and_not_the_orms(
    explanations: dict[str, Explanation], strategy: str
) -> None:
    sizes = explanations[strategy].retained
    values = sum(size for layer, size in sizes.items() if layer.startswith("driver values"))
    orm = sum(size for layer, size in sizes.items() if "ORM" in layer)
    assert values > 0.75 * sum(sizes.values())
    assert orm < 0.02 * sum(sizes.values())


def part(size: int, *stack: tuple[str, str]) -> Part:
    frames = tuple(Frame(function, file, 1) for function, file in stack)
    return Part(size, "PYMALLOC_MALLOC", frames, ())


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


@pytest.mark.parametrize(
    ("called_by", "layer"),
    [
        (("_PyFrame_GetFrameObject", "call_trace", "call_trace_protected"), RECORDING),
        (("PyEval_GetFrame", "call_profile_func"), RECORDING),
        (("PyEval_GetFrame", "sys__getframe"), "domain objects"),
    ],
)
def test_a_frame_that_exists_because_calls_are_traced_is_the_recordings(
    called_by: tuple[str, ...], layer: str
) -> None:
    """As that of each generator which waits; one that the code asks for is its own."""
    made_by = ("gc_alloc", "_PyFrame_New_NoTrack", "_PyFrame_MakeAndSetFrameObject", *called_by)
    frame = part(144, ("read", "/home/me/a.py"))._replace(native=made_by)
    assert layer_of(frame) == layer


def test_what_a_driver_has_by_malloc_is_its_buffers_and_layers_add_up() -> None:
    frame = Frame("execute", "/site-packages/psycopg/cursor.py", 1)
    buffer = Part(15, "MALLOC", (frame,), ("PQgetResult",))
    found = by_layer([part(3, ("f", "/home/me/a.py")), buffer, part(7)])
    assert found == {"driver result buffers": 15, "domain objects": 3, OTHER: 7}
