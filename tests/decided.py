"""Decisions on runs of known values, as documents, for tests of what is made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from callmeter import discovery
from harness.analysis.candidate import Payrolls
from harness.analysis.choice import Limits, Source, decide
from harness.analysis.container import Service
from harness.model.cell import REFERENCE, Cell
from harness.model.run import Measurement, Run
from harness.report import decision, formats
from strategies.support.traits import TRAITS
from support import a_cell, a_run, a_workload, failed

if TYPE_CHECKING:
    from collections.abc import Iterator

BYTES_AND_SECONDS = {
    REFERENCE: (17_000, 25e-5),
    "yield_per": (6_700, 24e-5),
    "interned": (2_000, 6e-5),
    "arrow_columns": (240, 1e-5),
}
GIVES_UP = {
    REFERENCE: set(),
    "yield_per": {"orm-identity"},
    "interned": {"contract-class", "orm-identity", "orm-mapping"},
    "arrow_columns": {"list", "mutable", "contract-class", "orm-identity", "orm-mapping"},
}
FORMS = ["text", "markdown", "csv", "json", "adr"]
COMMAND = "python -m harness choose --format=adr --entries 10,000 --run known.jsonl --need list"


def measured(strategy: str, entries: int) -> list[Measurement]:
    each, seconds = BYTES_AND_SECONDS[strategy]
    values = {
        "allocator": {"peak": each * entries + 1e5, "retained": each * entries / 2},
        "clock": {"wall": seconds * entries},
    }
    return [
        Measurement(a_cell(strategy, meter, entries=entries), found)
        for meter, found in values.items()
    ]


def with_offers(run: Run) -> Run:
    offers = {name: sorted(TRAITS.keys() - lost) for name, lost in GIVES_UP.items()}
    return Run(msgspec.structs.replace(run.header, offers=offers), run.measurements)


RUN = with_offers(
    a_run(
        *(
            measurement
            for entries in (1_000, 10_000)
            for strategy in BYTES_AND_SECONDS
            for measurement in measured(strategy, entries)
        ),
        failed("my/way.py", "broken | quite"),
    )
)


def shown(
    memory: float,
    time: float | None = None,
    *needs: str,
    form: str = "text",
    run: Run = RUN,
    entries: int = 10_000,
    service: Service | None = None,
    width: int = 80,
) -> str:
    """What `choose` writes of these limits."""
    limits = Limits(entries, memory, time, needs, service)
    made = decide(run, limits, Payrolls(), None, Source("known.jsonl", COMMAND))
    text: str = discovery.load(formats, form).write(decision.document(made), width)
    return text


def resident(strategy: str, entries: int, at_once: int) -> Iterator[Measurement]:
    each, seconds = BYTES_AND_SECONDS[strategy]
    workload = msgspec.structs.replace(a_workload(entries), at_once=at_once)
    base = 77e6 if strategy == "arrow_columns" else 60e6
    values = {"rss_peak": each * entries * at_once + 2e6, "base": base, "base_files": 26e6}
    yield Measurement(Cell(strategy, "rss", workload), values)
    time = {"wall": seconds * entries * at_once}
    slowest = {"slowest": time["wall"]} if at_once > 1 else {}
    yield Measurement(Cell(strategy, "clock", workload), time | slowest)


SERVED = with_offers(
    a_run(
        *(
            measurement
            for entries in (1_000, 10_000)
            for at_once in (1, 4)
            for strategy in BYTES_AND_SECONDS
            for measurement in resident(strategy, entries, at_once)
        ),
        Measurement(Cell("interned", "calls", a_workload(10_000), calls=50), {"calls_peak": 33e6}),
    )
)


INTERNED = Run(
    SERVED.header, [one for one in SERVED.measurements if one.cell.name in (REFERENCE, "interned")]
)


def served(container: float, at_once: int = 4, base: float | None = None, **options: Any) -> str:
    """What it writes of a container, of the run SERVED unless another is named."""
    return shown(container, service=Service(at_once, base), **{"run": SERVED} | options)
