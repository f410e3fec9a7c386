"""A workload is a whole payroll, or none."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from harness.model.cell import Workload, how_values_repeat, workload_of
from harness.payroll.generator import Payroll, Profile


@pytest.mark.parametrize("repetition", [1, 20])
def test_a_workload_is_the_payroll_it_was_made_of(repetition: int) -> None:
    payroll = Payroll(10, 2, repetition=repetition)
    workload = workload_of(payroll)
    assert workload.payroll == payroll
    assert msgspec.convert(msgspec.to_builtins(workload), Workload) == workload
    assert ("repetition" in msgspec.to_builtins(workload)) is (repetition != 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": 1},
        {"profile": Profile.REALISTIC},
        {"item": "entry"},
        {"size": 1, "profile": Profile.REALISTIC, "item": "row"},
        {"size": 1, "profile": Profile.DISTINCT, "item": "entry", "repetition": 2},
        {"repetition": 2},
    ],
)
def test_half_a_payroll_is_none(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"payroll|pools"):
        Workload(**wrong)


def test_how_values_repeat_is_said_where_it_is_not_as_usual() -> None:
    assert how_values_repeat("realistic", 1) == "profile realistic"
    assert how_values_repeat("realistic", 1_000) == "profile realistic, pools 1,000x"
