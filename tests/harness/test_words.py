"""Words: names as headings have room for them."""

from __future__ import annotations

import pytest

from harness.payroll import Profile
from harness.reports._content import name_column
from harness.words import short, title_of, where_and_call


@pytest.mark.parametrize(
    ("name", "where", "call", "said"),
    [
        ("full_orm", "", "full_orm", "full_orm"),
        ("my/own_way.py", "", "my/own_way.py", "my/own_way.py"),
        ("app.repo:read", "app.repo:", "read", "read"),
        ("app.repo:read(engine)", "app.repo:", "read(engine)", "read(engine)"),
        ("app.repo:Repo.read(engine, date(2026, 1, 1))", "app.repo:", None, "read"),
        ("app/repo.py:read({1: 2})", "app/repo.py:", "read({1: 2})", "read({1: 2})"),
    ],
)
def test_a_function_is_called_by_its_call(
    name: str, where: str, call: str | None, said: str
) -> None:
    assert short(name) == said
    assert where_and_call(name) == (where, call or name.removeprefix(where))


def test_a_module_that_all_are_of_is_said_once() -> None:
    assert name_column(["a.b:c", "a.b:d(e)"]) == ("a.b:", ["c", "d(e)"])
    assert name_column(["a.b:c", "a.x:d"]) == ("strategy", ["a.b:c", "a.x:d"])
    assert name_column(["full_orm"]) == ("strategy", ["full_orm"])


def test_titles() -> None:
    assert title_of(1, 0, Profile.OWN, "hold") == "1 item a call"
    assert title_of(2, 0, Profile.OWN, "fold").startswith("2 items a call, folded")
    assert title_of(1000, 6, Profile.DISTINCT, "hold").startswith("1,000 entries x 6")
