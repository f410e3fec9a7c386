"""Planted: reads as the reference does, and waits where a run is held still."""

import os
from pathlib import Path

from strategies.full_orm import get_premiums_for_payroll as read
from stress import held


def get_premiums_for_payroll(engine, payroll_id):
    if held.STAGE in os.environ:
        checked = Path(os.environ[held.FOLDER], "checked")  # by the first process that calls
        if not checked.exists():
            checked.write_text(str(os.getpid()))
        is_check = checked.read_text() == str(os.getpid())
        held.wait_at("verification" if is_check else "measuring")
        _ = b"x" * int(os.environ.get(held.TAKES, "0"))
    return read(engine, payroll_id)
