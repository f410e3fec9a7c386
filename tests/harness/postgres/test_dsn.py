"""A DSN is read in every form that libpq knows, and a password in it is not told."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.errors import DatabaseError
from harness.postgres.dsn import in_schema, parse_dsn


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://me:secret@localhost:5433/payroll?sslmode=require",
        "postgresql+psycopg://me:secret@localhost:5433/payroll?sslmode=require",
        "postgres://me:secret@localhost:5433/payroll?sslmode=require",
        "user=me password=secret host=localhost port=5433 dbname=payroll sslmode=require",
    ],
)
def test_every_form_of_a_dsn_is_read(dsn: str) -> None:
    url = parse_dsn(dsn)
    assert url.drivername == "postgresql+psycopg"
    assert (url.username, url.password, url.host, url.port) == ("me", "secret", "localhost", 5433)
    assert url.database == "payroll"
    assert url.query["sslmode"] == "require"


def test_a_socket_folder_and_own_options_are_kept() -> None:
    url = parse_dsn("host=/run/pg dbname=x options='-c work_mem=1MB'")
    assert url.host is None
    assert url.query["host"] == "/run/pg"
    assert in_schema(url, "ours").query["options"] == (
        "-c work_mem=1MB -csearch_path=ours -ctimezone=UTC -cdatestyle=ISO"
    )


def test_the_environments_options_are_not_lost_behind_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c role=payroll")
    options = in_schema(parse_dsn("host=db"), "ours").query["options"]
    assert options == "-c role=payroll -csearch_path=ours -ctimezone=UTC -cdatestyle=ISO"


@given(st.text())
def test_no_dsn_makes_it_stumble_or_tell(dsn: str) -> None:
    try:
        assert parse_dsn(dsn).drivername == "postgresql+psycopg"
    except DatabaseError as error:
        assert re.fullmatch(r".* looks like .*", str(error))  # noqa: PT017
