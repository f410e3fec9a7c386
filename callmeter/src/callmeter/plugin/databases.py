"""Whether a fresh process would reach a database that the test does not use.

Django's test database, the test's transaction and what it patches exist in the test's process
alone. A fresh process reads the settings anew, and its connections are to the real database.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

SETTINGS = "DJANGO_SETTINGS_MODULE"
NO_DATABASE = ("", "django.db.backends.dummy")


def is_django_connected() -> bool:
    """Whether Django has a database in this process, or will as soon as it reads its settings.

    That is so wherever a fixture or the mark of pytest-django gives a test a database.
    """
    is_named = SETTINGS in os.environ
    if "django.conf" not in sys.modules and not is_named:
        return False
    try:
        settings = import_module("django.conf").settings
    except ImportError:
        return False
    if not settings.configured and not is_named:
        return False
    databases = settings.DATABASES.values()
    return any(database.get("ENGINE", "") not in NO_DATABASE for database in databases)
