"""The published experiments: the command that makes each run of results/."""

from __future__ import annotations

import shlex
from typing import NamedTuple

LEAN = "interned packed_objects packed_structs packed_columns thin_objects"
IN_BATCHES = "shared_values_orm shared_values_batched yield_per merged_orm"
OTHERS = (
    "arrow_columns asyncpg_rows json_rows core_rows mapped_domain async_orm pydantic_orm joined_orm"
)
OVER_REPETITION = "--repetition 1,2,5,20,50 --meter allocator --repeat 1"
OF_100000 = "--entries 100000 --repetition 1,50 --meter allocator --repeat 1 --timeout 1800"
SERVED = "full_orm slotted core_rows interned merged_orm shared_values_batched"
ON_STACKS = (
    "--python 3.11 --python 3.12 --python 3.13 --python 3.14 "
    "--with 'sqlalchemy==2.0.*' --with 'sqlalchemy==2.1.*'"
)
IN_STATES = "--meter clock --repeat 5 --collector paused --collector relaxed --collector frozen"


class Experiment(NamedTuple):
    """A command that makes a run, and whether it takes times: then nothing else may run.

    A sweep makes a folder of them. `python` is the version of another Python that measures, with
    the packages of this one.
    """

    command: str
    is_timed: bool = False
    python: str | None = None

    @property
    def words(self) -> list[str]:
        """The module and its arguments."""
        return shlex.split(self.command)

    @property
    def is_sweep(self) -> bool:
        """Whether it makes a run for each of several stacks."""
        return "sweep" in self.words[:2]


def _collector(live_objects: int, python: str | None = None) -> Experiment:
    reads = f"full_orm packed_objects --entries 2000 {IN_STATES} --live-objects {live_objects}"
    return Experiment(f"harness compare {reads}", is_timed=True, python=python)


EXPERIMENTS = {
    "reference": Experiment(
        "harness compare --sizes 1000,10000 --explain --repeat clock=11", is_timed=True
    ),
    "service": Experiment(
        "harness compare --sizes 1000,10000 --at-once 1,2,4,8 --meter rss --timeout 1800"
    ),
    "calls": Experiment(
        f"harness compare {SERVED} packed_structs packed_columns thin_objects async_orm "
        "--at-once 1,4 --calls 200 --meter rss --repeat 1 --timeout 1800"
    ),
    "distinct": Experiment(
        "harness compare --profile distinct --sizes 1000,10000 --meter allocator --meter rss "
        "--repeat 1"
    ),
    "distinct-100000": Experiment(
        f"harness compare slotted core_rows {LEAN} merged_orm shared_values_batched "
        "--profile distinct --entries 100000 --meter allocator --repeat 1 --timeout 1800"
    ),
    "repetition": Experiment(
        f"harness compare slotted {LEAN} {IN_BATCHES} --sizes 1000,10000 {OVER_REPETITION}"
    ),
    "repetition-others": Experiment(
        f"harness compare {OTHERS} --sizes 1000,10000 {OVER_REPETITION}"
    ),
    "repetition-100000": Experiment(f"harness compare {LEAN} {OF_100000}"),
    "repetition-100000-others": Experiment(
        f"harness compare slotted {IN_BATCHES} {OTHERS} {OF_100000}"
    ),
    "streams": Experiment(
        "harness compare --consume fold --sizes 10000,100000 --meter allocator --meter rss "
        "--repeat 1 --timeout 1800"
    ),
    "million": Experiment(
        "harness compare slotted packed_objects merged_orm yield_per --consume fold "
        "--entries 1000000 --meter rss --repeat 1 --timeout 3600"
    ),
    **{f"collector-{number}": _collector(number) for number in (0, 500_000, 2_000_000)},
    **{
        f"collector-{number}-{python}": _collector(number, python)
        for python in ("3.12", "3.13", "3.14")
        for number in (0, 2_000_000)
    },
    "stacks": Experiment(
        f"harness sweep {ON_STACKS} --entries 1000 --meter allocator --meter clock "
        "--repeat allocator=1 --repeat clock=11",
        is_timed=True,
    ),
    "stacks-10000": Experiment(
        "harness sweep full_orm merged_orm shared_values_batched core_rows --python 3.11 "
        "--python 3.13 --python 3.14 --with 'sqlalchemy==2.1.*' --entries 10000 --meter clock "
        "--repeat 5",
        is_timed=True,
    ),
    "stacks-resident": Experiment(
        f"harness sweep {ON_STACKS} --sizes 1000,10000 --meter rss --repeat 3"
    ),
    "stacks-of-drivers": Experiment(
        "harness sweep --driver psycopg --driver psycopg2 --driver asyncpg --entries 1000 "
        "--meter allocator --repeat 1"
    ),
    "drivers": Experiment("examples.drivers --entries 3000", is_timed=True),
    "writing": Experiment("examples.writing", is_timed=True),
    "slow-link": Experiment("examples.slow_link", is_timed=True),
    "chinook-invoices": Experiment("examples.chinook --only invoices", is_timed=True),
    "chinook-tracks": Experiment("examples.chinook --only tracks", is_timed=True),
    "chinook-playlists": Experiment("examples.chinook --only playlists", is_timed=True),
}
"""What is published, by the name of its file in results/, or of a sweep its folder."""
