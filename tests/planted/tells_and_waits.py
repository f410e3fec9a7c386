"""Planted: right data, once a file says go; before, a file named by its process says it is here."""

import os
import time
from pathlib import Path

from strategies import full_orm

FOLDER = Path(os.environ.get("PLANTED_FOLDER", "."))


def get_premiums_for_payroll(engine, payroll_id):
    (FOLDER / str(os.getpid())).touch()
    while not (FOLDER / "go").exists():
        time.sleep(0.02)
    return full_orm.get_premiums_for_payroll(engine, payroll_id)
