"""Planted: crashes the process."""

import os
import signal


def get_premiums_for_payroll(engine, payroll_id):
    os.kill(os.getpid(), signal.SIGSEGV)
