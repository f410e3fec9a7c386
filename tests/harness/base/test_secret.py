"""Passwords are kept out, however they are written."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL

from harness.base.secret import masked


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
        (r"host=db password='p\'w \\' user=me", "host=db password=*** user=me"),
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


@pytest.mark.parametrize("password", ["p@ss:w/ord%20'\"\\ x", "hunter2", "añb€c1", "1[2]3 "])
def test_a_password_is_found_however_it_is_spelled(password: str) -> None:
    url = URL.create("postgresql+psycopg", "me", password, "db").render_as_string(False)
    spelled = [
        *(url, repr(url), password, repr(password), json.dumps(password), quote(password)),
        *(json.dumps(password, ensure_ascii=False), make_conninfo(password=password)),
    ]
    for text in spelled:
        said = masked(f"x{text}x", url, environment={})
        assert not any(part in said for part in (password, password[:4], quote(password)[-4:]))
    assert masked("password", "pg://me:word@db", environment={}) == "password"


@pytest.mark.parametrize(
    "url", ["pg://db/x?sslpassword=hunter%202&port=1", "host=db password='hunter 2'"]
)
def test_a_password_behind_a_word_is_known(url: str) -> None:
    assert masked("tried 'hunter 2'", url, environment={}) == "tried '***'"


def test_the_name_of_a_password_in_code_is_none() -> None:
    code = "find(password=secret_of_mine)"
    assert masked("no secret_of_mine", code, environment={}) == "no secret_of_mine"
    assert masked("no hunter2", 'find(password="hunter2")', environment={}) == "no ***"
