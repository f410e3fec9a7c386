"""A DSN is read in every form that libpq knows, and a password in it is not shown."""

from __future__ import annotations

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
    assert (url.database, url.query["sslmode"]) == ("payroll", "require")


def test_options_of_the_dsn_and_the_environment_come_before_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = "-csearch_path=ours -ctimezone=UTC -cdatestyle=ISO"
    url = parse_dsn("host=/run/pg dbname=x options='-c work_mem=1MB'")
    assert (url.host, url.query["host"]) == (None, "/run/pg")
    assert in_schema(url, "ours").query["options"] == f"-c work_mem=1MB {ours}"
    monkeypatch.setenv("PGOPTIONS", "-c role=payroll")
    options = in_schema(parse_dsn("host=db"), "ours").query["options"]
    assert options == f"-c role=payroll {ours}"


@given(st.text())
def test_any_text_is_read_or_refused_with_an_example(dsn: str) -> None:
    try:
        assert parse_dsn(dsn).drivername == "postgresql+psycopg"
    except DatabaseError as error:
        assert " looks like " in str(error)  # noqa: PT017
