"""Planted: right data, and noise on standard output at every level."""

import os
import subprocess
import sys

from strategies import full_orm


def get_premiums_for_payroll(engine, payroll_id):
    print("noise")
    os.write(1, b"more noise\n")
    subprocess.run([sys.executable, "-c", "print('noise of a child')"], check=True)
    return full_orm.get_premiums_for_payroll(engine, payroll_id)
