"""Passwords are kept out, however they are written."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL

from harness.base.secret import masked


@pytest.mark.parametrize(
    ("text", "shown"),
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
        (r"host=db password='p\'w \\' user=me", "host=db password=*** user=me"),
        ("password authentication failed", "password authentication failed"),
        ("find(password_of, 1)", "find(password_of, 1)"),
    ],
)
def test_a_password_is_masked_and_nothing_else(text: str, shown: str) -> None:
    assert masked(text, environment={}) == shown


@pytest.mark.parametrize("password", ["p@ss:w/ord%20'\"\\ x", "hunter2", "añb€c1", "1[2]3 "])
def test_a_password_is_found_however_it_is_spelled(password: str) -> None:
    url = URL.create("postgresql+psycopg", "me", password, "db").render_as_string(False)
    spelled = [
        *(url, repr(url), password, repr(password), json.dumps(password), quote(password)),
        *(json.dumps(password, ensure_ascii=False), make_conninfo(password=password)),
    ]
    for text in spelled:
        shown = masked(f"x{text}x", url, environment={})
        assert not any(part in shown for part in (password, password[:4], quote(password)[-4:]))
    assert masked("password", "pg://me:word@db", environment={}) == "password"


@pytest.mark.parametrize(
    ("known", "text", "shown"),
    [
        ("pg://me:p%40ss@db", "tried hunter2, p@ss, p%40ss", "tried ***, ***, ***"),
        ("host=db password='hunter 2'", "tried 'hunter 2'", "tried '***'"),
        ("pg://db/x?sslpassword=hunter%202&port=1", "tried 'hunter 2'", "tried '***'"),
        ("find(password=secret_of_mine)", "no secret_of_mine", "no secret_of_mine"),  # a name
    ],
)
def test_a_known_password_is_masked_by_itself(known: str, text: str, shown: str) -> None:
    environment = {"DATABASE_URL": "postgresql://me:hunter2@db/shop"}
    assert masked(text, known, environment=environment) == shown
