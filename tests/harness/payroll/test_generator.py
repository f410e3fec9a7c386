"""The generated payroll: deterministic, in order, and as repetitive as its profile says."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.payroll.generator import Payroll, Profile, entries, shuffled_indices

if TYPE_CHECKING:
    from collections.abc import Callable

    from strategies.contract import PremiumComponent, PremiumEntry

MANY = 2_000


def distinct(payroll: Payroll, value: Callable[[PremiumEntry], object]) -> int:
    return len({value(entry) for entry in entries(payroll)})


def distinct_in_components(payroll: Payroll, value: Callable[[PremiumComponent], object]) -> int:
    components = chain.from_iterable(entry.components for entry in entries(payroll))
    return len({value(component) for component in components})


def test_realistic_repeats_as_the_design_says() -> None:
    payroll = Payroll(MANY)
    for name, expected in {
        "id": MANY,
        "employee_id": MANY,
        "payroll_id": 1,
        "company_id": 1,
        "contract_id": 5,
        "period_start": 1,
        "period_end": 1,
        "status": 1,
        "currency": 1,
        "computed_at": 1,
    }.items():
        assert distinct(payroll, lambda e, name=name: getattr(e, name)) == expected, name
    for name, expected in {
        "id": MANY * 6,
        "insured_person_id": MANY * 2,
        "policy_id": 20,
        "tariff_id": 60,
        "kind": 6,
        "payer": 2,
        "amount": 300,
        "tax_rate": 3,
        "tax_amount": 300,
        "valid_from": 4,
        "valid_to": 1,
    }.items():
        found = distinct_in_components(payroll, lambda c, name=name: getattr(c, name))
        assert found == expected, name


def test_a_pools_value_is_one_object() -> None:
    payroll = Payroll(MANY)
    objects = {id(c.amount) for entry in list(entries(payroll)) for c in entry.components}
    assert len(objects) == 300


def test_insured_persons_take_turns() -> None:
    (entry,) = entries(Payroll(1))
    persons = [component.insured_person_id for component in entry.components]
    assert persons[::2] == [persons[0]] * 3
    assert persons[1::2] == [persons[1]] * 3


def test_distinct_differs_wherever_a_value_can() -> None:
    payroll = Payroll(MANY, profile=Profile.DISTINCT)
    per_entry = ("id", "company_id", "employee_id", "contract_id", "period_start", "computed_at")
    for name in (*per_entry, "currency", "period_end"):
        assert distinct(payroll, lambda e, name=name: getattr(e, name)) == MANY, name
    per_component = ("id", "insured_person_id", "policy_id", "tariff_id", "amount", "tax_rate")
    for name in (*per_component, "tax_amount", "valid_from", "valid_to"):
        found = distinct_in_components(payroll, lambda c, name=name: getattr(c, name))
        assert found == MANY * 6, name


@given(
    payroll=st.builds(
        Payroll,
        entries=st.integers(0, 60),
        components=st.integers(0, 7),
        profile=st.sampled_from(Profile),
        seed=st.integers(0, 5),
    )
)
def test_is_deterministic_in_order_and_of_its_size(payroll: Payroll) -> None:
    made = list(entries(payroll))
    assert made == list(entries(payroll))
    assert [entry.id for entry in made] == sorted({entry.id for entry in made})
    assert all(len(entry.components) == payroll.components for entry in made)
    assert all(entry.payroll_id == payroll.id for entry in made)
    assert Counter(shuffled_indices(payroll)) == Counter(range(payroll.entries))
    shuffled = sorted(entries(payroll, shuffled_indices(payroll)), key=lambda entry: entry.id)
    assert shuffled == made


def test_other_payrolls_have_other_ids() -> None:
    payrolls = [Payroll(10), Payroll(11), Payroll(10, 5), Payroll(10, seed=1)]
    assert len({payroll.id for payroll in payrolls}) == len(payrolls)


def test_values_fit_their_columns() -> None:
    for profile in Profile:
        for entry in entries(Payroll(300, profile=profile)):
            assert entry.currency.isascii()
            assert len(entry.currency) == 3
            assert entry.id.version == 7
            for component in entry.components:
                assert component.amount.as_tuple().exponent == -2
                assert component.tax_amount.as_tuple().exponent == -2
                assert component.tax_rate.as_tuple().exponent == -4
    assert any(c.amount < 0 for entry in entries(Payroll(100)) for c in entry.components)


@pytest.mark.parametrize("count", [1, 2, 3, 10, 1000])
def test_shuffled_is_not_in_order(count: int) -> None:
    indices = list(shuffled_indices(Payroll(count)))
    assert count < 3 or indices != sorted(indices)
