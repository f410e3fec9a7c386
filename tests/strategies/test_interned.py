"""Which values are shared: those that nobody can tell from one another."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Numeric, TypeDecorator, Uuid
from sqlalchemy.types import TypeEngine

from strategies.interned import _Column, _kind


class Decorated(TypeDecorator[Any]):
    impl = Numeric
    cache_ok = True


@pytest.mark.parametrize(
    ("type_", "values", "is_shared"),
    [
        (Uuid(), (UUID(int=7), UUID(int=7)), True),
        (Numeric(), (Decimal("1.0"), Decimal("1.00")), False),  # equal, and yet not the same
        (Decorated(), (Decimal("1.0"), Decimal("1.00")), False),
        (Decorated(), ([], []), False),  # of no hash
    ],
)
def test_equal_values_are_one_object_where_they_are_the_same(
    type_: TypeEngine[Any], values: tuple[Any, Any], is_shared: bool
) -> None:
    first, second = _Column(_kind(type_)).share(values)
    assert (str(first), str(second)) == (str(values[0]), str(values[1]))
    assert (first is second) == is_shared
