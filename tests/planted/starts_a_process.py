"""Planted: starts a process that holds our pipes, and never comes back."""

import subprocess
import sys


def get_premiums_for_payroll(engine, payroll_id):
    subprocess.run([sys.executable, "-c", "import time; time.sleep(3600)"], check=True)
