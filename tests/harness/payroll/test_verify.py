"""The check finds every way in which data can differ."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import fields, make_dataclass
from datetime import timedelta, timezone
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from weakref import finalize

import pytest

from harness.payroll.generator import Payroll, entries
from harness.payroll.verify import HELD_OF_A_STREAM, first_difference, stream_breach
from strategies.contract import Kind, PremiumComponent, PremiumEntry, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

WANTED = list(entries(Payroll(3, 2)))


def changed(change: Any) -> str | None:
    given = deepcopy(WANTED)
    change(given)
    return first_difference(WANTED, given)


def test_equal_data_has_no_difference() -> None:
    assert first_difference(WANTED, deepcopy(WANTED)) is None


def test_another_class_with_the_same_fields_will_do() -> None:
    twin = make_dataclass("Twin", [f.name for f in fields(PremiumEntry)], slots=True)
    assert first_difference(WANTED, [twin(**vars(entry)) for entry in WANTED]) is None


@pytest.mark.parametrize("name", [f.name for f in fields(PremiumEntry) if f.name != "components"])
def test_every_field_of_an_entry_counts(name: str) -> None:
    found = changed(lambda given: setattr(given[1], name, None))
    assert found is not None
    assert found.startswith(f"entry 1.{name}: expected ")
    assert found.endswith("got None")


@pytest.mark.parametrize("name", [f.name for f in fields(PremiumComponent)])
def test_every_field_of_a_component_counts(name: str) -> None:
    found = changed(lambda given: setattr(given[2].components[1], name, None))
    assert found is not None
    assert found.startswith(f"entry 2.components[1].{name}: expected ")


def test_order_and_number_count() -> None:
    assert "entry 0.id" in str(changed(lambda given: given.reverse()))
    assert changed(lambda given: given.pop()) == "entry 2: too few entries"
    more = changed(lambda given: given.append(given[0]))
    assert more == "entry 3: more entries than the payroll"
    assert "components[0].id" in str(changed(lambda given: given[0].components.reverse()))
    assert "expected 2, got 1" in str(changed(lambda given: given[0].components.pop()))


def test_types_exponents_and_zones_count() -> None:
    def set_component(name: str, value: object) -> str:
        return str(changed(lambda given: setattr(given[0].components[0], name, value)))

    component = WANTED[0].components[0]
    assert "amount" in set_component("amount", component.amount.quantize(Decimal("0.001")))
    assert "amount" in set_component("amount", float(component.amount))
    assert "kind" in set_component("kind", component.kind.value)
    assert "id" in set_component("id", str(component.id))
    elsewhere = WANTED[0].computed_at.astimezone(timezone(timedelta(hours=2)))
    assert elsewhere == WANTED[0].computed_at
    assert "computed_at" in str(changed(lambda given: setattr(given[0], "computed_at", elsewhere)))


def test_a_missing_field_is_named() -> None:
    assert first_difference(WANTED, [SimpleNamespace()]) == "entry 0 has no id"
    values = {f.name: getattr(WANTED[0], f.name) for f in fields(PremiumEntry)}
    del values["components"]
    found = first_difference(WANTED, [SimpleNamespace(**values)])
    assert found == "entry 0.components: expected 2, got none"


def test_enum_members_are_compared_by_identity_of_class() -> None:
    assert "status" in str(changed(lambda g: setattr(g[0], "status", Kind.LEVY)))
    assert "status" in str(changed(lambda g: setattr(g[0], "status", Status.DRAFT)))


def test_a_stream_is_checked_without_being_held() -> None:
    payroll = Payroll(10 * HELD_OF_A_STREAM, 0)
    let_go: list[int] = []
    most = 0

    def stream() -> Iterator[PremiumEntry]:
        nonlocal most
        for index, entry in enumerate(entries(payroll)):
            finalize(entry, let_go.append, index)
            most = max(most, index - len(let_go))
            yield entry

    assert stream_breach(payroll, stream()) is None
    assert most < 3 * HELD_OF_A_STREAM


def test_a_stream_that_gives_one_object_again_and_again_is_found_out() -> None:
    payroll = Payroll(3, 2)

    def stream() -> Iterator[SimpleNamespace]:
        same = SimpleNamespace()
        for entry in entries(payroll):
            same.__dict__.update(vars(entry))
            yield same

    found = stream_breach(payroll, stream())
    assert found is not None
    assert found.startswith("entry 0.id: expected ")


@pytest.mark.parametrize(
    ("count", "said"), [(2, "too few entries"), (4, "more entries than the payroll")]
)
def test_a_stream_has_as_many_entries_as_the_payroll(count: int, said: str) -> None:
    given = [*WANTED, *WANTED][:count]
    assert stream_breach(Payroll(3, 2), iter(given)) == f"entry {min(count, 3)}: {said}"
