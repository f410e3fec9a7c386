"""psycopg's loaders, marked so that a recording shows the type of a value, whenever imported."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from harness.postgres.connection import Database

SHOW = """
import sys
from callmeter import driver_values
def finders():
    return sum("driver_values" in type(finder).__module__ for finder in sys.meta_path)
{before}
driver_values.mark_when_imported()
{after}
print(finders(), "psycopg" in sys.modules)
import psycopg
from psycopg.pq import Format
loader = psycopg.adapters.get_loader(2950, Format.BINARY)
code = loader.load.__code__
print(code.co_name, code.co_filename, finders(), loader.__module__[:7])
"""
VALUES = """
import sys
from callmeter import driver_values
if "marked" in sys.argv:
    driver_values.mark_when_imported()
from sqlalchemy import create_engine, text
with create_engine(sys.argv[1]).connect() as connection:
    print(connection.execute(text(
        "SELECT '0a0a0a0a-0000-4000-8000-000000000000'::uuid, 1.50::numeric(12,2), "
        "'2026-04-24'::date, '2026-04-24 06:30+00'::timestamptz, 'a'::text, 3, true, NULL"
    )).one())
"""


def printed(code: str, *arguments: str) -> str:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("before", "after", "waiting"),
    [
        ("", "", "1 False"),  # one finder waits until psycopg is imported
        ("", "driver_values.mark_when_imported()", "1 False"),
        ("", "import json, sqlite3", "1 False"),
        ("import psycopg", "", "0 True"),
        ("import psycopg", "driver_values.mark_when_imported()", "0 True"),
    ],
)
def test_a_uuid_is_loaded_in_a_frame_of_its_name(before: str, after: str, waiting: str) -> None:
    found = printed(SHOW.format(before=before, after=after)).splitlines()
    assert found == [waiting, "UUID <driver value> 0 psycopg"]


def test_the_values_are_the_same(database: Database) -> None:
    url = database.url.render_as_string(hide_password=False)
    plain, marked = printed(VALUES, url), printed(VALUES, url, "marked")
    assert plain == marked
    assert "UUID('0a0a0a0a-0000-4000-8000-000000000000'), Decimal('1.50')" in plain
