"""The check finds every way in which data can differ."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import fields, make_dataclass
from datetime import timedelta, timezone
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from weakref import finalize

from harness.payroll.generator import Payroll, entries
from harness.payroll.verify import HELD_OF_A_STREAM, first_difference, stream_breach
from strategies.support.contract import PremiumComponent, PremiumEntry

if TYPE_CHECKING:
    from collections.abc import Iterator

WANTED = list(entries(Payroll(3, 2)))


def changed(change: Any) -> str | None:
    given = deepcopy(WANTED)
    change(given)
    return first_difference(WANTED, given)


def test_another_class_with_the_same_fields_will_do() -> None:
    twin = make_dataclass("Twin", [f.name for f in fields(PremiumEntry)], slots=True)
    assert first_difference(WANTED, [twin(**vars(entry)) for entry in WANTED]) is None


def test_every_field_counts() -> None:
    for field in fields(PremiumEntry):
        if field.name != "components":
            found = changed(lambda given, name=field.name: setattr(given[1], name, None))
            assert str(found).startswith(f"entry 1.{field.name}: expected ")
            assert str(found).endswith("got None")
    for field in fields(PremiumComponent):
        found = changed(lambda given, name=field.name: setattr(given[2].components[1], name, None))
        assert str(found).startswith(f"entry 2.components[1].{field.name}: expected ")


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
    assert stream_breach(payroll, iter(())) == "entry 0: too few entries"
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
