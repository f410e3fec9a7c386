"""The loaded fields of objects that are mapped to tables: of SQLAlchemy and Django."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from callmeter.record import Keys, Record


class Mapped(NamedTuple):
    """What a class is mapped to: columns, relations, and the foreign keys on both sides."""

    columns: tuple[str, ...]
    relations: tuple[str, ...]
    keys: Keys
    back_keys: Keys


def mapped(value: Any) -> Record | None:
    """Return what was loaded of a mapped object; None of any other."""
    kind = type(value)
    if hasattr(kind, "_sa_class_manager") and hasattr(value, "_sa_instance_state"):
        return _of_entity(value)
    if hasattr(kind, "_meta") and hasattr(value, "_state"):
        return _of_model(value)
    return None


def is_cached(kind: type, name: str) -> bool:
    """Whether an attribute is what a cached property of the class has computed."""
    descriptor = type(getattr(kind, name, None))
    return hasattr(descriptor, "__set_name__") and not hasattr(descriptor, "__set__")


def _of_entity(entity: Any) -> Record:
    state, loaded = entity._sa_instance_state, vars(entity)
    mapping = _of_mapper(state.mapper)
    unread = state.unloaded - state.expired_attributes
    values = {name: getattr(entity, name) for name in mapping.columns if name not in unread}
    values |= {name: _plain(loaded[name]) for name in mapping.relations if name in loaded}
    others = loaded.keys() - values.keys() - state.manager.keys()
    return Record(
        values | {name: loaded[name] for name in loaded if name in others and name[0] != "_"},
        keys=mapping.keys,
        back_keys=mapping.back_keys,
    )


@lru_cache
def _of_mapper(mapper: Any) -> Mapped:
    keys = {each.key: tuple(part.key for part in each.props) for each in mapper.composites}
    back_keys = {}
    for relation in mapper.relationships:
        pairs = relation.local_remote_pairs
        if relation.direction.name == "MANYTOONE":
            keys[relation.key] = _named(mapper, [local for local, _ in pairs])
        elif relation.direction.name == "ONETOMANY":
            back_keys[relation.key] = _named(relation.mapper, [remote for _, remote in pairs])
    return Mapped(
        tuple(each.key for each in mapper.column_attrs),
        (*mapper.relationships.keys(), *(each.key for each in mapper.composites)),
        {relation: key for relation, key in keys.items() if key},
        back_keys,
    )


def _named(mapper: Any, columns: list[Any]) -> tuple[str, ...]:
    """Return the attributes of the columns, or none if one of them is not mapped."""
    by_column = {column: each.key for each in mapper.column_attrs for column in each.columns}
    found = tuple(by_column[column] for column in columns if column in by_column)
    return found if len(found) == len(columns) else ()


def _of_model(model: Any) -> Record:
    mapping, loaded = _of_meta(model._meta), vars(model)
    public = {name: each for name, each in loaded.items() if name[0] != "_"}
    cached = {name for name in public if is_cached(type(model), name)} - {*mapping.columns}
    prefetched = loaded.get("_prefetched_objects_cache", {})
    return Record(
        {name: each for name, each in public.items() if name not in cached}
        | {name: list(each) for name, each in prefetched.items()}
        | model._state.fields_cache,
        {name: public[name] for name in cached},
        keys=mapping.keys,
        back_keys=mapping.back_keys,
    )


@lru_cache
def _of_meta(meta: Any) -> Mapped:
    keys: Keys = {each.name: (each.attname,) for each in meta.concrete_fields if each.is_relation}
    for each in meta.private_fields:  # a generic foreign key: a type and a key of it
        if hasattr(each, "fk_field") and hasattr(each, "ct_field"):
            keys[each.name] = (meta.get_field(each.ct_field).attname, each.fk_field)
    back_keys: Keys = {
        each.get_accessor_name(): (each.field.attname,)
        for each in meta.related_objects
        if not each.many_to_many and hasattr(each.field, "attname")
    }
    return Mapped(tuple(each.attname for each in meta.concrete_fields), (), keys, back_keys)


def _plain(collection: Any) -> Any:
    """Return a relation's collection without what SQLAlchemy holds beside its items."""
    for kind in (list, set, dict):
        if isinstance(collection, kind):
            return kind(collection)
    return collection
