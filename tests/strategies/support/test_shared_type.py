"""A column type that shares: values of one object, and everything else as without it."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    TypeDecorator,
    Uuid,
    create_engine,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.schema import CreateTable

from sharing_engines import DRIVERS, EDGES, TYPES, Worked, columns, objects, seen
from strategies.support.shared_type import shared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.types import TypeEngine

    from harness.postgres.connection import Database

PLAIN: list[TypeEngine[Any]] = [
    Uuid(),
    Uuid(as_uuid=False),
    Numeric(12, 2),
    Date(),
    DateTime(timezone=True),
    String(3, collation="C"),
    postgresql.NUMERIC(6, 4),
    postgresql.TIMESTAMP(timezone=True, precision=3),
    String(10).with_variant(String(20), "sqlite"),
]


class Decorated(TypeDecorator[Any]):
    impl = Numeric
    cache_ok = True


@pytest.fixture(params=DRIVERS, ids=lambda of: f"{of[0]}{'-async' * of[1]}")
def worked(request: pytest.FixtureRequest, database: Database) -> Iterator[Worked]:
    one = Worked(database.url, request.param[0], is_async=request.param[1])
    yield one
    one.close()


def test_the_values_are_the_same_and_few_objects_with_every_driver(worked: Worked) -> None:
    types = {name: shared(type_) for name, type_ in TYPES.items()}
    plain, found = (worked.run(lambda c, of=of: columns(c, EDGES, of)) for of in (TYPES, types))
    assert seen(found) == seen(plain)
    assert all(objects(column) > 200 for column in plain[:5])
    for name, column in zip(TYPES, found, strict=True):
        assert objects(column) <= len({*map(repr, column)}), name


@pytest.mark.parametrize("type_", PLAIN, ids=repr)
def test_nothing_else_changes(type_: TypeEngine[Any]) -> None:
    sharing = shared(type_)
    assert repr(sharing) == repr(type_)
    assert (type(sharing).__module__, type(sharing).__qualname__) == (
        type(type_).__module__,
        type(type_).__qualname__,
    )
    assert sharing.python_type is type_.python_type
    assert sharing._type_affinity is type_._type_affinity
    for dialect in (postgresql.dialect(), sqlite.dialect()):
        assert sharing.compile(dialect) == type_.compile(dialect)
        bound = [of.dialect_impl(dialect).bind_processor(dialect) for of in (sharing, type_)]
        assert (bound[0] is None) == (bound[1] is None)
    first, second = (Column("a", of) == Column("b", of) for of in (sharing, type_))
    assert str(first) == str(second)


def test_equal_types_have_one_key_of_the_cache_which_no_plain_one_has() -> None:
    keys = [
        select(Column("a", of))._generate_cache_key()
        for of in (shared(Numeric(12, 2)), shared(Numeric(12, 2)), shared(Numeric(12, 3)))
    ]
    assert keys[0] == keys[1]
    assert keys[0] != keys[2]
    assert keys[0] != select(Column("a", Numeric(12, 2)))._generate_cache_key()


def test_a_shared_type_is_copied_pickled_and_shared_again() -> None:
    sharing: Any = shared(Numeric(12, 2), bound=7)
    pickled = pickle.loads(pickle.dumps(sharing))  # noqa: S301
    for again in (pickled, sharing.copy(), shared(sharing, bound=7)):
        assert type(again) is type(sharing)
        assert (again.precision, again.scale, again.bound) == (12, 2, 7)


@pytest.mark.parametrize(
    "type_",
    [
        Decorated(),
        JSON(),
        LargeBinary(),
        Boolean(),
        Numeric(asdecimal=False),
    ],
    ids=repr,
)
def test_a_type_whose_values_are_no_gain_or_may_change_is_refused(type_: TypeEngine[Any]) -> None:
    with pytest.raises(ValueError, match="are not shared"):
        shared(type_)


class Base(DeclarativeBase):
    type_annotation_map = {UUID: shared(Uuid()), Decimal: shared(Numeric(12, 2))}  # noqa: RUF012


class Line(Base):
    __tablename__ = "line"
    id: Mapped[int] = mapped_column(primary_key=True)
    policy: Mapped[UUID]
    amount: Mapped[Decimal | None]
    day: Mapped[date | None] = mapped_column(shared(Date()))


def test_one_line_in_the_declarative_base_shares_whatever_the_database() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(
            Line(policy=UUID(int=n % 3), amount=None if n % 5 else Decimal("1.10"), day=date.max)
            for n in range(500)
        )
        session.commit()
        lines = session.scalars(select(Line).where(Line.policy == UUID(int=1))).all()
        everything = session.scalars(select(Line)).all()
    assert {line.policy for line in lines} == {UUID(int=1)}
    assert objects(tuple(line.policy for line in everything)) <= 4
    assert {line.amount for line in everything} == {None, Decimal("1.10")}
    assert objects(tuple(line.day for line in everything)) == 1
    engine.dispose()


def test_a_thread_shares_with_no_other(database: Database) -> None:
    type_ = shared(Uuid())
    engine = create_engine(database.url, pool_size=4)

    def read(_: int) -> Any:
        with engine.connect() as connection:
            return [columns(connection, EDGES, TYPES | {"u": type_})[0] for _ in range(2)]

    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        (first, again), (elsewhere, _) = (next(pool.map(read, [0])) for pool in (one, other))
    engine.dispose()
    assert first[0] is again[0]
    assert first[0] == elsewhere[0]
    assert first[0] is not elsewhere[0]


def test_many_threads_read_right_values(database: Database) -> None:
    types = {name: shared(type_, bound=3) for name, type_ in TYPES.items()}
    engine = create_engine(database.url, pool_size=8)

    def read(_: int) -> Any:
        with engine.connect() as connection:
            return seen(columns(connection, EDGES, types))

    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(read, range(40)))
    with engine.connect() as connection:
        expected = seen(columns(connection, EDGES))
    engine.dispose()
    assert all(result == expected for result in results)


def test_a_table_is_created_and_written_as_before() -> None:
    made = [
        Table("t", MetaData(), *(Column(name, wrap(of)) for name, of in TYPES.items()))
        for wrap in (lambda of: of, shared)
    ]
    first, second = (
        str(CreateTable(table).compile(dialect=postgresql.dialect())) for table in made
    )
    assert first == second
    first, second = (str(insert(table).compile(dialect=postgresql.dialect())) for table in made)
    assert first == second
