"""The generated payroll: deterministic, in order, and as repetitive as its profile says."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from harness.payroll.generator import Payroll, Profile, entries, pools_of, shuffled_indices

MANY = 2_000


def distinct(payroll: Payroll) -> tuple[dict[str, int], dict[str, int]]:
    """How many different values each field of an entry has, and each of a component."""
    made = list(entries(payroll))
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
    of_entries, of_components = distinct(Payroll(MANY))
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
    of_entries, of_components = distinct(Payroll(MANY, profile=Profile.DISTINCT))
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
        repetition=st.integers(1, 3),
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
    payrolls = [
        Payroll(10),
        Payroll(11),
        Payroll(10, 5),
        Payroll(10, seed=1),
        Payroll(10, repetition=2),
    ]
    assert len({payroll.id for payroll in payrolls}) == len(payrolls)


def test_repetition_makes_the_pools_larger_and_nothing_else() -> None:
    of_entries, of_components = distinct(Payroll(MANY, repetition=4))
    once_entries, once_components = distinct(Payroll(MANY))
    assert of_entries == once_entries | {"contract_id": 20}
    assert of_components == once_components | {
        "policy_id": 80,
        "tariff_id": 240,
        "amount": 1_200,
        "tax_rate": 12,
        "tax_amount": 1_200,
        "valid_from": 16,
    }


def test_large_pools_are_drawn_from_evenly() -> None:
    """Two bytes a draw have 65,536 values: of 15,000, some came up a quarter more often."""
    payroll = Payroll(10_000, repetition=50)
    counts = Counter(
        component.amount for entry in entries(payroll) for component in entry.components
    )
    expected = payroll.entries * payroll.components / 15_000
    chi_square = sum((count - expected) ** 2 for count in counts.values()) / expected
    chi_square += (15_000 - len(counts)) * expected
    freedom = 15_000 - 1
    assert abs(chi_square - freedom) < 5 * (2 * freedom) ** 0.5


def test_a_value_of_a_pool_is_one_object() -> None:
    payroll = Payroll(300, repetition=5)
    pools = pools_of(payroll)
    made = list(entries(payroll, pools=pools))
    amounts = [component.amount for entry in made for component in entry.components]
    assert len({id(amount) for amount in amounts}) == len(set(amounts))
    assert {id(amount) for amount in amounts} <= {id(value) for value in pools["amount"]}
