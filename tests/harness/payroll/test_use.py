"""What a call consists of: every field is read once, and the sums are the payroll's."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from harness.payroll import use, yardsticks
from harness.payroll.generator import Payroll, entries
from harness.payroll.verify import contract_breach, sums_breach, sums_of
from strategies.support.contract import Kind

PAYROLL = Payroll(3, 2)


class Watched:
    """Counts each look at a field of an object."""

    def __init__(self, one: object, looks: Counter[tuple[int, str]]) -> None:
        self.one, self.looks = one, looks

    def __getattr__(self, name: str) -> Any:
        self.looks[id(self.one), name] += 1
        value = getattr(self.one, name)
        return [Watched(item, self.looks) for item in value] if name == "components" else value


def test_every_field_is_read_once() -> None:
    made = list(entries(PAYROLL))
    looks: Counter[tuple[int, str]] = Counter()
    yardsticks.reader_of_result("slotted")([Watched(entry, looks) for entry in made])
    expected = [(id(entry), name) for entry in made for name in vars(entry)]
    expected += [
        (id(one), name) for entry in made for one in entry.components for name in vars(one)
    ]
    assert looks == Counter(expected)


def test_values_of_rows_are_read_too() -> None:
    seen: list[int] = []

    def row(*values: int) -> Any:
        return (seen.append(value) for value in values)

    yardsticks.reader_of_result("raw_tuples")([[row(1, 2), row(3)], [row(4)]])
    yardsticks.reader_of_item("unstreamed_core")(row(5, 6))
    assert seen == [1, 2, 3, 4, 5, 6]


def test_a_sum_is_the_results_own_where_it_has_one() -> None:
    class Columns(list[Any]):
        def sum_by_kind(self) -> use.Sums:
            return {Kind.LEVY: Decimal(7)}

    assert use.sum_by_kind(Columns(entries(PAYROLL))) == {Kind.LEVY: Decimal(7)}
    assert use.sum_by_kind(list(entries(PAYROLL))) == sums_of(PAYROLL)
    assert sums_of(Payroll(3, 0)) == {}


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({}, "sum by kind: .*: expected .*, got 0"),
        ([], "expected a dict, got a list"),
        ({"levy": Decimal(1)}, "expected Kind: Decimal, got 'levy': Decimal"),
        ({Kind.LEVY: 1.0}, "expected Kind: Decimal, got <Kind.LEVY: 'levy'>: 1.0"),
        ({kind: Decimal(1) for kind in Kind}, "expected .*, got 1"),
    ],
)
def test_another_sum_breaks_the_contract(given: Any, complaint: str) -> None:
    class Wrong(list[Any]):
        def sum_by_kind(self) -> Any:
            return given

    found = contract_breach(PAYROLL, Wrong(entries(PAYROLL)))
    assert found is not None
    with pytest.raises(AssertionError, match=complaint):
        raise AssertionError(found)


def test_a_kind_without_components_may_be_missing_or_nothing() -> None:
    sums = sums_of(PAYROLL)
    assert sums_breach(sums, dict(sums)) is None
    assert sums_breach(sums, dict.fromkeys(Kind, Decimal()) | sums) is None
