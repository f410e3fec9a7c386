"""Planted: reads as the reference does; after its check, does what a file `act` asks of it.

The file has the number of a process to kill, `worker` for the one that measures this, or `wait`;
with `once` behind it, that is done once.
"""

import os
import signal
import time
from pathlib import Path

from strategies.full_orm import get_premiums_for_payroll as read

FOLDER = Path(os.environ.get("PLANTED_FOLDER", "."))


def get_premiums_for_payroll(engine, payroll_id):
    checked, act = FOLDER / "checked", FOLDER / "act"
    if not checked.exists():
        checked.write_text(str(os.getpid()))
    if act.exists() and checked.read_text() != str(os.getpid()):
        what, _, once = act.read_text().partition(" ")
        if once:
            act.unlink()
        if what != "wait":
            parent = Path(f"/proc/{os.getppid()}/stat").read_text().rpartition(")")[2].split()[1]
            os.kill(int(parent if what == "worker" else what), signal.SIGKILL)
        (FOLDER / "done").touch()
        time.sleep(3600)
    return read(engine, payroll_id)
