"""Passwords are kept out, however they are written."""

from __future__ import annotations

import pytest

from harness.secret import masked


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("to postgresql://me:hunter2@db/shop", "to postgresql://me:***@db/shop"),
        ("postgresql://me:hun@ter2@db/shop", "postgresql://me:***@db/shop"),
        ("find('pg://a:hunter2@b/c','x@y')", "find('pg://a:***@b/c','x@y')"),
        ("host=db password=hunter2 user=me", "host=db password=*** user=me"),
        ("host=db password='hunter 2'", "host=db password=***"),
        ('connect(password="hunter2", port=1)', "connect(password=***, port=1)"),
        ("{'password': 'hunter2', 'port': 1}", "{'password': ***, 'port': 1}"),
        ('os.environ["PGPASSWORD"] = "hunter2"', 'os.environ["PGPASSWORD"] = ***'),
        ("MYSQL_PWD=hunter2 mysql", "MYSQL_PWD=*** mysql"),
        ("password authentication failed", "password authentication failed"),
        ("find(password_of, 1)", "find(password_of, 1)"),
    ],
)
def test_a_password_is_masked_and_nothing_else(text: str, said: str) -> None:
    assert masked(text, environment={}) == said


def test_the_passwords_of_urls_and_of_the_environment_are_masked_by_themselves() -> None:
    text = "tried hunter2, then p@ss and p%40ss"
    known = {"DATABASE_URL": "postgresql://me:hunter2@db/shop"}
    assert masked(text, "in pg://me:p%40ss@db", environment=known) == "tried ***, then *** and ***"
