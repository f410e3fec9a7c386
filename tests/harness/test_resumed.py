"""What is measured, given and left out when the server is away for a while."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest

from callmeter.worker import CHECK
from harness.base.errors import DatabaseError
from harness.model.run import Measurement
from harness.runner import retry as resumed
from support import a_cell

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from harness.runner.plan import Cell

CELLS = [a_cell("one", CHECK), a_cell("two", CHECK), a_cell("one"), a_cell("two")]


class AServer:
    """That goes away amid the nth cells that are begun, and comes back; with what was begun."""

    def __init__(self, *goes_amid: int, broken: str = "") -> None:
        self.begun: list[Cell] = []
        self.away = False
        self._goes_amid, self._broken = goes_amid, broken
        self._count = count(1)

    def measured(self, cells: Sequence[Cell]) -> Generator[Measurement]:
        for cell in cells:
            self.begun.append(cell)
            self.away = self.away or next(self._count) in self._goes_amid
            is_broken = (cell.strategy, cell.meter) == (self._broken, CHECK)
            error = "gone" if self.away else "breaks the contract" if is_broken else None
            yield Measurement(cell, {}, error)

    def come_back(self) -> None:
        self.away = False

    def run(self) -> list[Measurement]:
        return list(resumed.run(CELLS, self.measured, lambda _: self.away, self.come_back))


def test_what_failed_meanwhile_is_measured_again_and_nothing_twice() -> None:
    server = AServer(2)
    assert server.run() == [Measurement(cell, {}) for cell in CELLS]
    assert server.begun == [CELLS[0], CELLS[1], *CELLS[1:]]


def test_what_the_server_does_not_survive_is_a_row() -> None:
    server = AServer(3, 4)
    given = {each.cell: each.error for each in server.run()}
    assert given == {**dict.fromkeys(CELLS), CELLS[2]: "gone"}
    assert server.begun == [*CELLS[:2], CELLS[2], CELLS[2], CELLS[3]]


def test_what_was_measured_while_it_went_is_kept() -> None:
    away = [False, True, False, False]
    server = AServer()
    given = resumed.run(CELLS, server.measured, lambda _: away.pop(0), server.come_back)
    assert list(given) == [Measurement(cell, {}) for cell in CELLS]
    assert server.begun == CELLS


def test_a_strategy_that_broke_the_contract_before_is_not_measured_after() -> None:
    server = AServer(2, broken="one")
    assert [each.cell for each in server.run()] == [CELLS[0], CELLS[1], CELLS[3]]
    assert CELLS[2] not in server.begun


def test_one_that_stays_away_ends_the_run_with_what_there_is() -> None:
    def stay_away() -> None:
        raise DatabaseError("it is gone")

    server = AServer(3)
    given = resumed.run(CELLS, server.measured, lambda _: server.away, stay_away)
    assert [next(given).cell, next(given).cell] == CELLS[:2]
    with pytest.raises(DatabaseError, match="it is gone"):
        next(given)


def test_nobody_waits_for_a_server_that_is_not_needed_any_more() -> None:
    given = resumed.run(CELLS[:1], AServer(1, 2).measured, lambda _: True, lambda: None)
    assert [each.error for each in given] == ["gone"]
