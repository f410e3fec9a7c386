"""What is measured again, and what is not, when the server is away for a while."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest

from callmeter.worker import CHECK
from harness.base.errors import DatabaseError
from harness.model.run import Measurement
from harness.runner import retry
from support import a_cell

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from harness.model.cell import Cell

CELLS = [a_cell("one", CHECK), a_cell("two", CHECK), a_cell("one"), a_cell("two")]


class Server:
    """One that goes away during the nth cells that are begun, and comes back."""

    def __init__(self, *goes_during: int, broken: str = "") -> None:
        self.begun: list[Cell] = []
        self.is_away = False
        self._goes_during, self._broken = goes_during, broken
        self._count = count(1)

    def measure(self, cells: Sequence[Cell]) -> Generator[Measurement]:
        for cell in cells:
            self.begun.append(cell)
            self.is_away = self.is_away or next(self._count) in self._goes_during
            is_broken = (cell.name, cell.meter) == (self._broken, CHECK)
            error = "gone" if self.is_away else "breaks the contract" if is_broken else None
            yield Measurement(cell, {}, error)

    def come_back(self) -> None:
        self.is_away = False

    def run(self) -> list[Measurement]:
        return list(retry.run(CELLS, self.measure, lambda _: self.is_away, self.come_back))


def test_what_failed_meanwhile_is_measured_again_and_nothing_twice() -> None:
    server = Server(2)
    assert server.run() == [Measurement(cell, {}) for cell in CELLS]
    assert server.begun == [CELLS[0], CELLS[1], *CELLS[1:]]


def test_what_the_server_does_not_survive_is_a_row() -> None:
    server = Server(3, 4)
    found = {each.cell: each.error for each in server.run()}
    assert found == {**dict.fromkeys(CELLS), CELLS[2]: "gone"}
    assert server.begun == [*CELLS[:2], CELLS[2], CELLS[2], CELLS[3]]


def test_a_strategy_that_broke_the_contract_before_is_not_measured_after() -> None:
    server = Server(2, broken="one")
    assert [each.cell for each in server.run()] == [CELLS[0], CELLS[1], CELLS[3]]
    assert CELLS[2] not in server.begun


def test_one_that_stays_away_ends_the_run_with_what_there_is() -> None:
    def stay_away() -> None:
        raise DatabaseError("it is gone")

    server = Server(3)
    found = retry.run(CELLS, server.measure, lambda _: server.is_away, stay_away)
    assert [next(found).cell, next(found).cell] == CELLS[:2]
    with pytest.raises(DatabaseError, match="it is gone"):
        next(found)
