"""Which values are shared: those that nobody can tell from each other."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Numeric, TypeDecorator, Uuid
from sqlalchemy.types import TypeEngine

from strategies.interned import _Column, _kind


class OnesOwn(TypeDecorator[Any]):
    impl = Numeric
    cache_ok = True


def shared(type_: TypeEngine[Any], *values: Any) -> list[Any]:
    return list(_Column(_kind(type_)).share(values))


def test_equal_values_are_one_object() -> None:
    one, other = shared(Uuid(), UUID(int=7), UUID(int=7))
    assert one is other


@pytest.mark.parametrize("type_", [Numeric(), OnesOwn()], ids=["Numeric", "TypeDecorator"])
def test_equal_values_that_are_not_the_same_are_not(type_: TypeEngine[Any]) -> None:
    assert list(map(str, shared(type_, Decimal("1.0"), Decimal("1.00")))) == ["1.0", "1.00"]


def test_values_of_ones_own_type_need_no_hash_and_stay_apart() -> None:
    one, other = shared(OnesOwn(), [], [])
    assert one is not other
