"""The generated payroll: deterministic, in order, and as repetitive as its profile says."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from harness.payroll.generator import Payroll, Profile, entries, shuffled_indices

if TYPE_CHECKING:
    pass

MANY = 2_000


def distinct(profile: Profile) -> tuple[dict[str, int], dict[str, int]]:
    """How many different values each field of an entry has, and each of a component."""
    made = list(entries(Payroll(MANY, profile=profile)))
    components = [component for entry in made for component in entry.components]
    return tuple(
        {
            field.name: len({getattr(each, field.name) for each in those})
            for field in fields(those[0])
            if field.name != "components"
        }
        for those in (made, components)
    )


def test_realistic_repeats_as_the_design_says() -> None:
    of_entries, of_components = distinct(Profile.REALISTIC)
    assert of_entries == dict.fromkeys(of_entries, 1) | {
        "id": MANY,
        "employee_id": MANY,
        "contract_id": 5,
    }
    assert of_components == {
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
    }


def test_distinct_differs_wherever_a_value_can() -> None:
    of_entries, of_components = distinct(Profile.DISTINCT)
    assert {name for name, number in of_entries.items() if number < MANY} == {
        "payroll_id",
        "status",
    }
    assert {name for name, number in of_components.items() if number < MANY * 6} == {
        "kind",
        "payer",
    }


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
