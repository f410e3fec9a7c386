"""Django: the test's database is measured, and the real one is never touched."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from inner_pytest import Run

pytest.importorskip("django", reason="Django is not installed")
pytest.importorskip("pytest_django", reason="pytest-django is not installed")

SETTINGS = """
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "real.sqlite3"}}
INSTALLED_APPS = ["shop"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
"""
MODELS = """
from django.db import models

class Order(models.Model):
    number = models.IntegerField()
"""
PURGE = """
from shop.models import Order

def fill(count):
    Order.objects.bulk_create(Order(number=number) for number in range(count))

def read():
    return list(Order.objects.all())

def purge():
    return [order.delete() for order in Order.objects.all()]
"""
CREATE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", run_syncdb=True, verbosity=0)
from shop.purge import fill; fill(20)
"""
OPTIONS = ("--ds=settings", "-opythonpath=.")


@pytest.fixture
def database(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The real database of a project, with 20 orders; it still has them after the test."""
    pytester.makepyfile(settings=SETTINGS)
    pytester.mkpydir("shop").joinpath("models.py").write_text(MODELS)
    pytester.path.joinpath("shop", "purge.py").write_text(PURGE)
    with monkeypatch.context() as patch:
        patch.setenv("DJANGO_SETTINGS_MODULE", "settings")
        subprocess.run([sys.executable, "-c", CREATE], check=True, cwd=pytester.path)
    path = pytester.path / "real.sqlite3"
    yield path
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM shop_order").fetchone() == (20,)


@pytest.mark.usefixtures("database")
def test_a_purge_deletes_what_the_test_made_and_nothing_real(run: Run) -> None:
    run(
        """
from shop import purge
from shop.models import Order

@pytest.mark.django_db
def test_once(memory):
    purge.fill(5)
    assert memory.once(purge.purge).items == 5
    assert Order.objects.count() == 0

def test_read(memory, db):
    purge.fill(100)
    assert memory(purge.read).items == 100

@pytest.mark.django_db
def test_another_count(memory):
    purge.fill(5)
    memory(purge.purge)

@pytest.mark.django_db
@pytest.mark.peak_memory("1 GB")
def test_body():
    purge.fill(5)
    assert len(purge.purge()) == 5
""",
        *OPTIONS,
        passed=3,
        failed=1,
        shown="purge: the second call gave no items, the first 5*memory.once(...)",
    )


@pytest.mark.usefixtures("database")
def test_a_fresh_process_is_refused(run: Run) -> None:
    done = run(
        """
from django.test import TestCase
from shop import purge

@pytest.mark.django_db
def test_mark(memory):
    memory.fresh(purge.purge)

@pytest.mark.parametrize("fixture", ["db", "transactional_db", "django_db_reset_sequences"])
def test_fixture(memory, request, fixture):
    request.getfixturevalue(fixture)
    memory.fresh(purge.purge)

def test_without_a_database_for_tests(memory):
    memory.once.fresh(purge.purge)

class TestUnittest(TestCase):
    @pytest.fixture(autouse=True)
    def _memory(self, memory):
        self.memory = memory

    def test_it(self):
        self.memory.fresh(purge.purge)
""",
        *OPTIONS,
        failed=6,
    )
    refusals = [line for line in done.outlines if line.startswith("purge: Django's connections")]
    assert len(refusals) == 6
    assert refusals[0].endswith(
        "the real database, not the test's; measure in the test's process, by memory(...), or "
        "memory.once(...) for a call that changes its data"
    )


def test_settings_that_are_not_read_yet_count(
    run: Run, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "settings")
    monkeypatch.setenv("PYTHONPATH", str(database.parent))
    source = "def test_it(memory): memory.fresh(functions.blocks, 10)"
    run(source, "-pno:django", failed=1, shown="blocks: Django's connections are configured, *")


def test_without_a_database_a_fresh_process_measures(run: Run) -> None:
    run(
        """
from django.conf import settings

@pytest.fixture
def db():
    return "a fixture of somebody who has no Django"

def test_unconfigured(memory, db):
    assert memory.fresh(functions.blocks, 10).items == 10

def test_dummy(memory):
    settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.dummy"}})
    assert memory.fresh(functions.blocks, 10).items == 10
""",
        passed=2,
    )
