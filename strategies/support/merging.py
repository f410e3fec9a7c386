"""ORM entities and their children from two streams, merged on the key.

    for order in merged(session, select(Order).where(...), Order.lines):
        ...                             # order.lines is loaded

`selectinload` sends a statement for each batch of keys, and a join repeats the parent's values for
each child. Here both tables are read once, in the order of the parent's primary key, and the
children are set as what the relationship has loaded: code that reads `order.lines` stays as it is.
"""

from __future__ import annotations

from contextlib import closing
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import select
from sqlalchemy.orm import RelationshipDirection, aliased, lazyload
from sqlalchemy.orm.attributes import set_committed_value

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import InstrumentedAttribute, Mapper, RelationshipProperty, Session

PARENTS, CHILDREN = 50, 250
"""Entities a round trip. With fewer, more time is lost; with more, more is held at once: a batch of
parents is held until its last one is yielded, and all of their children with it."""
NO_COLLECTION = {"dynamic", "write_only"}
"""Ways to load a relationship (`lazy`) that never hold its children."""
NOTHING: tuple[Any, Iterable[Any]] = (object(), ())


def merged(
    session: Session,
    parents: Select[Any],
    children: InstrumentedAttribute[Any],
    batches: tuple[int, int] = (PARENTS, CHILDREN),
) -> Generator[Any]:
    """Yield the entities that `parents` selects, the collection `children` of each loaded.

    They come in the order of their primary key, their children in that of the relationship's
    `order_by`; an entity that the caller does not hold is freed with its batch. Closing the
    iterator closes both cursors. The session's transaction should be REPEATABLE READ: in another,
    the two statements may see two states of the database.

    Raises ValueError for a relationship that is no collection of one-to-many or does not join by
    the primary key, for parents in another order, and for a parent that comes twice, as a join may
    have it; RuntimeError, at the end, for children whose parents did not come.
    """
    relationship = cast("RelationshipProperty[Any]", children.property)
    of_parent, of_child = _keys(relationship)
    if parents._order_by_clauses:
        raise ValueError("merged() orders by the primary key: leave out order_by()")
    in_order = parents.order_by(*_named(children.parent.entity, of_parent))
    # PostgreSQL sorts a subquery that has an order, also where only its limit needs one.
    selected = in_order if parents._has_row_limiting_clause else parents
    of_them = _children_of(selected, relationship, of_parent)
    name, is_list = relationship.key, relationship.collection_class in (None, list)
    first, second = ({"yield_per": size} for size in batches)
    set_here = in_order.options(lazyload(children))
    with (
        closing(session.scalars(set_here, execution_options=first)) as entities,
        closing(session.scalars(of_them, execution_options=second)) as rows,
    ):
        groups = groupby(rows, attrgetter(*of_child))
        owner, group = next(groups, NOTHING)
        key, latest = attrgetter(*of_parent), NOTHING[0]
        for entity in entities:
            previous, latest = latest, key(entity)
            if latest == previous:  # its children come twice too
                raise ValueError(f"{children.parent.entity.__name__} {latest!r} came twice")
            is_owner = latest == owner
            loaded = list(group) if is_owner else []
            set_committed_value(entity, name, () if is_list else loaded)
            if is_list:  # its own append, in Python, takes two fifths of the time to set it
                list.extend(vars(entity)[name], loaded)
            if is_owner:
                owner, group = next(groups, NOTHING)
            yield entity
        if owner is not NOTHING[0]:
            raise RuntimeError(f"{relationship}: no parent {owner!r} came; was it REPEATABLE READ?")


def _children_of(
    parents: Select[Any], relationship: RelationshipProperty[Any], key: list[str]
) -> Select[Any]:
    """Return the select of the children of those parents, in the order of the parents."""
    parent = aliased(relationship.parent.class_, parents.subquery())
    return (
        select(relationship.mapper)
        .join_from(parent, getattr(parent, relationship.key))
        .order_by(*_named(parent, key), *(relationship.order_by or ()))
    )


def _named(entity: Any, names: Iterable[str]) -> list[ColumnElement[Any]]:
    return [getattr(entity, name) for name in names]


def _keys(relationship: RelationshipProperty[Any]) -> tuple[list[str], list[str]]:
    """Return the attributes of the parent's primary key, and the child's that refer to them."""
    is_one_to_many = relationship.direction is RelationshipDirection.ONETOMANY
    if not is_one_to_many or not relationship.uselist or relationship.lazy in NO_COLLECTION:
        raise ValueError(f"{relationship} is no collection of one-to-many, as merged() needs")
    child_of = dict(relationship.local_remote_pairs or ())
    parent, child = relationship.parent, relationship.mapper
    if child_of.keys() != {*parent.primary_key}:
        raise ValueError(f"{relationship} does not join by {parent.class_.__name__}'s primary key")
    return (
        [_attribute(parent, column) for column in parent.primary_key],
        [_attribute(child, child_of[column]) for column in parent.primary_key],
    )


def _attribute(mapper: Mapper[Any], column: Any) -> str:
    return mapper.get_property_by_column(column).key
