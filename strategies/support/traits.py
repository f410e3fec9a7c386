"""What a strategy may offer beside the contract: the words in which it says what it gives up.

A strategy's module declares `GIVES_UP`, a set of these names; what is not in it, it offers. The
tests try every trait on every strategy, so that a declaration is neither too modest nor too bold.
"""

from __future__ import annotations

TRAITS = {
    "orm-mapping": "rows become mapped ORM entities first: the mapping's options and events "
    "apply, with change tracking and lazy loading while they are at hand",
    "orm-identity": "all entities of the payroll are in one session at once, each row one object",
    "sqlalchemy-types": "values pass SQLAlchemy's column types, your TypeDecorator's too",
    "any-driver": "works with any of SQLAlchemy's Postgres drivers, of the async ones "
    "where it is async",
    "synchronous": "is called without an event loop, from any thread",
    "engine-connections": "reads through the engine's own connections: its pool, its limits "
    "and what they were set up with",
    "contract-class": "entries are of the contract's own classes, equal to those built by hand",
    "list": "the result is a list: it can be sorted, extended and cleared",
    "mutable": "an entry can be changed, and the sequence holds the change",
    "object-identity": "the same index gives the same object each time",
    "stream": "entries can be had one by one, in bounded memory",
    "gc-untouched": "the garbage collector is not paused, which all threads would see",
    "no-extra-packages": "needs no package beside SQLAlchemy and psycopg",
}
"""Every trait, and what it means to offer it."""
