"""What a run ran on, in a line."""

from __future__ import annotations

import msgspec

from harness.report.stack import collectors_process, is_server_elsewhere, machine, ran_on
from harness.report.traits import costs_in_short
from strategies.support.traits import TRAITS
from support import MACHINE, a_run, memory, times


def test_the_line_names_the_server_the_packages_and_the_commit() -> None:
    text = ran_on(a_run(*memory("lean", 1.0), **MACHINE))
    for word in ("PostgreSQL 18.4", "SQLAlchemy 2.1.9", "psycopg 3.3.9", "CPython", "commit abc"):
        assert word in text
    assert machine(a_run(**MACHINE)) == "Linux x86_64, one, 2 cores, 24 GiB"
    assert is_server_elsewhere(a_run(server="PostgreSQL 16 (by --dsn)"))


def test_the_line_names_the_live_objects_and_no_driver_that_is_none() -> None:
    text = ran_on(a_run(*memory("lean", 1.0), **{"live objects": "500000", "driver": "date"}))
    assert "500000 live objects" in text
    assert "date" not in text


def test_a_run_on_a_cluster_names_where_its_times_are_from() -> None:
    measured = [*memory("lean", 1.0, 1.0), *times("lean", 0.1)]
    assert "measured on" not in ran_on(a_run(*measured))
    placed = [
        msgspec.structs.replace(each, where=f"worker {number}")
        for each, number in zip(measured, (1, 2, 1), strict=True)
    ]
    assert ran_on(a_run(*placed[:1])).endswith("; measured on 1 worker")
    assert ran_on(a_run(*placed)).endswith("; measured on 2 workers, times on worker 1 only")


def test_costs_are_short_and_count_the_rest() -> None:
    header = msgspec.structs.replace(
        a_run().header,
        offers={
            "full_orm": list(TRAITS),
            "one": [trait for trait in TRAITS if trait != "any-driver"],
            "none": [],
        },
    )
    assert costs_in_short(header, "full_orm") == "as today"
    assert costs_in_short(header, "one") == "one driver"
    assert costs_in_short(header, "none").startswith("no ORM +")
    assert costs_in_short(header, "unheard_of") == "unknown"


def test_the_collectors_share_names_the_process_that_it_was_seen_in() -> None:
    assert "that holds nothing beside the call" in collectors_process(a_run())
    busy = collectors_process(a_run(**{"live objects": "500000", "python": "CPython 3.13.0"}))
    assert "a process of CPython 3.13.0 that holds 500000 objects beside the call" in busy
