"""psycopg's values tell their type in a recording: marked when it is imported, whenever that is."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import URL

if TYPE_CHECKING:
    from harness.postgres.connection import Database

SAYING = """
import sys
from callmeter import driver_values
{before}
driver_values.mark_when_imported()
{after}
import psycopg
from psycopg.pq import Format
loader = psycopg.adapters.get_loader(2950, Format.BINARY)
print(loader.load.__code__.co_name, loader.load.__code__.co_filename)
print(sum("driver_values" in type(finder).__module__ for finder in sys.meta_path))
print(loader.__module__)
"""


def said(before: str = "", after: str = "") -> list[str]:
    code = SAYING.format(before=before, after=after)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("import psycopg", ""),
        ("", "driver_values.mark_when_imported()"),
        ("", "import json, sqlite3"),
        ("import psycopg", "driver_values.mark_when_imported()"),
    ],
)
def test_a_uuid_is_loaded_in_a_frame_of_its_name(before: str, after: str) -> None:
    frame, finders, module = said(before, after)
    assert frame == "UUID <driver value>"
    assert finders == "0"  # it is gone once psycopg is there
    assert module.startswith("psycopg")  # as before to those who ask whose loader it is


def test_until_psycopg_is_imported_one_finder_waits_for_it() -> None:
    code = (
        "import sys\nfrom callmeter import driver_values\n"
        "driver_values.mark_when_imported(); driver_values.mark_when_imported()\n"
        "print(sum('driver_values' in type(each).__module__ for each in sys.meta_path))\n"
        "print('psycopg' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "False"]


VALUES = """
import sys, uuid, datetime, decimal
from callmeter import driver_values
if "marked" in sys.argv:
    driver_values.mark_when_imported()
import psycopg
from sqlalchemy import create_engine, text
engine = create_engine(sys.argv[1])
with engine.connect() as connection:
    print(connection.execute(text(
        "SELECT '0a0a0a0a-0000-4000-8000-000000000000'::uuid, 1.50::numeric(12,2), "
        "'2026-04-24'::date, '2026-04-24 06:30+00'::timestamptz, 'a'::text, 3, true, NULL"
    )).one())
"""


def test_the_values_are_the_same(database: Database) -> None:
    url: URL = database.url
    words = [sys.executable, "-c", VALUES, url.render_as_string(hide_password=False)]
    plain, marked = (
        subprocess.run([*words, *more], capture_output=True, text=True, check=True).stdout
        for more in ([], ["marked"])
    )
    assert plain == marked
    assert "UUID('0a0a0a0a-0000-4000-8000-000000000000'), Decimal('1.50')" in plain
